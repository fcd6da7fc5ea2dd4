/** A personal access token is printable text without spaces; anything else could add headers of its own. */
const TOKEN = /^[\x21-\x7e]{8,200}$/;

/** What proves who asks: the token itself. Times are asked for in the one form that names its zone. */
export function oandaHeaders(token: string): Readonly<Record<string, string>> {
  if (!TOKEN.test(token)) throw new RangeError("token must be 8 to 200 printable characters without spaces");
  return {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    "accept-datetime-format": "RFC3339",
  };
}
