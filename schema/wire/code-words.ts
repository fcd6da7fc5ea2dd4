import { DIFFERENCE_WORDS } from "./difference-words.ts";

/** What a comparison with the venue found, or another code, in words. */
export function wordsOfDifference(code: string): string {
  const known: Readonly<Record<string, string>> = DIFFERENCE_WORDS;
  return known[code] ?? wordsOfCode(code);
}

/** Why something was stopped, as a sentence where it is given as a code. What somebody wrote stays as it is. */
export function wordsOfReason(code: string): string {
  const words = wordsOfDifference(code);
  return words === code ? code : `${words}.`;
}

/** A code of a machine in words: "Position notional" of POSITION_NOTIONAL. A sentence that somebody wrote stays as it is. */
export function wordsOfCode(code: string): string {
  if (!/^[A-Z][A-Z0-9_]*$/.test(code)) return code;
  const words = code.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
