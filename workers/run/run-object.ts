import { DurableObject } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { backtests } from "../../schema/tables/backtest.ts";
import { RunClientMessage, type RunServerMessage, type RunState } from "../../schema/wire/backtest.ts";
import { auditContext, prepareAudit } from "../audit/prepare-audit.ts";
import { changedFields } from "../live/delta.ts";
import { SIGNED_OUT_CODE, SOCKET_PROTOCOL } from "../live/socket-protocol.ts";
import { systemClock } from "../platform/clock.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { cancelEvent } from "./cancel-event.ts";
import { RunWatcher, readWatcher } from "./run-watcher.ts";

// Tabs and machines of one person; more are a mistake or an attack on the object's memory.
const SOCKETS_MAX = 20;
// Our longest client message has some twenty characters.
const CLIENT_MESSAGE_CHARACTERS_MAX = 1_000;

/** Name of the header by which the Worker says for whom it opens a socket; clients cannot reach the object. */
export const OWNER_HEADER = "X-Run-Owner";
/** Name of the header that says for which session or key the socket is opened. */
export const GRANT_HEADER = "X-Run-Grant";
/** Name of the header that says who watches, from where, and what they may do: see `RunWatcher`. */
export const WATCHER_HEADER = "X-Run-Watcher";

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
    pair[1].serializeAttachment(readWatcher(request.headers.get(WATCHER_HEADER) ?? ""));
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

  override async webSocketMessage(socket: WebSocket, text: string | ArrayBuffer): Promise<void> {
    const message = parseClientMessage(text);
    const stored = this.read();
    if (message === undefined || stored === undefined) {
      sendError(socket, "bad_message", 'a message must be {"type":"snapshot"} or {"type":"cancel"}');
      return;
    }
    if (message.type === "snapshot") socket.send(snapshotOf(stored));
    // Nothing else is heard in between: a worker that reports next shall learn of it.
    else await this.ctx.blockConcurrencyWhile(() => this.cancelFor(socket, stored));
  }

  /** Does what the route of the same verb does to a run at work, with the same entry in the trail, which comes first. */
  private async cancelFor(socket: WebSocket, { ownerId, state }: Stored): Promise<void> {
    const watcher = RunWatcher.safeParse(socket.deserializeAttachment()).data;
    if (watcher?.mayCancel !== true) {
      sendError(socket, "read_only", "You may watch this run; stopping it needs the role and scope to trade.");
      return;
    }
    try {
      const database = openDatabase(this.env.DB);
      const row = await ownedDatabase(database, ownerId).find(backtests, eq(backtests.id, state.id));
      const event = row === undefined ? undefined : cancelEvent(row);
      const { actor, place } = watcher;
      if (event === undefined) return;
      await database.batch([
        prepareAudit(auditContext({ database, place, now: systemClock }, { ownerId, actor }), event),
      ]);
      this.requestCancel(ownerId);
    } catch (error) {
      // An object whose blocked work throws is reset, and all its watchers hung up with it.
      logEvent("socket_cancel_failed", { runId: state.id, error });
      sendError(socket, "unavailable", "The run could not be stopped. Try again in a moment.");
    }
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

function sendError(socket: WebSocket, code: string, message: string): void {
  const error: RunServerMessage = { type: "error", code, message };
  socket.send(JSON.stringify(error));
}

function parseClientMessage(text: string | ArrayBuffer): RunClientMessage | undefined {
  if (typeof text !== "string" || text.length > CLIENT_MESSAGE_CHARACTERS_MAX) return undefined;
  try {
    return RunClientMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
