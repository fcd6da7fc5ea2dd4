/** Current instant in UTC milliseconds. Handed to verbs as an argument so that tests move time themselves. */
export type Clock = () => number;

export function systemClock(): number {
  return Date.now();
}
