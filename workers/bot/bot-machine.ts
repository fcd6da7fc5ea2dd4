import type { Order } from "../../schema/wire/order.ts";
import type { DeskCalls, DeskEvent, DeskTrading } from "../account/desk-calls.ts";
import type { CandleColumns } from "../core/candle/candle.ts";
import { candleOpen, type Timeframe, timeframeMs } from "../core/candle/timeframe.ts";
import type { RunDefinition } from "../core/engine/settings.ts";
import { decodeSnapshot, encodeSnapshot } from "../core/engine/snapshot.ts";
import { createTrader, type Trader, type TraderClose } from "../core/engine/trader.ts";
import type { TraderCommand } from "../core/engine/trader-command.ts";
import type { Signal, Strategy } from "../core/strategy/strategy.ts";
import type { MarketFeed } from "../feed/live/market-port.ts";
import { candlesSpanMs } from "../run/run-definition.ts";
import { type AskHow, askDesk } from "./ask-desk.ts";
import { type BotRecord, botDefinition, isDrivenOutside } from "./bot-record.ts";
import type { BotStore } from "./bot-store.ts";
import { columnsOf } from "./candle-rows.ts";
import { closeStops } from "./close-stops.ts";
import { hearTold } from "./hear-desk.ts";
import { freshCuts } from "./heard-cut.ts";
import { GONE_FOR_MS, lookForStops, type StopsLook } from "./missing-stops.ts";
import { readClosed } from "./read-closed.ts";
import { Shadow } from "./shadow.ts";
import { writeAsk } from "./write-ask.ts";

/** A decision is acted on while its candle is no older than this share of its length, and at least a minute. */
const FRESH_SHARE = 0.25;
const FRESH_MS_MIN = 60_000;

export interface MachineParts {
  /** UTC ms. */
  readonly now: () => number;
  readonly record: BotRecord;
  readonly strategy: Strategy;
  readonly store: BotStore;
  readonly desk: DeskCalls;
  readonly feedOf: (instrument: string) => Promise<Pick<MarketFeed, "minutes">>;
}

/** What a signal from outside wants. `time` is what names its orders, `at` the market's time; both UTC ms. */
export interface OutsideWish {
  readonly id: string;
  readonly signals: readonly Signal[];
  readonly time: number;
  readonly at: number;
}

/** Told what was decided, with the market's time. */
export type Note = (command: TraderCommand, at: number) => void;

/** What a pass over the market did. */
export interface Pass {
  /** The market's time up to which candles were seen. */
  readonly marketAt: number;
  readonly candles: number;
}

/**
 * A bot between two candles: its trader, read from what was written down and written again after each pass together with
 * what the desk shall be asked for, so that a pass that is cut off is gone on with and never decided twice.
 */
export class BotMachine {
  readonly trader: Trader;
  /** The backtest beside it; a bot without rules has none. */
  readonly shadow: Shadow | undefined;
  private readonly parts: MachineParts;
  private readonly definition: RunDefinition;
  /** Open of the next base candle that was not seen yet, UTC ms. */
  private seenUntil: number;
  /** The longest candles that any of its markets closes: what is read ends where all of them do. */
  private readonly coarsest: Timeframe;
  private closes: TraderClose[] = [];

  private constructor(parts: MachineParts, from: number, seenUntil: number) {
    this.parts = parts;
    this.definition = botDefinition(parts.record, parts.strategy, from);
    this.trader = createTrader(this.definition);
    this.shadow = isDrivenOutside(parts.record) ? undefined : new Shadow(this.definition);
    this.seenUntil = seenUntil;
    const lengths = this.definition.instruments.map((entry) => entry.timeframe);
    this.coarsest = lengths.reduce((left, right) => (timeframeMs(right) > timeframeMs(left) ? right : left));
  }

  /** What this version began with, in the account's currency. */
  get capital(): number {
    return this.definition.settings.cash;
  }

