/**
 * The origin that links in letters lead to, of the variable `PUBLIC_ORIGIN`; undefined where none is set. Throws where it
 * is not an origin as browsers write it, https or http on localhost: a letter cannot be called back.
 */
export function publicOriginOf(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const safe = url?.protocol === "https:" || (url?.protocol === "http:" && url.hostname === "localhost");
  if (url === undefined || url.origin !== text || !safe) {
    throw new Error(`PUBLIC_ORIGIN must be an https origin or http://localhost:port, was "${text}"`);
  }
  return text;
}
