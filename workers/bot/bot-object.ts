import { DurableObject } from "cloudflare:workers";
import type { BotLogEntry, BotState, BotStatus } from "../../schema/wire/bot.ts";
import type { DeskCalls, DeskEvent } from "../account/desk-calls.ts";
import { MINUTE_MS, timeframeMs } from "../core/candle/timeframe.ts";
import type { TraderCommand } from "../core/engine/trader-command.ts";
import { marketFeed, replayFeed, subscribeToMarket, unsubscribeFromMarket } from "../feed/live/market-feed.ts";
import type { MarketCall, MarketListener } from "../feed/live/market-port.ts";
import { LiveHub } from "../live/live-hub.ts";
import { OWNER_HEADER } from "../live/socket-request.ts";
import { systemClock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { logEvent } from "../platform/log-event.ts";
import { objectName } from "../platform/object-name.ts";
import { STRATEGY_CATALOGUE } from "../run/strategy-port.ts";
import { BotMachine, type MachineParts } from "./bot-machine.ts";
import { BotRecord } from "./bot-record.ts";
import { BotStore } from "./bot-store.ts";
import { type BotLife, botState, type DeskView, deskViewAfter, idleState } from "./bot-view.ts";
import { reportBot } from "./report-bot.ts";
import { strategyOf } from "./strategy-of.ts";

const SOCKETS_MAX = 20;
const LOG_SHOWN = 50;
/** After an error, how long until the bot tries to go on, doubling from the first to the last. */
const RETRY_MS_MIN = 2_000;
const RETRY_MS_MAX = 60_000;
/** Errors in a row after which a person is asked. */
const ERRORS_MAX = 10;

/**
 * One bot: wakes at its candles' closes, decides by the engine that backtests use, and asks the desk of its account. It
 * owns no broker, no caps and no money. Everything that matters is in its storage between any two awaits.
 */
export class BotObject extends DurableObject<Env> implements MarketListener {
  private readonly store: BotStore;
  private readonly hub: LiveHub<BotState>;
  private machine: BotMachine | undefined;
  private working: Promise<void> | undefined;
  private again = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.store = new BotStore(ctx.storage);
    const options = { ctx, prefix: "state", now: systemClock, newEpoch: () => newId("epo"), socketsMax: SOCKETS_MAX };
    this.hub = new LiveHub(options);
  }

  private record(ownerId: string | undefined): BotRecord {
    const record = BotRecord.parse(this.store.get("record"));
    if (ownerId !== undefined && record.ownerId !== ownerId) throw new Error("the bot belongs to another owner");
    return record;
  }

  private life(): BotLife {
    return this.store.get<BotLife>("life") ?? idleState();
  }

  private live(parts: Partial<BotLife>): void {
    this.store.put("life", { ...this.life(), ...parts });
  }

  /** Makes the bot, or gives it a new version, which applies once it holds nothing. */
  async begin(record: BotRecord): Promise<void> {
    const known = this.store.get("record") === undefined ? undefined : this.record(record.ownerId);
    const version = known?.version ?? 0;
    if (known !== undefined && record.version <= version) return;
    const life = this.life();
    const idle = known === undefined || (life.status === "stopped" && this.isFlat());
    if (idle) this.take(record);
    else {
      this.store.put("next", record);
      this.store.log({ at: systemClock(), kind: "edited", message: `Version ${record.version} waits for its turn.` });
    }
    if (known !== undefined && life.status !== "stopped") await this.openAtDesk(record);
    this.publish();
  }

  /** Takes a version: the engine begins anew. */
  private take(record: BotRecord): void {
    this.machine = undefined;
    this.store.write(() => {
      this.store.put("record", record);
      this.ctx.storage.kv.delete("next");
      this.store.forgetText("trader");
      this.store.forgetText("shadow");
    });
  }

  private isFlat(): boolean {
    const machine = this.opened();
    return machine === undefined || machine.trader.positions().every((position) => position.quantity === 0);
  }

  private async desk(record: BotRecord): Promise<DeskCalls & { openBot(call: object): Promise<void> }> {
    const name = await objectName({ kind: "account", ownerId: record.ownerId, id: record.account.id });
    return this.env.ACCOUNT.getByName(name) as unknown as DeskCalls & { openBot(call: object): Promise<void> };
  }

  private async openAtDesk(record: BotRecord): Promise<void> {
    const { capital, leverage, limits } = record.definition;
    const { ownerId, botId, version } = record;
    const instruments = record.instruments.map(({ instrument }) => instrument.id);
    const desk = await this.desk(record);
    await desk.openBot({ ownerId, botId, version, capital, leverage, limits, instruments });
  }

  private parts(record: BotRecord): MachineParts {
    const { ownerId, account } = record;
    return {
      record,
      strategy: strategyOf(STRATEGY_CATALOGUE, record),
      store: this.store,
      // Found anew for each pass: a stub that broke must not be kept.
      desk: lateDesk(() => this.desk(record)),
      feedOf: (instrument) =>
        marketFeed(this.env, { ownerId, accountId: account.id, market: account.market, instrument }),
    };
  }

  private opened(): BotMachine | undefined {
    this.machine ??=
      this.store.get("record") === undefined ? undefined : BotMachine.restore(this.parts(this.record(undefined)));
    return this.machine;
  }

  /** Starts, or goes on after a stop. Refuses nothing: what is missing is said by `error`. */
  async start(call: { ownerId: string }): Promise<BotState> {
    const record = this.record(call.ownerId);
    if (this.life().status === "stopped" || this.life().status === "error" || this.life().status === "halted") {
      this.live({ status: "starting", reason: null, startedAt: systemClock(), errors: 0 });
      this.store.log({ at: systemClock(), kind: "started", message: `Version ${record.version} starts.` });
    }
    await this.ctx.storage.setAlarm(systemClock());
    this.publish();
    return this.state(call);
  }

  async pause(call: { ownerId: string; reason: string }): Promise<BotState> {
    this.record(call.ownerId);
    if (this.life().status === "running") {
      this.live({ status: "paused", reason: call.reason });
      this.store.log({ at: systemClock(), kind: "paused", message: call.reason });
    }
    this.publish();
    return this.state(call);
  }

  async resume(call: { ownerId: string }): Promise<BotState> {
    this.record(call.ownerId);
    if (this.life().status === "paused") {
      this.live({ status: "running", reason: null });
      this.store.log({ at: systemClock(), kind: "resumed", message: "It makes entries again." });
    }
    await this.ctx.storage.setAlarm(systemClock());
    this.publish();
    return this.state(call);
  }

  /** Stops deciding. What it holds and what is open is for its account, which is told by whoever stops it. */
  async stop(call: { ownerId: string; reason: string; status: "stopped" | "halted" }): Promise<BotState> {
    const record = this.record(call.ownerId);
    this.live({ status: call.status, reason: call.status === "stopped" ? null : call.reason, nextDueAt: null });
    this.store.log({ at: systemClock(), kind: call.status, message: call.reason });
    this.store.dropEffects();
    await this.leaveMarket(record);
    // What the account does for it still comes in: fills of what closes its positions.
    await this.ctx.storage.setAlarm(systemClock() + RETRY_MS_MIN);
    this.publish();
    return this.state(call);
  }

  async state(call: { ownerId: string }): Promise<BotState> {
    return this.view(this.record(call.ownerId));
  }

  log(call: { ownerId: string; before: number | undefined; limit: number }): BotLogEntry[] {
    this.record(call.ownerId);
    return this.store.readLog(call.before, call.limit);
  }

  /** The market went on: a replay waits until the bot has decided. */
  async onMarket(call: MarketCall): Promise<void> {
    if (this.life().status === "stopped" || call.marketAt < (this.life().nextDueAt ?? 0)) return;
    await this.work();
  }

  /** Something happened at the desk, or the watchdog found the bot late. */
  async wake(call: { ownerId: string }): Promise<void> {
    this.record(call.ownerId);
    await this.ctx.storage.setAlarm(systemClock());
  }

  /** Sets the next alarm before anything that may fail, and never throws. */
  override async alarm(): Promise<void> {
    if (this.store.get("record") === undefined) return;
    await this.ctx.storage.setAlarm(systemClock() + MINUTE_MS);
    await this.work();
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
      const record = this.record(undefined);
      try {
        await this.pass(record);
        this.live({ errors: 0 });
      } catch (error) {
        this.failed(record, error);
      }
      await this.arm();
      this.publish();
    } while (this.again);
  }

  private failed(record: BotRecord, error: unknown): void {
    // What is in memory may be ahead of what is stored.
    this.machine = undefined;
    const errors = this.life().errors + 1;
    logEvent("bot_pass_failed", { id: record.botId, error, attempts: errors });
    const message = error instanceof Error ? error.message : "It could not go on.";
    if (errors < ERRORS_MAX) this.live({ errors });
    else this.live({ errors, status: "error", reason: message });
    if (errors === 1 || errors === ERRORS_MAX) this.store.log({ at: systemClock(), kind: "error", message });
  }

  private async pass(record: BotRecord): Promise<void> {
    const { status } = this.life();
    if (status === "error") return;
    if (status === "starting") await this.beginTrading(record);
    const machine = this.opened();
    if (machine === undefined) return;
    await machine.drainEffects();
    await machine.hearDesk((event) => this.noteEvent(event));
    if (this.life().status === "stopped" || this.life().status === "halted") return;
    const next = this.store.get<BotRecord>("next");
    if (next !== undefined && this.isFlat()) {
      this.take(BotRecord.parse(next));
      this.live({ status: "starting" });
      this.store.log({ at: systemClock(), kind: "edited", message: `Version ${next.version} applies.` });
      this.again = true;
      return;
    }
    const enter = this.life().status === "running" && next === undefined;
    const { marketAt } = await machine.goOn({ enter, note: (command, at) => this.noteCommand(command, at) });
    await machine.drainEffects();
    await machine.hearDesk((event) => this.noteEvent(event));
    this.afterCandles(record, machine, marketAt);
  }

  private async beginTrading(record: BotRecord): Promise<void> {
    await this.openAtDesk(record);
    const { ownerId, account } = record;
    const instruments = record.instruments.map(({ instrument }) => instrument.id);
    const market = { ownerId, accountId: account.id, market: account.market };
    const parts = this.parts(record);
    if (this.opened() === undefined) {
      const feed = await parts.feedOf(instruments[0]);
      const { marketAt } = await feed.minutes({ ownerId, instrument: instruments[0], from: systemClock(), limit: 1 });
      this.machine = await BotMachine.begin(parts, marketAt);
      const desk = await this.desk(record);
      // Orders of an earlier version are none of this engine's.
      const { cursor } = await lastEvents(desk, record);
      this.store.put("deskCursor", cursor);
      this.live({ spark: [], dayStart: null, trades: 0 });
    }
    // A replay waits for its bots; the running market is looked at by the alarm.
    if (account.market.kind === "replay") {
      const name = await objectName({ kind: "bot", ownerId, id: record.botId });
      await subscribeToMarket(this.env, { ...market, subscriber: { binding: "BOT", name, instruments } });
      // It plays once somebody listens, so that no bot misses its begin.
      await (await replayFeed(this.env, { ownerId, accountId: account.id })).object.play({ ownerId });
    }
    this.live({ status: "running", reason: null });
  }

  private async leaveMarket(record: BotRecord): Promise<void> {
    const { ownerId, account, botId } = record;
    if (account.market.kind !== "replay") return;
    const name = await objectName({ kind: "bot", ownerId, id: botId });
    const instruments = record.instruments.map(({ instrument }) => instrument.id);
    await unsubscribeFromMarket(this.env, {
      ownerId,
      accountId: account.id,
      market: account.market,
      name,
      instruments,
    });
  }

  private noteCommand(command: TraderCommand, at: number): void {
    if (command.type === "cancel") return;
    const { side, kind, quantity, reason, tag } = command;
    const message = `${reason}${tag === "" ? "" : ` (${tag})`}: ${side} ${quantity} ${kind}`;
    this.store.log({ at, kind: "signal", message });
  }

  private noteEvent({ order, event, fill, at }: DeskEvent): void {
    this.store.put("deskView", deskViewAfter(this.store.get<DeskView>("deskView"), { order, fill }));
    const { side, instrument, quantity, reason } = order;
    if (fill !== undefined) {
      const message = `${side} ${fill.quantity} ${instrument} at ${fill.price} (${order.role})`;
      this.store.log({ at: fill.at, kind: "fill", message });
    } else if (event === "deny" || event === "rejected") {
      const who = event === "deny" ? "denied by the desk" : "rejected by the venue";
      this.store.log({ at, kind: "denied", message: `${side} ${quantity} ${instrument} was ${who}: ${reason ?? ""}` });
    }
  }

  private afterCandles(record: BotRecord, machine: BotMachine, marketAt: number): void {
    const life = this.life();
    const closes = machine.takeCloses();
    const { timeframe, delayMs, shadowBound, capital } = record.definition;
    const stepMs = timeframeMs(timeframe);
    const lastCandleAt = closes.at(-1)?.time ?? life.lastCandleAt;
    const due = life.nextDueAt;
    const late =
      due === null || closes.length === 0 || record.account.market.kind === "replay"
        ? life.latenessMs
        : Math.max(0, systemClock() - due);
    const spark = [...life.spark, ...closes.map((close) => close.equity)].slice(-100);
    const day = Math.floor(marketAt / 86_400_000);
    const dayStart = life.dayStart?.day === day ? life.dayStart : { day, equity: machine.trader.equity() };
    const trades = life.trades + machine.trader.takeTrades().length;
    const nextClose = (Math.floor(marketAt / stepMs) + 1) * stepMs;
    const nextDueAt = record.account.market.kind === "replay" ? nextClose : nextClose + delayMs;
    this.live({ lastCandleAt, latenessMs: late, spark, dayStart, trades, marketAt, nextDueAt });
    const behind = machine.shadow.equity() - machine.trader.equity();
    if (shadowBound !== undefined && life.status === "running" && behind > shadowBound * Number(capital)) {
      const reason = `It is ${behind.toFixed(2)} behind its backtest, more than ${shadowBound} of its capital.`;
      this.live({ status: "paused", reason });
      this.store.log({ at: marketAt, kind: "shadow", message: reason });
    }
  }

  private async arm(): Promise<void> {
    const { status, nextDueAt, errors } = this.life();
    const record = this.record(undefined);
    const now = systemClock();
    if (status === "stopped" || status === "halted" || status === "error") {
      // Fills of what closes its positions may still come.
      const at = this.isFlat() ? undefined : now + MINUTE_MS;
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
      life: this.life(),
      machine: this.opened(),
      log: this.store.readLog(undefined, LOG_SHOWN),
      desk: this.store.get("deskView"),
    });
  }

  private publish(): void {
    const record = this.record(undefined);
    const state = this.view(record);
    if (!this.hub.publish(state)) return;
    const dueAt = isActive(state.status) && record.account.market.kind === "sim" ? state.nextDueAt : null;
    this.ctx.waitUntil(reportBot(this.env, record, { state, dueAt, startedAt: this.life().startedAt }));
  }

  override async fetch(request: Request): Promise<Response> {
    if (
      this.store.get("record") === undefined ||
      this.record(undefined).ownerId !== request.headers.get(OWNER_HEADER)
    ) {
      return new Response(null, { status: 404 });
    }
    this.publish();
    return this.hub.open(request);
  }

  override webSocketMessage(socket: WebSocket, text: string | ArrayBuffer): void {
    if (this.hub.message(socket, text) === undefined) return;
    this.hub.refuse(socket, "bad_message", "A bot's channel takes acknowledgements only.");
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.hub.close(socket, code);
  }

  hangUp(grantId: string): void {
    this.hub.hangUp(grantId);
  }

  async destroy(ownerId: string): Promise<void> {
    if (this.store.get("record") === undefined) return;
    await this.leaveMarket(this.record(ownerId));
    this.hub.end("deleted");
    this.machine = undefined;
    await this.ctx.storage.deleteAll();
  }
}

function isActive(status: BotStatus): boolean {
  return status === "running" || status === "paused" || status === "starting";
}

/** Where the desk's events of the bot end now. */
async function lastEvents(desk: DeskCalls, { ownerId, botId }: BotRecord): Promise<{ cursor: number }> {
  let since = 0;
  for (;;) {
    const { cursor } = await desk.eventsOf({ ownerId, botId, since });
    if (cursor === since) return { cursor };
    since = cursor;
  }
}

/** A desk whose object is looked up with each call. */
function lateDesk(find: () => Promise<DeskCalls>): DeskCalls {
  return {
    submit: async (call) => (await find()).submit(call),
    cancel: async (call) => (await find()).cancel(call),
    eventsOf: async (call) => (await find()).eventsOf(call),
    state: async (call) => (await find()).state(call),
    order: async (call) => (await find()).order(call),
  };
}
