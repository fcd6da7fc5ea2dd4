import { DurableObject } from "cloudflare:workers";
import { RunClientMessage, type RunServerMessage, type RunState } from "../../schema/wire/backtest.ts";
import { changedFields } from "../live/delta.ts";
import { SIGNED_OUT_CODE, SOCKET_PROTOCOL } from "../live/socket-protocol.ts";
import type { Env } from "../platform/env.ts";

// Tabs and machines of one person; more are a mistake or an attack on the object's memory.
const SOCKETS_MAX = 20;
// Our longest client message has some twenty characters.
const CLIENT_MESSAGE_CHARACTERS_MAX = 1_000;

/** Name of the header by which the Worker says for whom it opens a socket; clients cannot reach the object. */
export const OWNER_HEADER = "X-Run-Owner";
/** Name of the header that says for which session or key the socket is opened. */
export const GRANT_HEADER = "X-Run-Grant";

interface Stored {
  readonly ownerId: string;
  readonly state: RunState;
  /** Number of the latest delta. */
  readonly sequence: number;
  readonly cancelRequested: boolean;
}

/** What a worker is told when it says how far it is. */
export interface ProgressAnswer {
  readonly cancel: boolean;
}

/**
 * What one run is doing now, for those who watch. The truth about a run is its row; this object can be made again from
 * it. Sockets hibernate: everything is in storage, nothing in fields.
 */
export class RunObject extends DurableObject<Env> {
  /** Makes the object known for its owner. A second call changes nothing. */
  begin(input: { ownerId: string; state: RunState }): void {
    if (this.read() !== undefined) return;
    this.write({ ownerId: input.ownerId, state: input.state, sequence: 0, cancelRequested: false });
  }

  /**
   * Takes the state of the run from its worker, tells the watchers what changed, and says whether to stop. A run that is
   * unknown here was deleted, and its worker shall stop too.
   */
  report(input: { ownerId: string; state: RunState }): ProgressAnswer {
    const stored = this.read();
    if (stored === undefined) return { cancel: true };
    this.requireOwner(stored, input.ownerId);
    const change = changedFields(stored.state, input.state);
    if (change === undefined) return { cancel: stored.cancelRequested };
    const sequence = stored.sequence + 1;
    this.write({ ...stored, state: input.state, sequence });
    this.broadcast({ type: "delta", sequence, change });
    return { cancel: stored.cancelRequested };
  }

  /** The state, or undefined where the run is unknown here. */
  current(ownerId: string): RunState | undefined {
    const stored = this.read();
    if (stored === undefined) return undefined;
    this.requireOwner(stored, ownerId);
    return stored.state;
  }

  /** Remembers that the run shall stop; its worker learns it with its next report. */
  requestCancel(ownerId: string): void {
    const stored = this.read();
    if (stored === undefined) return;
    this.requireOwner(stored, ownerId);
    if (stored.state.phase !== "ended") this.write({ ...stored, cancelRequested: true });
  }

  /** Forgets the run and hangs up. */
  async destroy(ownerId: string): Promise<void> {
    const stored = this.read();
    if (stored !== undefined) this.requireOwner(stored, ownerId);
    for (const socket of this.ctx.getWebSockets()) socket.close(1000, "the run was deleted");
    await this.ctx.storage.deleteAll();
  }

  /** Opens a socket that the Worker has checked: token, origin and ownership. */
  override async fetch(request: Request): Promise<Response> {
    const stored = this.read();
    if (stored === undefined || stored.ownerId !== request.headers.get(OWNER_HEADER)) {
      return new Response(null, { status: 404 });
    }
    if (this.ctx.getWebSockets().length >= SOCKETS_MAX) return new Response(null, { status: 429 });
    const pair = new WebSocketPair();
    // Tagged, so that the end of the session or key finds it, also after the object slept.
    this.ctx.acceptWebSocket(pair[1], [request.headers.get(GRANT_HEADER) ?? ""]);
    pair[1].send(snapshotOf(stored));
    return new Response(null, {
      status: 101,
      webSocket: pair[0],
      headers: { "Sec-WebSocket-Protocol": SOCKET_PROTOCOL },
    });
  }

  /** Closes the sockets of a session or key that has ended. */
  hangUp(grantId: string): void {
    for (const socket of this.ctx.getWebSockets(grantId)) socket.close(SIGNED_OUT_CODE, "the session has ended");
  }

  override webSocketMessage(socket: WebSocket, text: string | ArrayBuffer): void {
    const message = parseClientMessage(text);
    const stored = this.read();
    if (message === undefined || stored === undefined) {
      const error: RunServerMessage = {
        type: "error",
        code: "bad_message",
        message: 'a message must be {"type":"snapshot"} or {"type":"cancel"}',
      };
      socket.send(JSON.stringify(error));
      return;
    }
    if (message.type === "cancel") this.requestCancel(stored.ownerId);
    else socket.send(snapshotOf(stored));
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    // 1005 and 1006 stand for closings without a code and must not be sent.
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }

  private requireOwner(stored: Stored, ownerId: string): void {
    if (stored.ownerId !== ownerId) throw new Error("the run belongs to another owner");
  }

  private broadcast(message: RunServerMessage): void {
    const text = JSON.stringify(message);
    for (const socket of this.ctx.getWebSockets()) {
      try {
        socket.send(text);
      } catch {
        // The watcher has gone; its close event follows.
      }
    }
  }

  private read(): Stored | undefined {
    return this.ctx.storage.kv.get<Stored>("run");
  }

  private write(stored: Stored): void {
    this.ctx.storage.kv.put("run", stored);
  }
}

function snapshotOf(stored: Stored): string {
  const message: RunServerMessage = { type: "snapshot", sequence: stored.sequence, state: stored.state };
  return JSON.stringify(message);
}

function parseClientMessage(text: string | ArrayBuffer): RunClientMessage | undefined {
  if (typeof text !== "string" || text.length > CLIENT_MESSAGE_CHARACTERS_MAX) return undefined;
  try {
    return RunClientMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