  /** A machine as it was left; undefined where it never began. */
  static restore(parts: MachineParts): BotMachine | undefined {
    const { store } = parts;
    const text = store.readText("trader");
    const place = store.get<{ from: number; seenUntil: number }>("place");
    if (text === undefined || place === undefined) return undefined;
    const machine = new BotMachine(parts, place.from, place.seenUntil);
    machine.trader.restore(decodeSnapshot(text));
    const shadow = store.readText("shadow");
    if (shadow !== undefined) machine.shadow?.restore(decodeSnapshot(shadow));
    return machine;
  }

  /** A new machine that first decides on the candle that is running at `marketAt`, with its history loaded. */
  static async begin(parts: MachineParts, marketAt: number): Promise<BotMachine> {
    const { record, strategy, store } = parts;
    const { timeframe } = record.definition;
    const from = candleOpen(marketAt, timeframe);
    const warmup = strategy.warmup(record.definition.strategy.parameters, timeframe);
    const span = candlesSpanMs({ instruments: record.instruments, timeframe }, warmup + 1);
    const begin = candleOpen(from - span, timeframe);
    const machine = new BotMachine(parts, from, begin);
    await machine.readMarket({ until: from, take: (chunks) => machine.warm(chunks) });
    store.write(() => machine.save());
    return machine;
  }

  private warm(chunks: readonly CandleColumns[]): void {
    this.trader.warm(chunks);
    this.shadow?.warm(chunks);
  }

  private save(): void {
    const { store } = this.parts;
    // Counted as they leave the engine, in the same write: a machine that is made again has forgotten them.
    const closed = this.trader.takeTrades().length;
    if (closed > 0) store.put("trades", (store.get<number>("trades") ?? 0) + closed);
    const texts: Record<string, string> = { trader: encodeSnapshot(this.trader.snapshot()) };
    if (this.shadow !== undefined) texts.shadow = encodeSnapshot(this.shadow.snapshot());
    store.writeTexts(texts);
    store.put("place", { from: this.definition.from ?? 0, seenUntil: this.seenUntil });
  }

  /** Takes in what became of the bot's orders since it was last asked, and answers whether the desk lets it trade. */
  async hearDesk(note: (event: DeskEvent) => void): Promise<DeskTrading> {
    const { desk, record, store } = this.parts;
    const hearing = { store, definition: this.definition, trader: this.trader, shadow: this.shadow };
    for (;;) {
      const since = store.get<number>("deskCursor") ?? 0;
      const call = { ownerId: record.ownerId, botId: record.botId, since };
      const { events, cursor, trading, cuts = [] } = await desk.eventsOf(call);
      const fresh = freshCuts(store, cuts);
      const isAll = cursor === since;
      if (isAll && fresh.length === 0) return trading;
      store.write(() => {
        hearTold({ events, cuts: fresh, isAll }, hearing, note);
        this.save();
        store.put("deskCursor", cursor);
      });
    }
  }

  /**
   * Goes on over the candles that have closed. What was decided on fresh ones is written down to be asked of the desk;
   * `mayEnter`: whether entries may be made at that moment. Candles that are too old to trade on are taken as history.
   */
  async goOn({ mayEnter, note }: { mayEnter: () => boolean; note: Note }): Promise<Pass> {
    const stepMs = timeframeMs(this.definition.timeframe);
    const freshMs = Math.max(FRESH_MS_MIN, stepMs * FRESH_SHARE);
    let candles = 0;
    const marketAt = await this.readMarket({
      take: (chunks, { until, marketAt: now }) => {
        candles += chunks[0]?.length ?? 0;
        const lastClose = candleOpen(until, this.definition.timeframe);
        const isFresh = now - lastClose <= freshMs;
        const commands = this.trader.push(chunks, until);
        this.closes.push(...this.trader.closes);
        this.shadow?.push(chunks, until);
        const enter = isFresh && mayEnter();
        for (const command of commands) this.decide(command, { enter, now: until, note });
        closeStops(
          { ...this.parts, definition: this.definition, trader: this.trader },
          { chunks, until, stepMs },
          note,
        );
      },
      step: stepMs,
    });
    return { marketAt, candles };
  }

  /** Looks for stops of what is held whose orders are gone, once the desk was heard. */
  lookForStops(): Promise<StopsLook> {
    const { definition, trader, parts } = this;
    const goneForMs = parts.record.account.market.kind === "replay" ? 0 : GONE_FOR_MS;
    return lookForStops({ ...parts, definition, trader, goneForMs });
  }

