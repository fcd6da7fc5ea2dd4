import { DurableObject } from "cloudflare:workers";
import type { BotLogEntry, BotState, BotStatus } from "../../schema/wire/bot.ts";
import type { ByeReason } from "../../schema/wire/live.ts";
import { MINUTE_MS } from "../core/candle/timeframe.ts";
import type { MarketCall, MarketListener } from "../feed/live/market-port.ts";
import { dashboardOf } from "../live/dashboard.ts";
import { LiveHub } from "../live/live-hub.ts";
import { OWNER_HEADER } from "../live/socket-request.ts";
import { systemClock } from "../platform/clock.ts";
import { beginWork, endWork } from "../platform/cut-off-work.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { limitAtDesk } from "./bot-desk.ts";
import type { BotRecord } from "./bot-record.ts";
import { BotReporter } from "./bot-reporter.ts";
import { BotStore } from "./bot-store.ts";
import { botState } from "./bot-view.ts";
import { BotWork } from "./bot-work.ts";

const SOCKETS_MAX = 20;
const LOG_SHOWN = 50;
/** After an error, how long until the bot tries to go on, doubling from the first to the last. */
const RETRY_MS_MIN = 2_000;
const RETRY_MS_MAX = 60_000;

/** States in which a bot may be told to make no entries; a pause of the desk's becomes a person's. */
const PAUSABLE: ReadonlySet<BotStatus> = new Set(["running", "paused"]);

/**
 * One bot: wakes at its candles' closes, decides by the engine that backtests use, and asks the desk of its account. It
 * owns no broker, no caps and no money. Everything that matters is in its storage between any two awaits.
 */
