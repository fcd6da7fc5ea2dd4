import { DIFFERENCE_WORDS } from "./difference-words.ts";

/** Why something was stopped, as a sentence where it is given as a code. What somebody wrote stays as it is. */
export function wordsOfReason(code: string): string {
  const differences: Readonly<Record<string, string>> = DIFFERENCE_WORDS;
  const known = differences[code] ?? wordsOfCode(code);
  return known === code ? code : `${known}.`;
}

/** A code of a machine in words: "Position notional" of POSITION_NOTIONAL. A sentence that somebody wrote stays as it is. */
export function wordsOfCode(code: string): string {
  if (!/^[A-Z][A-Z0-9_]*$/.test(code)) return code;
  const words = code.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
