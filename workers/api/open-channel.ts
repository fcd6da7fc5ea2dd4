import { z } from "zod";
import { rememberSocket, type SocketKind } from "../auth/open-sockets.ts";
import { SOCKET_PROTOCOL } from "../live/socket-protocol.ts";
import { type SocketRequest, socketRequest } from "../live/socket-request.ts";
import { ProblemError } from "../platform/problem-error.ts";
import type { ApiContext } from "./api-types.ts";

/** The object behind a channel. */
export interface ChannelObject {
  readonly kind: SocketKind;
  /** Its name, by which the end of the session finds its sockets. */
  readonly name: string;
  readonly object: { fetch(request: Request): Promise<Response> };
  /** Kept with the socket: who watches and what they may do. */
  readonly watcher?: SocketRequest["watcher"];
}

/** What a channel's route takes besides what names the channel: the value from which the client goes on. */
export const ResumeQuery = z.object({
  epoch: z.string().max(60).optional(),
  sequence: z.string().max(15).optional(),
});

/** What a channel's route answers besides problems. */
export const CHANNEL_ANSWERS = {
  101: { description: "The socket is open." },
  426: { description: "Not a web socket." },
} as const;

/** Description of a channel's route, after what its value holds. */
export function channelText(holds: string): string {
  const offer = `Offer the sub-protocols \`${SOCKET_PROTOCOL}\` and \`ticket.<ticket>\` of POST /api/v1/socket-tickets.`;
  return `${holds} ${offer} The server sends a snapshot, then numbered deltas, as docs/live-protocol.md says.`;
}

/** Throws 426 where the request asks for no socket. Comes before anything that costs. */
export function requireUpgrade(c: ApiContext): void {
  if (c.req.header("Upgrade")?.toLowerCase() === "websocket") return;
  throw new ProblemError({ status: 426, code: "upgrade_required", detail: "This path opens a web socket." });
}

/**
 * Opens the socket of a channel for whoever asks. The route has checked the ticket and whose thing it is; the object
 * learns for whom it answers, and the session's end will find the socket.
 */
export async function openChannel(c: ApiContext, { kind, name, object, watcher }: ChannelObject): Promise<Response> {
  const { ownerId, now } = c.get("service");
  const { grantId, user, viewing, session } = c.get("principal");
  // Somebody who gives support sees another's things for an hour only.
  const untilMs = viewing === "support" ? (session?.viewingUntil ?? 0) : undefined;
  await rememberSocket(c.env, { grantId, userId: user.id, kind, objectName: name, nowMs: now() });
  return object.fetch(socketRequest({ ownerId, grantId, watcher, untilMs, search: new URL(c.req.url).search }));
}
