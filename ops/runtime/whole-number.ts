/**
 * A whole number that somebody typed, at least `least` where that is named. Throws a RangeError that names what it was for,
 * what it must be and what it was.
 */
export function wholeNumber({ name, text, least }: { name: string; text: string; least?: number }): number {
  const value = Number(text);
  const isWhole = /^-?\d+$/.test(text) && Number.isSafeInteger(value);
  if (isWhole && (least === undefined || value >= least)) return value;
  const bound = least === undefined ? "" : ` of at least ${least}`;
  throw new RangeError(`${name} must be a whole number${bound}, was ${text === "" ? "empty" : text}`);
}
