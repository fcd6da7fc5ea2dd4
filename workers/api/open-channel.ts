import { rememberSocket, type SocketKind } from "../auth/open-sockets.ts";
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
  const { grantId, user } = c.get("principal");
  await rememberSocket(c.env, { grantId, userId: user.id, kind, objectName: name, nowMs: now() });
  return object.fetch(socketRequest({ ownerId, grantId, watcher, search: new URL(c.req.url).search }));
}
