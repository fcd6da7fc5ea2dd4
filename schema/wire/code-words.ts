/** A code of a machine in words: "Position notional" of POSITION_NOTIONAL. A sentence that somebody wrote stays as it is. */
export function wordsOfCode(code: string): string {
  if (!/^[A-Z][A-Z0-9_]*$/.test(code)) return code;
  const words = code.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