export class BotObject extends DurableObject<Env> implements MarketListener {
  private readonly store: BotStore;
  private readonly hub: LiveHub<BotState>;
  private readonly bot: BotWork;
  private readonly reporter: BotReporter;
  private working: Promise<void> | undefined;
  private again = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.store = new BotStore(ctx.storage);
    this.hub = new LiveHub({
      ...{ ctx, prefix: "state", now: systemClock, newEpoch: () => newId("epo") },
      ...{ socketsMax: SOCKETS_MAX, keep: "memory" },
    });
    this.bot = new BotWork({ env, storage: ctx.storage, store: this.store, now: systemClock });
    this.reporter = new BotReporter({
      send: async ({ ownerId }, report) => {
        const { object } = await dashboardOf(env, ownerId);
        await object.reportBot({ ownerId, ...report });
      },
      later: (act, ms) => void setTimeout(act, ms),
    });
  }

  /** Makes the bot, or gives it a new version, which applies once it holds nothing. */
  async begin(record: BotRecord): Promise<void> {
    const known = this.store.get("record") === undefined ? undefined : this.bot.record(record.ownerId);
    const version = known?.version ?? 0;
    if (known !== undefined && record.version <= version) return;
    const life = this.bot.life();
    const idle = known === undefined || (life.status === "stopped" && this.bot.isFlat());
    if (idle) this.bot.take(record);
    else {
      this.store.put("next", record);
      this.store.log({ at: systemClock(), kind: "edited", message: `Version ${record.version} waits for its turn.` });
    }
    if (known !== undefined && life.status !== "stopped") await limitAtDesk(this.env, record);
    this.publish();
  }

  /** Starts, or goes on after a stop. Refuses nothing: what is missing is said by `error`. */
  async start(call: { ownerId: string }): Promise<BotState> {
    const record = this.bot.record(call.ownerId);
    if (
      this.bot.life().status === "stopped" ||
      this.bot.life().status === "error" ||
      this.bot.life().status === "halted"
    ) {
      this.store.drop("pauseAtStart");
      this.bot.live({ status: "starting", reason: null, startedAt: systemClock(), errors: 0, byDesk: false });
      this.store.log({ at: systemClock(), kind: "started", message: `Version ${record.version} starts.` });
    }
    await this.ctx.storage.setAlarm(systemClock());
    this.publish();
    return this.state(call);
  }

  async pause(call: { ownerId: string; reason: string }): Promise<BotState> {
    this.bot.record(call.ownerId);
    if (PAUSABLE.has(this.bot.life().status)) {
      this.bot.live({ status: "paused", reason: call.reason, byDesk: false });
      this.store.log({ at: systemClock(), kind: "paused", message: call.reason });
    }
    if (this.bot.life().status === "starting") this.store.put("pauseAtStart", call.reason);
    this.publish();
    return this.state(call);
  }

  async resume(call: { ownerId: string }): Promise<BotState> {
    this.bot.record(call.ownerId);
    this.store.drop("pauseAtStart");
    if (this.bot.life().status === "paused") {
      this.bot.live({ status: "running", reason: null, byDesk: false });
      this.store.log({ at: systemClock(), kind: "resumed", message: "It makes entries again." });
    }
    await this.ctx.storage.setAlarm(systemClock());
    this.publish();
    return this.state(call);
  }

  /** Stops deciding. What it holds and what is open is for its account, which is told by whoever stops it. */
  async stop(call: { ownerId: string; reason: string; status: "stopped" | "halted" }): Promise<BotState> {
    const record = this.bot.record(call.ownerId);
    this.bot.live({ status: call.status, reason: call.status === "stopped" ? null : call.reason, nextDueAt: null });
    this.store.log({ at: systemClock(), kind: call.status, message: call.reason });
    this.bot.takeBackEffects();
    await this.bot.leaveMarket(record);
    // What the account does for it still comes in: fills of what closes its positions.
    await this.ctx.storage.setAlarm(systemClock() + RETRY_MS_MIN);
    this.publish();
    return this.state(call);
  }

  async state(call: { ownerId: string }): Promise<BotState> {
    return this.view(this.bot.record(call.ownerId));
  }

  log(call: { ownerId: string; before: number | undefined; limit: number }): BotLogEntry[] {
    this.bot.record(call.ownerId);
    return this.store.readLog(call.before, call.limit);
  }

  /** The market went on: a replay waits until the bot has decided. */
  async onMarket(call: MarketCall): Promise<void> {
    if (this.bot.life().status === "stopped" || call.marketAt < (this.bot.life().nextDueAt ?? 0)) return;
    await this.work();
  }

  /** Something happened at the desk, or the watchdog found the bot late. */
  async wake(call: { ownerId: string }): Promise<void> {
    this.bot.record(call.ownerId);
    await this.ctx.storage.setAlarm(systemClock());
  }

  /** Sets the next alarm before anything that may fail, and never throws. */
  override async alarm(): Promise<void> {
    if (this.store.get("record") === undefined) return;
    const { storage } = this.ctx;
    await storage.setAlarm(systemClock() + beginWork(storage.kv));
    await this.work();
    endWork(storage.kv);
    this.hub.sweep(systemClock());
  }

  /** One pass at a time; a call that comes meanwhile is answered after one more. */
  private async work(): Promise<void> {
    if (this.working !== undefined) {
      this.again = true;
      await this.working;
      return;
    }
    this.working = this.workThrough().finally(() => {
      this.working = undefined;
    });
    await this.working;
  }

  private async workThrough(): Promise<void> {
    do {
      this.again = false;
      const record = this.bot.record(undefined);
      try {
        this.again = (await this.bot.pass(record)) === "again";
        this.bot.live({ errors: 0 });
      } catch (error) {
        this.bot.failed(record, error);
      }
      await this.arm();
      this.publish();
    } while (this.again);
  }

  private async arm(): Promise<void> {
    const { status, nextDueAt, errors } = this.bot.life();
    const record = this.bot.record(undefined);
    const now = systemClock();
    if (status === "stopped" || status === "halted" || status === "error") {
      // Fills of what closes its positions may still come.
      const at = this.bot.isFlat() ? undefined : now + MINUTE_MS;
      if (at === undefined) await this.ctx.storage.deleteAlarm();
      else await this.ctx.storage.setAlarm(at);
      return;
    }
    const retry = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.max(0, errors - 1));
    const due =
      record.account.market.kind === "replay" ? now + MINUTE_MS : Math.max(now + 250, nextDueAt ?? now + 1_000);
    await this.ctx.storage.setAlarm(errors > 0 ? now + retry : due);
  }

  private view(record: BotRecord): BotState {
    return botState(record, {
      life: this.bot.life(),
      machine: this.bot.opened(),
      log: this.store.readLog(undefined, LOG_SHOWN),
      desk: this.store.get("deskView"),
    });
  }

  private publish(): void {
    const record = this.bot.record(undefined);
    const state = this.view(record);
    if (!this.hub.publish(state)) return;
    const dueAt = isActive(state.status) && record.account.market.kind !== "replay" ? state.nextDueAt : null;
    this.ctx.waitUntil(this.reporter.tell(record, { state, dueAt, startedAt: this.bot.life().startedAt }));
  }

  override async fetch(request: Request): Promise<Response> {
    if (
      this.store.get("record") === undefined ||
      this.bot.record(undefined).ownerId !== request.headers.get(OWNER_HEADER)
    ) {
      return new Response(null, { status: 404 });
    }
    this.publish();
    return this.hub.open(request);
  }

  override webSocketMessage(socket: WebSocket, text: string | ArrayBuffer): void {
    if (this.hub.isEmpty && this.store.get("record") !== undefined) this.publish();
    if (this.hub.message(socket, text) === undefined) return;
    this.hub.refuse(socket, "bad_message", "A bot's channel takes acknowledgements only.");
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.hub.close(socket, code);
  }

  hangUp(grantId: string, reason: ByeReason): void {
    this.hub.hangUp(grantId, reason);
  }

  /** Tells the dashboard nothing more of how it stood until now: it is taken from there. */
  async endReports(call: { ownerId: string }): Promise<void> {
    this.bot.record(call.ownerId);
    await this.reporter.stop();
  }

  async destroy(ownerId: string): Promise<void> {
    if (this.store.get("record") === undefined) return;
    await this.bot.leaveMarket(this.bot.record(ownerId));
    await this.reporter.stop();
    this.hub.end("deleted");
    this.bot.forget();
    await this.ctx.storage.deleteAll();
  }
}

function isActive(status: BotStatus): boolean {
  return status === "running" || status === "paused" || status === "starting";
}
