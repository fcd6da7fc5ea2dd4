import { unauthorized } from "../platform/problem-error.ts";

/** Version of the messages; the server answers with it, so that a client knows it was understood. */
export const SOCKET_PROTOCOL = "apextrade.v1";
const BEARER_PREFIX = "bearer.";

/**
 * The access token of a socket's request. Browsers cannot set headers on a socket, so that the token travels as a
 * second sub-protocol, never in the address, which logs would keep. Throws 401 where either is missing.
 */
export function socketToken(headers: Headers): string {
  const offered = (headers.get("Sec-WebSocket-Protocol") ?? "").split(",").map((name) => name.trim());
  const bearer = offered.find((name) => name.startsWith(BEARER_PREFIX));
  if (!offered.includes(SOCKET_PROTOCOL) || bearer === undefined) {
    throw unauthorized(`A socket must offer the sub-protocols ${SOCKET_PROTOCOL} and ${BEARER_PREFIX}<access token>.`);
  }
  return bearer.slice(BEARER_PREFIX.length);
}