  private decide(command: TraderCommand, { enter, now, note }: { enter: boolean; now: number; note: Note }): void {
    if (command.type === "place" && command.role === "entry" && !enter) {
      this.trader.hear({ type: "ended", ref: command.ref, part: "main" });
      return;
    }
    writeAsk(command, { ...this.parts, definition: this.definition });
    if (command.type === "place") note(command, now);
  }

  /** Where an instrument stands in the trader's lists; undefined for one that the bot does not trade. */
  placeOf(instrument: string): number | undefined {
    const index = this.definition.instruments.findIndex((entry) => entry.instrument.id === instrument);
    return index < 0 ? undefined : index;
  }

  /**
   * Does what a signal from outside wants, and writes it down together with what `settle` writes, which is told the ids of
   * the orders that are asked for.
   */
  act(wanted: OutsideWish, settle: (orderIds: readonly string[], commands: readonly TraderCommand[]) => void): void {
    const { store } = this.parts;
    store.write(() => {
      const commands = this.trader.act(wanted.signals, wanted);
      const asked = { ...this.parts, definition: this.definition, signal: wanted.id };
      const orderIds = commands.flatMap((command) => writeAsk(command, asked));
      settle(orderIds, commands);
      this.save();
    });
  }

  /** Candles that were decided on since this was last asked, with the equity at each. */
  takeCloses(): TraderClose[] {
    const { closes } = this;
    this.closes = [];
    return closes;
  }

  /**
   * Asks the desk for everything that was written down, in order. The same ask again changes nothing. An entry that is no
   * longer wanted, or too old, is told to the engine as ended, unless the desk has it already. True where there was any.
   */
  drainEffects(how: Omit<AskHow, "giveUp">): Promise<boolean> {
    return askDesk(this.parts, { ...how, giveUp: (ref) => this.giveUp(ref) });
  }

  private giveUp(ref: string): void {
    this.parts.store.write(() => {
      this.trader.hear({ type: "ended", ref, part: "main" });
      this.save();
    });
  }

  /** Takes back entries that wait at the venue, so that a new version finds nothing of the old one. */
  async cancelEntries(open: readonly Order[]): Promise<void> {
    const { desk, record } = this.parts;
    const orderIds = open.filter((order) => order.role === "entry" && !order.cancelRequested).map((order) => order.id);
    if (orderIds.length > 0) await desk.cancel({ ownerId: record.ownerId, orderIds });
  }

  /** Tells the engine that what waits to be asked will not be. */
  takeBackEffects(): void {
    const { store } = this.parts;
    store.write(() => {
      for (let next = store.firstEffect(); next !== undefined; next = store.firstEffect()) {
        const { effect, place } = next;
        if (effect.kind === "place") this.trader.hear({ type: "ended", ref: effect.ref, part: "main" });
        store.dropEffect(place);
      }
      this.save();
    });
  }

  /**
   * Reads closed base candles from where it stands, in stretches that hold at most one close of the bot's timeframe where
   * `step` is given. Each stretch is taken and written down before the next. Answers the market's time.
   */
  private async readMarket({
    until: end = Number.POSITIVE_INFINITY,
    take,
    step,
  }: {
    until?: number;
    take: (chunks: readonly CandleColumns[], at: { until: number; marketAt: number }) => void;
    step?: number;
  }): Promise<number> {
    const { store } = this.parts;
    const { coarsest } = this;
    const { instruments } = this.definition;
    for (;;) {
      const from = this.seenUntil;
      const { answers, marketAt, known, full } = await readClosed(
        { ...this.parts, instruments },
        { from, end, coarsest },
      );
      if (known <= from) return marketAt;
      let at = from;
      while (at < known) {
        const next = step === undefined ? known : Math.min(known, candleOpen(at, this.definition.timeframe) + step);
        const chunks = answers.map((answer) => columnsOf(answer.rows, at, next));
        store.write(() => {
          take(chunks, { until: next, marketAt });
          this.seenUntil = next;
          this.save();
        });
        at = next;
      }
      if (!full) return marketAt;
    }
  }
}
