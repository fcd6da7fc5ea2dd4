/** How often a venue that does not answer is asked, by `SILENT_ASKED_WITHIN_MS`: the shorter it is silent, the more often. */
export const SILENCE_WORDS =
  "It is asked again within seconds at first, and at least once a minute while it stays silent.";
