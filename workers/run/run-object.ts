import { DurableObject } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { backtests } from "../../schema/tables/backtest.ts";
import type { RunState } from "../../schema/wire/backtest.ts";
import type { ByeReason } from "../../schema/wire/live.ts";
import { RunClientMessage } from "../../schema/wire/run-live.ts";
import { auditContext, prepareAudit } from "../audit/prepare-audit.ts";
import { LiveHub } from "../live/live-hub.ts";
import { OWNER_HEADER } from "../live/socket-request.ts";
import { measureAlarm } from "../metrics/alarm-lateness.ts";
import { systemClock } from "../platform/clock.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { cancelEvent } from "./cancel-event.ts";
import { RunWatcher } from "./run-watcher.ts";

// Tabs and machines of one person; more are a mistake or an attack on the object's memory.
const SOCKETS_MAX = 20;

interface Stored {
  readonly ownerId: string;
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
  private readonly hub: LiveHub<RunState>;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const newEpoch = () => crypto.randomUUID();
    this.hub = new LiveHub({
      ctx,
      prefix: "live",
      channel: "run",
      now: systemClock,
      newEpoch,
      socketsMax: SOCKETS_MAX,
    });
  }

  /** Makes the object known for its owner. A second call changes nothing. */
  begin(input: { ownerId: string; state: RunState }): void {
    if (this.read() !== undefined) return;
    this.write({ ownerId: input.ownerId, cancelRequested: false });
    this.hub.publish(input.state);
  }

  /**
   * Takes the state of the run from its worker, tells the watchers what changed, and says whether to stop. A run that is
   * unknown here was deleted, and its worker shall stop too.
   */
  async report(input: { ownerId: string; state: RunState }): Promise<ProgressAnswer> {
    const stored = this.read();
    if (stored === undefined) return { cancel: true };
    this.requireOwner(stored, input.ownerId);
    if (this.hub.publish(input.state)) await this.watchReaders();
    return { cancel: stored.cancelRequested };
  }

  /** The state, or undefined where the run is unknown here. */
  current(ownerId: string): RunState | undefined {
    const stored = this.read();
    if (stored === undefined) return undefined;
    this.requireOwner(stored, ownerId);
    return this.hub.current();
  }

  /** Remembers that the run shall stop; its worker learns it with its next report. */
  requestCancel(ownerId: string): void {
    const stored = this.read();
    if (stored === undefined) return;
    this.requireOwner(stored, ownerId);
    if (this.hub.current()?.phase !== "ended") this.write({ ...stored, cancelRequested: true });
  }

  /** Forgets the run and hangs up. */
  async destroy(ownerId: string): Promise<void> {
    const stored = this.read();
    if (stored !== undefined) this.requireOwner(stored, ownerId);
    this.hub.end("deleted");
    await this.ctx.storage.deleteAll();
  }

  /** Opens a socket that the Worker has checked: token, origin and ownership. */
  override async fetch(request: Request): Promise<Response> {
    const stored = this.read();
    if (stored === undefined || stored.ownerId !== request.headers.get(OWNER_HEADER)) {
      return new Response(null, { status: 404 });
    }
    const reply = this.hub.open(request);
    await this.watchReaders();
    return reply;
  }

  /** Closes the sockets of a session or key that has ended. */
  hangUp(grantId: string, reason: ByeReason): void {
    this.hub.hangUp(grantId, reason);
  }

  /** Hangs up readers that have stopped reading, also where the run has nothing more to tell. */
  override async alarm(alarm?: AlarmInvocationInfo): Promise<void> {
    measureAlarm("run", alarm, systemClock());
    await this.watchReaders();
  }

  override async webSocketMessage(socket: WebSocket, text: string | ArrayBuffer): Promise<void> {
    const said = this.hub.message(socket, text);
    if (said === undefined) return;
    const stored = this.read();
    if (stored === undefined || !RunClientMessage.safeParse(said).success) {
      this.hub.refuse(socket, "bad_message", `A run's channel takes ack, snapshot and cancel, was ${said.type}.`);
      return;
    }
    // Nothing else is heard in between: a worker that reports next shall learn of it.
    await this.ctx.blockConcurrencyWhile(() => this.cancelFor(socket, stored));
  }

  /** Does what the route of the same verb does to a run at work, with the same entry in the trail, which comes first. */
  private async cancelFor(socket: WebSocket, { ownerId }: Stored): Promise<void> {
    const watcher = RunWatcher.safeParse(this.hub.watcherOf(socket)).data;
    if (watcher?.mayCancel !== true) {
      this.hub.refuse(socket, "read_only", "You may watch this run; stopping it needs the role and scope to trade.");
      return;
    }
    const runId = this.hub.current()?.id ?? "";
    try {
      const database = openDatabase(this.env.DB);
      const row = await ownedDatabase(database, ownerId).find(backtests, eq(backtests.id, runId));
      const event = row === undefined ? undefined : cancelEvent(row);
      const { actor, place } = watcher;
      if (event === undefined) return;
      await database.batch([
        prepareAudit(auditContext({ database, place, now: systemClock }, { ownerId, actor }), event),
      ]);
      this.requestCancel(ownerId);
    } catch (error) {
      // An object whose blocked work throws is reset, and all its watchers hung up with it.
      logEvent("socket_cancel_failed", { runId, error });
      this.hub.refuse(socket, "unavailable", "The run could not be stopped. Try again in a moment.");
    }
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.hub.close(socket, code);
  }

  private async watchReaders(): Promise<void> {
    const dueAt = this.hub.sweep(systemClock());
    if (dueAt !== undefined && (await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(dueAt);
  }

  private requireOwner(stored: Stored, ownerId: string): void {
    if (stored.ownerId !== ownerId) throw new Error("the run belongs to another owner");
  }

  private read(): Stored | undefined {
    return this.ctx.storage.kv.get<Stored>("run");
  }

  private write(stored: Stored): void {
    this.ctx.storage.kv.put("run", stored);
  }
}
