/** Which extreme of a candle is visited first. */
export type PathChoice = "nearest" | "worst" | "best";

/**
 * Whether the low comes before the high on the walk open → extreme → extreme → close.
 *
 * `held` is the sign of the position after the open, `awaited` the sign of resting entries. `nearest` visits the extreme
 * nearer the open first (a tie: low first when long, high first when short). `worst` goes against the holder: a long
 * meets the low first; someone waiting to go long meets the high first, so that after the entry only the fall is left.
 * `best` is the opposite.
 */
export function lowFirst(
  choice: PathChoice,
  open: number,
  high: number,
  low: number,
  held: number,
  awaited: number,
): boolean {
  const against = held !== 0 ? held > 0 : awaited < 0;
  if (choice !== "nearest" && (held !== 0 || awaited !== 0)) return choice === "worst" ? against : !against;
  const up = high - open;
  const down = open - low;
  if (up === down) return held >= 0;
  return down < up;
}
