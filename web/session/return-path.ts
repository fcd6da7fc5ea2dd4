// Longer than any address of ours with its search.
const PATH_CHARACTERS_MAX = 2_000;
/** Stands for our origin while a path is read: nothing of a person's input may lead anywhere else. */
const OWN = "https://own.invalid";

/**
 * A path of this site to go to after signing in, out of what an address says, or undefined where it is anything else:
 * browsers take `//x`, `/\x` and paths with a line break in them for other sites.
 */
export function returnPath(text: unknown): string | undefined {
  if (typeof text !== "string" || text.length > PATH_CHARACTERS_MAX) return undefined;
  if (!/^\/(?![/\\])/.test(text) || /[\\\p{Cc}\p{Cf}\p{Z}]/u.test(text)) return undefined;
  if (!URL.canParse(text, OWN)) return undefined;
  const url = new URL(text, OWN);
  if (url.origin !== OWN) return undefined;
  const path = `${url.pathname}${url.search}${url.hash}`;
  // Dots in a path may bring two slashes to its beginning.
  return path.startsWith("//") ? undefined : path;
}
