import { type CandleColumns, emptyCandles } from "../candle/candle.ts";
import { timeframeMs } from "../candle/timeframe.ts";
import { type HeardFill, HeardVenue } from "../fill/heard-venue.ts";
import { MARKET } from "../fill/order.ts";
import type { IndicatorReading, Signal } from "../strategy/strategy.ts";
import { CandleFeed } from "./candle-feed.ts";
import { spansOf } from "./candle-span.ts";
import { checkDefinition } from "./definition.ts";
import { Lane } from "./lane.ts";
import { SentOrders } from "./sent-orders.ts";
import type { RunDefinition } from "./settings.ts";
import { createPrograms } from "./signals.ts";
import { type Snapshot, snapshotField, snapshotFloats } from "./snapshot.ts";
import type { TradeRow } from "./trade-log.ts";
import type { TraderCommand, TraderEvent } from "./trader-command.ts";

/**
 * Starts a trader. Sizes are fixed at the decision whatever the settings say. Throws RangeError where the definition breaks
 * a rule, the message names field, rule and value: fills must be at the open, and funding none, since a venue pays it.
 */
export function createTrader(definition: RunDefinition): Trader {
  return new Trader(definition);
}

export interface TraderClose {
  readonly time: number;
  readonly equity: number;
}

/** What a trader holds of one instrument. */
export interface TraderPosition {
  readonly symbol: string;
  /** Signed. */
  readonly quantity: number;
  /** Mean price of what is held; NaN when flat. */
  readonly entryPrice: number;
  /** Last price known. */
  readonly mark: number;
}

/** A stop that an entry came with. */
export interface TraderStop {
  /** Of the entry. */
  readonly ref: string;
  /** Of the entry: a stop of what was bought sells. */
  readonly side: "buy" | "sell";
  /** Undefined of one that trails. */
  readonly price: number | undefined;
  /** When the first of what is held was traded, UTC ms. */
  readonly since: number;
}

/** An order that may still trade. */
export interface TraderOrder {
  readonly role: "entry" | "exit";
  readonly side: "buy" | "sell";
  readonly atMarket: boolean;
  /** It was asked to be taken back. */
  readonly canceled: boolean;
}

/**
 * The decisions of a run whose fills come from outside: the same signals, lane, decider and account, but no order is ever
 * filled by a candle. Push closed candles, do what it commands, and let it hear what came of that before the next push.
 * With the same candles and the same fills it decides as the run does, to the bit.
 */
export class Trader {
  readonly definition: RunDefinition;
  private readonly feed: CandleFeed;
  private readonly lane: Lane;
  private readonly venue: HeardVenue;
  private readonly orders: SentOrders;
  private readonly stepMs: number;
  private readonly baseMs: readonly number[];
  /** Open of the last candle of the run's timeframe of each instrument, UTC ms. */
  private readonly lastOpens: Float64Array;
  private commands: TraderCommand[] = [];
  /** Candles that closed in the last push: when they opened (UTC ms), and the equity at their close. */
  closes: readonly TraderClose[] = [];

  constructor(given: RunDefinition) {
    const settings = { ...given.settings, sizeAt: "decision" } as const;
    const definition: RunDefinition = { ...given, settings, checks: "bare", isEndless: true };
    checkDefinition(definition);
    if (settings.fundingRate !== 0) {
      throw new RangeError(`fundingRate must be 0 where a venue fills the orders, was ${settings.fundingRate}`);
    }
    this.definition = definition;
    this.feed = new CandleFeed(definition);
    const variant = { path: settings.path, cost: 1, keepTrades: "all", heard: true } as const;
    this.lane = new Lane(definition, variant, createPrograms(definition).stepped);
    if (!(this.lane.venue instanceof HeardVenue)) throw new Error("a heard lane needs a heard venue");
    this.venue = this.lane.venue;
    this.orders = new SentOrders(this.venue);
    this.lane.closed = (time) => {
      this.commands.push(...this.orders.collect(time));
      this.closes = [...this.closes, { time, equity: this.equity() }];
    };
    this.stepMs = timeframeMs(definition.timeframe);
    this.baseMs = definition.instruments.map((entry) => timeframeMs(entry.timeframe));
    this.lastOpens = new Float64Array(definition.instruments.length).fill(Number.NEGATIVE_INFINITY);
  }

  /** Candles from before the first traded one: nothing is decided on them. Throws as `push` does. */
  warm(chunks: readonly CandleColumns[]): void {
    this.take(chunks, { from: Number.POSITIVE_INFINITY });
  }

  /**
   * The next closed candles of each instrument over the same span. Answers what was decided at the closes inside, in order.
   * `until` is the market's time: nothing that opens before it is still to come, also where an instrument had no candle.
   * Throws RangeError where candles do not rise in time.
   */
  push(chunks: readonly CandleColumns[], until?: number): readonly TraderCommand[] {
    this.commands = [];
    this.closes = [];
    this.take(chunks, { from: this.definition.from, until });
    return this.commands;
  }

  private take(
    chunks: readonly CandleColumns[],
    span: { from?: number | undefined; until?: number | undefined },
  ): void {
    const { instruments } = this.definition;
    if (chunks.length !== instruments.length) {
      throw new RangeError(`chunks must be one an instrument (${instruments.length}), were ${chunks.length}`);
    }
    const seen = (index: number, candles: CandleColumns) => this.feed.checkOrder(index, candles);
    for (const part of spansOf(chunks, seen)) {
      part.forEach((candles, index) => {
        seen(index, candles);
        this.extend(index, candles);
      });
      this.step(part, span.from);
    }
    if (span.until === undefined) return;
    const none = chunks.map(() => emptyCandles(0));
    this.step(none, span.from, span.until);
  }

