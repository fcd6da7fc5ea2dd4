import type { VenueStream } from "../../schema/wire/venue-stream.ts";

/** How a stream is told of: a word for a badge, and what it means in a sentence. */
export interface StreamWords {
  readonly word: string;
  /** `calm`: as it should be; `wait`: it mends itself; `look`: a person should look. */
  readonly tone: "calm" | "wait" | "look";
  readonly meaning: string;
}

/** A stream of a venue that is asked over the network: it is asked every half a minute while nothing is told. */
export function streamWords({ state, reason }: VenueStream): StreamWords {
  switch (state) {
    case "live":
      return { word: "Stream live", tone: "calm", meaning: "The venue tells what happens as it happens." };
    case "behind":
      return { word: "Stream behind", tone: "wait", meaning: sentence(reason, "It is catching up.") };
    case "reconnecting":
      return {
        word: "Stream reconnecting",
        tone: "wait",
        meaning: sentence(reason, "Meanwhile the venue is asked every 30 s."),
      };
    case "refused":
      return {
        word: "Stream refused",
        tone: "look",
        meaning: sentence(reason, "The venue is asked every 30 s, and for its stream every two minutes."),
      };
    case "polled":
      return {
        word: "Asked every 30 s",
        tone: "calm",
        meaning: "This deployment holds no streams of venues: trades are known up to half a minute late.",
      };
  }
}

/** The line of a terminal, which dials in and is asked over the same line: without it nothing is known. */
export function terminalWords({ state, reason }: VenueStream): StreamWords {
  switch (state) {
    case "live":
      return { word: "Terminal connected", tone: reason === "" ? "calm" : "look", meaning: sentence(reason, "") };
    case "behind":
      return { word: "Terminal connected", tone: "wait", meaning: sentence(reason, "It is catching up.") };
    case "refused":
      return { word: "Terminal refused", tone: "look", meaning: sentence(reason, "Look at its key.") };
    case "polled":
      return { word: "No bridge", tone: "look", meaning: "This deployment has no port that terminals could dial." };
    case "reconnecting":
      return { word: "Waiting for the terminal", tone: "wait", meaning: sentence(reasonShown(reason), DIALS) };
  }
}

const DIALS = "It dials by itself while it runs and its Expert Advisor is on a chart.";

/** What is between our own machines means nothing to whoever stands before a terminal. */
function reasonShown(reason: string): string {
  return /sidecar|has not dialled/.test(reason) ? "" : reason;
}

/** A reason as a machine gives it, with what follows from it. */
function sentence(reason: string, next: string): string {
  const first = reason === "" ? "" : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
  return [first, next].filter((part) => part !== "").join(" ");
}
