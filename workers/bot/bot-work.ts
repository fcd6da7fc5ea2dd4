import type { DeskEvent, DeskTrading } from "../account/desk-calls.ts";
import type { TraderCommand } from "../core/engine/trader-command.ts";
import { marketFeed, replayFeed, subscribeToMarket, unsubscribeFromMarket } from "../feed/live/market-feed.ts";
import type { Clock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { objectName } from "../platform/object-name.ts";
import { STRATEGY_CATALOGUE } from "../run/strategy-port.ts";
import { BotAlerts } from "./bot-alerts.ts";
import { deskOf, lastHeard, openAtDesk } from "./bot-desk.ts";
import { BotMachine, type MachineParts } from "./bot-machine.ts";
import { commandMessage, eventEntry } from "./bot-notes.ts";
import { lifeAfterCandles } from "./bot-progress.ts";
import { BotRecord } from "./bot-record.ts";
import { BotSignals } from "./bot-signals.ts";
import type { BotStore } from "./bot-store.ts";
import { type BotLife, idleState } from "./bot-view.ts";
import { type DeskView, deskViewAfter } from "./desk-view.ts";
import { versionEnded } from "./earlier-versions.ts";
import { passOverCuts } from "./heard-cut.ts";
import { knownMissing, missingWords, noteMissing } from "./missing-stops.ts";
import { strategyOf } from "./strategy-of.ts";

/** Errors in a row after which a person is asked. */
const ERRORS_MAX = 10;

interface WorkParts {
  readonly env: Env;
  readonly storage: DurableObjectStorage;
  readonly store: BotStore;
  readonly now: Clock;
}

/** What a bot does when it wakes: hears its desk, reads its market, decides, asks. */
export class BotWork {
  private readonly env: Env;
  private readonly store: BotStore;
  private readonly now: Clock;
  readonly alerts: BotAlerts;
  readonly signals: BotSignals;
  private machine: BotMachine | undefined;
  /** What is stored, checked: it is asked for several times in each pass. */
  private known: BotRecord | undefined;
  private lived: BotLife | undefined;
  /** When stops have to be looked at again, UTC ms. */
  stopsDueAt: number | undefined;

  constructor({ env, storage, store, now }: WorkParts) {
    this.env = env;
    this.store = store;
    this.now = now;
    this.alerts = new BotAlerts(env, storage.kv);
    const whose = { record: () => this.record(undefined), life: () => this.life() };
    this.signals = new BotSignals({ env, storage, store, now, alerts: this.alerts, ...whose });
  }

  record(ownerId: string | undefined): BotRecord {
    this.known ??= BotRecord.parse(this.store.get("record"));
    const record = this.known;
    if (ownerId !== undefined && record.ownerId !== ownerId) throw new Error("the bot belongs to another owner");
    return record;
  }

  life(): BotLife {
    this.lived ??= this.store.get<BotLife>("life") ?? idleState();
    return this.lived;
  }

  live(parts: Partial<BotLife>): void {
    const before = this.life();
    if (Object.entries(parts).every(([name, value]) => before[name as keyof BotLife] === value)) return;
    const isNew = parts.status !== undefined && parts.status !== before.status;
    this.lived = { ...before, ...parts, ...(isNew ? { statusSince: this.now() } : {}) };
    this.store.put("life", this.lived);
  }

  /** Takes a version: the engine begins anew. */
  take(record: BotRecord): void {
    const ended = versionEnded(this.life(), this.opened(), this.store.get<number>("trades") ?? 0);
    this.forget();
    this.store.write(() => {
      this.store.put("record", record);
      this.store.drop("next");
      this.store.drop("place");
      this.store.forgetSent();
      this.store.forgetText("trader");
      this.store.forgetText("shadow");
      this.live(ended);
    });
  }

  isFlat(): boolean {
    const machine = this.opened();
    const open = this.store.get<DeskView>("deskView")?.openOrders ?? [];
    if (open.length > 0) return false;
    return machine === undefined || machine.trader.positions().every((position) => position.quantity === 0);
  }

  private parts(record: BotRecord): MachineParts {
    const { ownerId, account } = record;
    return {
      now: this.now,
      record,
      strategy: strategyOf(STRATEGY_CATALOGUE, record),
      store: this.store,
      // Found anew for each pass: a stub that broke must not be kept.
      desk: deskOf(this.env, record),
      feedOf: (instrument) =>
        marketFeed(this.env, { ownerId, accountId: account.id, market: account.market, instrument }),
    };
  }

  opened(): BotMachine | undefined {
    if (this.machine === undefined && this.store.get("place") !== undefined) {
      this.machine = BotMachine.restore(this.parts(this.record(undefined)));
    }
    return this.machine;
  }

  failed(record: BotRecord, error: unknown): void {
    // What is in memory may be ahead of what is stored.
    this.forget();
    const errors = this.life().errors + 1;
    logEvent("bot_pass_failed", { id: record.botId, error, attempts: errors });
    const message = error instanceof Error ? error.message : "It could not go on.";
    if (errors < ERRORS_MAX) this.live({ errors });
    else {
      this.live({ errors, status: "error", reason: message });
      this.signals.stopped();
    }
    if (errors === 1 || errors === ERRORS_MAX) this.store.log({ at: this.now(), kind: "error", message });
  }

  /** One look at desk and market. `again`: there is more to do at once. Throws where it could not go on. */
  async pass(record: BotRecord): Promise<"again" | "done"> {
    const { status } = this.life();
    this.stopsDueAt = undefined;
    if (status === "error") return "done";
    if (status === "starting") await this.beginTrading(record);
    const machine = this.opened();
    if (machine === undefined) return "done";
    // What was written down before a crash may be old by now.
    await this.drain(machine);
    const trading = await machine.hearDesk((event) => this.noteEvent(event));
    this.live({ trades: this.store.get<number>("trades") ?? 0 });
    this.followDesk(trading);
    if (this.life().status === "stopped" || this.life().status === "halted") return "done";
    const next = this.store.get<BotRecord>("next");
    if (next !== undefined && this.isFlat()) {
      this.take(BotRecord.parse(next));
      this.live({ status: "starting" });
      this.store.log({
        at: this.now(),
        kind: "edited",
        message: `Version ${next.version} applies, with its capital anew.`,
      });
      return "again";
    }
    if (next !== undefined) await machine.cancelEntries(this.store.get<DeskView>("deskView")?.openOrders ?? []);
    // Asked anew for each decision: a person may pause it while the market is read.
    const mayEnter = () => this.life().status === "running" && this.store.get("next") === undefined;
    await this.watchStops(record, machine);
    const { marketAt } = await machine.goOn({ mayEnter, note: (command, at) => this.noteCommand(command, at) });
    const ask = async () => {
      // A bot that asked for nothing has heard everything already.
      if (await this.drain(machine)) await machine.hearDesk((event) => this.noteEvent(event));
    };
    await ask();
    await this.signals.act(machine, { at: marketAt, ask });
    this.afterCandles(record, machine, marketAt);
    return "done";
  }

  /** Tells once of each stop whose order is gone while what it protects is held. */
  private async watchStops(record: BotRecord, machine: BotMachine): Promise<void> {
    const { missing, againAt } = await machine.lookForStops();
    this.stopsDueAt = againAt;
    if (missing.length === 0 && knownMissing(this.store).length === 0) return;
    const at = this.now();
    this.store.write(() => {
      for (const stop of noteMissing(this.store, missing)) {
        const message = missingWords(stop, { closes: true });
        this.store.log({ at, kind: "unprotected", message });
        const id = `stop-missing-${stop.ref}`;
        this.alerts.raise(record, {
          id,
          at,
          level: "critical",
          code: "stop_missing",
          message: `${record.name}: ${message}`,
        });
      }
    });
  }

  /** Asks the desk for what was written down. True where there was any. */
  private drain(machine: BotMachine): Promise<boolean> {
    const enter = this.life().status === "running";
    return machine.drainEffects({ enter, now: this.now(), gaveUp: (orderId) => this.signals.gaveUp(orderId) });
  }

  /** What the desk's switch says of the bot is shown as its own state: it would be denied anyway. */
  private followDesk({ state, reason }: DeskTrading): void {
    const { status, byDesk } = this.life();
    const active = status === "running" || status === "paused";
    if (state === "HALTED" && active) {
      this.live({ status: "halted", reason: reason ?? "halted by the desk", byDesk: true });
      this.store.log({ at: this.now(), kind: "halted", message: reason ?? "halted by the desk" });
      this.signals.stopped();
    } else if (state === "REDUCING" && status === "running") {
      this.live({ status: "paused", reason: reason ?? "it may only reduce", byDesk: true });
      this.store.log({ at: this.now(), kind: "paused", message: reason ?? "it may only reduce" });
    } else if (state === "ACTIVE" && status === "paused" && byDesk) {
      this.live({ status: "running", reason: null, byDesk: false });
      this.store.log({ at: this.now(), kind: "resumed", message: "The desk lets it trade again." });
    }
  }

  /** What was decided and not asked for yet is taken back: the engine must not wait for it. */
  takeBackEffects(): void {
    this.opened()?.takeBackEffects();
    this.store.dropEffects();
  }

  /** What is in memory is made again from what is stored. */
  forget(): void {
    this.machine = undefined;
    this.known = undefined;
    this.lived = undefined;
    this.store.forget();
    this.signals.forget();
    this.alerts.forget();
  }

  private async beginTrading(record: BotRecord): Promise<void> {
    await openAtDesk(this.env, record);
    const { ownerId, account } = record;
    const instruments = record.instruments.map(({ instrument }) => instrument.id);
    const market = { ownerId, accountId: account.id, market: account.market };
    const parts = this.parts(record);
    if (this.opened() === undefined) {
      const feed = await parts.feedOf(instruments[0]);
      const { marketAt } = await feed.minutes({ ownerId, instrument: instruments[0], from: this.now(), limit: 1 });
      this.machine = await BotMachine.begin(parts, marketAt);
      // Orders of an earlier version are none of this engine's.
      const { cursor, cuts } = await lastHeard(parts.desk, record);
      this.store.put("deskCursor", cursor);
      passOverCuts(this.store, cuts);
      this.store.put("trades", 0);
      this.live({ dayStart: null, trades: 0, beganAt: marketAt });
    }
    // A replay waits for its bots; the running market is looked at by the alarm.
    if (account.market.kind === "replay") {
      const name = await objectName({ kind: "bot", ownerId, id: record.botId });
      await subscribeToMarket(this.env, { ...market, subscriber: { binding: "BOT", name, instruments } });
      // It plays once somebody listens, so that no bot misses its begin.
      await (await replayFeed(this.env, { ownerId, accountId: account.id })).object.play({ ownerId });
    }
    // Somebody may have paused or stopped it while its history was read.
    if (this.life().status !== "starting") return;
    const reason = this.store.get<string>("pauseAtStart");
    this.store.drop("pauseAtStart");
    if (reason !== undefined) this.store.log({ at: this.now(), kind: "paused", message: reason });
    this.live(reason === undefined ? { status: "running", reason: null } : { status: "paused", reason, byDesk: false });
  }

  async leaveMarket(record: BotRecord): Promise<void> {
    const { ownerId, account, botId } = record;
    if (account.market.kind !== "replay") return;
    const name = await objectName({ kind: "bot", ownerId, id: botId });
    const instruments = record.instruments.map(({ instrument }) => instrument.id);
    const market = { ownerId, accountId: account.id, market: account.market };
    await unsubscribeFromMarket(this.env, { ...market, name, instruments });
  }

  private noteCommand(command: TraderCommand, at: number): void {
    const message = commandMessage(command);
    if (message !== undefined) this.store.log({ at, kind: "signal", message });
  }

  private noteEvent(event: DeskEvent): void {
    this.store.put("deskView", deskViewAfter(this.store.get<DeskView>("deskView"), event));
    const entry = eventEntry(event);
    if (entry !== undefined) this.store.log(entry);
    this.signals.heard(event);
  }

  private afterCandles(record: BotRecord, machine: BotMachine, marketAt: number): void {
    const before = this.life();
    // Closed since this version began.
    const trades = this.store.get<number>("trades") ?? 0;
    const after = lifeAfterCandles(before, { record, machine, marketAt, trades, now: this.now() });
    this.live(after);
    if (after.status !== before.status && after.reason !== null) {
      this.store.log({ at: marketAt, kind: "shadow", message: after.reason });
    }
  }
}
