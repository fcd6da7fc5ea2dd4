/** Stands for our own origin while an address is read; no real host has this ending. */
const BASE = "https://here.invalid";

/**
 * Where a person goes after signing in, from the address of the sign-in page: a path of this site, or undefined.
 * It is read as browsers read it, who take a backslash for a slash and drop line breaks, since anything else could lead
 * whoever signs in somewhere else.
 */
export function nextPath(value: unknown): string | undefined {
  if (typeof value !== "string" || !value.startsWith("/") || !URL.canParse(value, BASE)) return undefined;
  const { origin, pathname, search, hash } = new URL(value, BASE);
  // Dots may leave two slashes in front, which name a host.
  return origin === BASE && !pathname.startsWith("//") ? `${pathname}${search}${hash}` : undefined;
}