  private step(chunks: readonly CandleColumns[], from: number | undefined, until?: number): void {
    const block = this.feed.push(chunks, { from, until });
    if (this.feed.stepped && block.instruments.some((part) => part.start > 0)) this.lane.warm(block.instruments);
    block.instruments.forEach(({ candles }, index) => {
      if (candles.length > 0) this.lastOpens[index] = candles.time[candles.length - 1];
    });
    if (block.length > 0) this.lane.step(block);
    chunks.forEach(({ close, length }, index) => {
      if (length > 0) this.venue.account.positions[index].mark = close[length - 1];
    });
  }

  /**
   * Takes prices into the excursions of what is held. Where inside its candle a fill happened is not known: of that candle
   * only the close counts.
   */
  private extend(index: number, { time, high, low, close, length }: CandleColumns): void {
    for (const lot of this.venue.account.positions[index].lots) {
      for (let i = 0; i < length; i++) {
        if (time[i] + this.baseMs[index] <= lot.time) continue;
        const whole = time[i] > lot.time;
        lot.high = Math.max(lot.high, whole ? high[i] : close[i]);
        lot.low = Math.min(lot.low, whole ? low[i] : close[i]);
      }
    }
  }

  /**
   * Does what somebody outside wants, between two pushes: as on a strategy's signals at the last close. `time` names the
   * orders as the open of a candle does, so that each call needs one of its own; `at` is the market's time. Both UTC ms.
   */
  act(signals: readonly Signal[], { time, at }: { readonly time: number; readonly at: number }): TraderCommand[] {
    this.lane.act(signals, at);
    return this.orders.collect(time);
  }

  /** Orders of an instrument that were commanded and may still trade, legs of what was entered apart. */
  working(index: number): TraderOrder[] {
    return this.orders.working(index).map(({ order, canceled }) => ({
      role: order.role === "exit" ? "exit" : "entry",
      side: order.side > 0 ? "buy" : "sell",
      atMarket: order.kind === MARKET,
      canceled,
    }));
  }

  /**
   * What became of a command, told between pushes in the order of the venue. Throws RangeError for a ref that is not of
   * this trader.
   */
  hear(event: TraderEvent): void {
    if (event.type === "liquidation") {
      this.venue.liquidate(event.instrument, this.heardFill(event.instrument, event));
      return;
    }
    const sent = this.orders.change(event.ref);
    const { instrument, order } = sent;
    if (event.type === "ended") {
      if (event.part !== "main") return;
      sent.ended = true;
      if (!sent.expiring) this.venue.end(instrument, order);
      return;
    }
    const fill = this.heardFill(instrument, event);
    if (event.part === "main") this.venue.fill(instrument, order, fill);
    else this.venue.fillLeg(instrument, order, event.part, fill);
    sent.ended ||= order.filled >= order.quantity;
  }

  private heardFill(index: number, event: Omit<HeardFill, "candle">): HeardFill {
    const { quantity, counted, price, fee, at } = event;
    const next = at >= this.lastOpens[index] + this.stepMs ? 1 : 0;
    return { quantity, counted, price, fee, at, candle: this.venue.books[index].candle + next };
  }

  /** The stops that entries came with of which something is held. */
  stops(index: number): TraderStop[] {
    const { lots } = this.venue.account.positions[index];
    return this.orders.guarded(index).map(({ ref, order }) => ({
      ...{ ref, side: order.side > 0 ? "buy" : "sell" },
      price: Number.isNaN(order.legStop) ? undefined : order.legStop,
      since: Math.min(...lots.filter((lot) => lot.order === order.id).map(({ time }) => time)),
    }));
  }

  /** How much of a long position no exit that may still trade is for, legs apart; 0 of a short one. */
  spare(index: number): number {
    const { quantity } = this.venue.account.positions[index];
    const exits = this.orders.working(index).filter(({ order }) => order.role === "exit");
    const asked = exits.reduce((sum, { order }) => sum + order.quantity - order.filled, 0);
    return Math.max(0, this.venue.grids?.[index].sum(quantity - asked) ?? quantity - asked);
  }

  equity(): number {
    return this.lane.account.equity();
  }

  positions(): TraderPosition[] {
    return this.lane.account.positions.map(({ quantity, mark, lots }, index) => ({
      symbol: this.definition.instruments[index].instrument.symbol,
      quantity,
      entryPrice:
        lots.length === 0 ? Number.NaN : lots.reduce((sum, lot) => sum + lot.price * lot.quantity, 0) / quantity,
      mark,
    }));
  }

  /** Trades closed since this was last asked. */
  takeTrades(): TradeRow[] {
    return this.lane.account.trades.takeRows();
  }

  /** Entries that were not commanded, counted by the rule they broke. */
  refused(): { rule: string; count: number; example: string }[] {
    return this.venue.sizer.refusals.rows();
  }

  /** The strategy's indicators on the last candle. */
  readings(): IndicatorReading[] {
    return this.feed.signals?.readings() ?? this.lane.readings();
  }

  snapshot(): Snapshot {
    return {
      feed: this.feed.snapshot(),
      lane: this.lane.snapshot(),
      orders: this.orders.snapshot(),
      lastOpens: this.lastOpens.slice(),
    };
  }

  /** Goes on from a snapshot of a trader with the same definition, as if it had never stopped. */
  restore(snapshot: Snapshot): void {
    this.feed.restore(snapshotField(snapshot, "feed"));
    this.lane.restore(snapshotField(snapshot, "lane"));
    this.orders.restore(snapshotField(snapshot, "orders"));
    this.lastOpens.set(snapshotFloats(snapshot, "lastOpens"));
  }
}
