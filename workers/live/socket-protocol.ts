import { LIVE_PROTOCOL } from "../../schema/wire/live.ts";
import { unauthorized } from "../platform/problem-error.ts";

/** Version of the messages; the server answers with it, so that a client knows it was understood. */
export const SOCKET_PROTOCOL = LIVE_PROTOCOL;
const TICKET_PREFIX = "ticket.";

/**
 * The ticket of a socket's request. Browsers cannot set headers on a socket, so that it travels as a second
 * sub-protocol, never in the address, which logs would keep. Throws 401 where either is missing.
 */
export function socketTicket(headers: Headers): string {
  const offered = (headers.get("Sec-WebSocket-Protocol") ?? "").split(",").map((name) => name.trim());
  const ticket = offered.find((name) => name.startsWith(TICKET_PREFIX));
  if (!offered.includes(SOCKET_PROTOCOL) || ticket === undefined) {
    throw unauthorized(`A socket must offer the sub-protocols ${SOCKET_PROTOCOL} and ${TICKET_PREFIX}<ticket>.`);
  }
  return ticket.slice(TICKET_PREFIX.length);
}
