import { type CandleColumns, indexAtTime, sliceCandles } from "../candle/candle.ts";
import { timeframeMs } from "../candle/timeframe.ts";
import type { Order } from "../fill/order.ts";
import type { Fill } from "./account.ts";
import type { Block } from "./block.ts";
import { CandleFeed } from "./candle-feed.ts";
import { CandleHash } from "./candle-hash.ts";
import { spansOf } from "./candle-span.ts";
import { checkDefinition } from "./definition.ts";
import { Lane, type LaneVariant } from "./lane.ts";
import { laneResult, type RunLanes, variantsOf } from "./lanes.ts";
import type { RunResult } from "./result.ts";
import { RunRecord } from "./run-record.ts";
import type { RunDefinition } from "./settings.ts";
import { createPrograms } from "./signals.ts";
import { type Snapshot, snapshotField, snapshotList } from "./snapshot.ts";

/** Starts a run. Throws RangeError where the definition breaks a rule; the message names field, rule and value. */
export function createRun(definition: RunDefinition): Run {
  return new Run(definition);
}

/** Goes on from a snapshot of a run with the same definition, as if it had never stopped. */
export function restoreRun(definition: RunDefinition, snapshot: Snapshot): Run {
  const run = new Run(definition);
  run.restore(snapshot);
  return run;
}

/** What may be watched of a run. `placed` is told the index of the instrument. */
export interface RunObserver {
  readonly placed?: (index: number, order: Order) => void;
  readonly filled?: (fill: Fill) => void;
  /** After the decisions at a close, the open time of its candle; only of runs that fix sizes there. */
  readonly closed?: (time: number) => void;
}

/**
 * One backtest over any number of candles in constant memory. Push the instruments' candles span by span, in the order
 * of the definition, then finish. Its state can be saved between any two pushes.
 */
export class Run {
  readonly definition: RunDefinition;
  private readonly lanes: RunLanes;
  /** Of each lane, in their order. */
  private readonly variants: readonly LaneVariant[];
  private readonly feed: CandleFeed;
  private readonly hashes: readonly CandleHash[];
  private readonly lastCloses: Float64Array;
  /** None of an endless run. */
  private readonly record: RunRecord | undefined;
  private readonly stepMs: number;
  private candles = 0;
  private from = Number.NaN;
  private to = Number.NaN;

  constructor(definition: RunDefinition) {
    checkDefinition(definition);
    this.definition = definition;
    this.feed = new CandleFeed(definition);
    const variants = variantsOf(definition);
    const lanes = variants.map((variant) => new Lane(definition, variant, createPrograms(definition).stepped));
    const bound = (path: "worst" | "best") => lanes.find((_, i) => isBound(variants[i], i, path));
    this.lanes = { all: lanes, main: lanes[0], worst: bound("worst"), best: bound("best") };
    this.variants = variants;
    const { instruments, timeframe } = definition;
    this.hashes = definition.checks === "bare" ? [] : instruments.map(() => new CandleHash());
    this.lastCloses = new Float64Array(instruments.length);
    this.record = definition.isEndless ? undefined : new RunRecord(definition);
    this.stepMs = timeframeMs(timeframe);
  }

  /**
   * Takes the next candles of each instrument, all over the same span of time. Throws RangeError where they do not rise
   * in time after the ones before.
   */
  push(chunks: readonly CandleColumns[]): void {
    const { instruments, to = Number.POSITIVE_INFINITY } = this.definition;
    if (chunks.length !== instruments.length) {
      throw new RangeError(`chunks must be one an instrument (${instruments.length}), were ${chunks.length}`);
    }
    const kept = chunks.map((chunk) => sliceCandles(chunk, 0, indexAtTime(chunk, to)));
    const faulty = (index: number, candles: CandleColumns) => this.feed.checkOrder(index, candles);
    for (const span of spansOf(kept, faulty)) this.pushSpan(span);
  }

  /** Few candles at once: each is checked, hashed and traded while it is in the processor's cache. */
  private pushSpan(chunks: readonly CandleColumns[]): void {
    chunks.forEach((candles, index) => {
      this.feed.checkOrder(index, candles);
      this.hashes[index]?.push(candles);
    });
    this.stepBlock(this.feed.push(chunks, { from: this.definition.from }));
  }

  progress(): { candles: number; equity: number; closedTrades: number } {
    const { account } = this.lanes.main;
    return { candles: this.candles, equity: account.equity(), closedTrades: account.trades.length };
  }

  /**
   * Ends the run: the last candle closes, what is open is closed or kept as the settings say. Throws where the run is
   * endless.
   */
  finish(): RunResult {
    const { record } = this;
    if (record === undefined) throw new TypeError("the run must not be endless to be finished");
    this.stepBlock(this.feed.flush(this.definition.from));
    if (this.definition.settings.end === "close") this.closeAll(record);
    const results = this.lanes.all.map((lane, index) =>
      laneResult(this.definition, lane, this.variants[index], this.to),
    );
    const [main, ...others] = results;
    return {
      definition: this.definition,
      candles: this.candles,
      from: this.from,
      to: this.to,
      main,
      worst: others.find((lane) => lane.variant.cost === 1 && lane.variant.path === "worst"),
      best: others.find((lane) => lane.variant.cost === 1 && lane.variant.path === "best"),
      stressed: others.filter((lane) => lane.variant.cost !== 1),
      curve: record.curve.result(),
      drawdown: record.drawdown,
      buyHold: record.buyHold,
      lookAhead: this.feed.signals?.lookAhead,
      warmUp: this.candles > 0 ? this.feed.warmUpReadings(this.lanes.main.readings()) : undefined,
      candleHashes: this.hashes.map((hash) => hash.digest()),
    };
  }

  private stepBlock(block: Block): void {
    if (this.feed.stepped && block.instruments.some((part) => part.start > 0))
      for (const lane of this.lanes.all) lane.warm(block.instruments);
    if (block.length > 0) this.trade(block);
  }

  /** Numbers of the orders that wait or of which something is held, of all instruments: of others no fill is to come. */
  liveOrders(): Set<number> {
    const { venue, account } = this.lanes.main;
    const waiting = venue.books.flatMap(({ orders }) => orders.flatMap(({ id, group }) => [id, group]));
    return new Set([...waiting, ...account.positions.flatMap(({ lots }) => lots.map(({ order }) => order))]);
  }

  /** Drops the trades that were closed: for runs that go on for ever beside something that keeps them itself. */
  forgetTrades(): void {
    for (const lane of this.lanes.all) lane.account.trades.takeRows();
  }

  /** Shows every order that the lane which counts places, and every fill that it books, as they happen. */
  observe({ placed, filled, closed }: RunObserver): void {
    const { main } = this.lanes;
    main.venue.observer = placed;
    main.account.observer = filled;
    main.closed = closed;
  }

  private trade(block: Block): void {
    if (Number.isNaN(this.from)) this.from = block.time[0];
    this.to = block.time[block.length - 1] + this.stepMs;
    for (const lane of this.lanes.all) lane.step(block);
    this.record?.add(block, this.lanes, { from: this.from, stepMs: this.stepMs });
    block.instruments.forEach(({ candles, start }, index) => {
      this.candles += Math.max(0, candles.length - start);
      if (candles.length > 0) this.lastCloses[index] = candles.close[candles.length - 1];
    });
  }

  private closeAll(record: RunRecord): void {
    const openEquity = this.lanes.main.account.equity();
    for (const lane of this.lanes.all) {
      lane.closeAll([...this.lastCloses], this.to);
      lane.daily.amend(lane.account.equity());
    }
    const equity = this.lanes.main.account.equity();
    const changed = !Number.isNaN(this.to) && equity !== openEquity;
    if (changed) record.amend(equity, this.to);
  }

  /** What a run that kept a report would have at its begin: an earlier version that takes over again asks for it. */
  private noRecord(): RunRecord {
    return new RunRecord(this.definition, this.from);
  }

  snapshot(): Snapshot {
    return {
      lanes: this.lanes.all.map((lane) => lane.snapshot()),
      ...this.feed.snapshot(),
      hashes: this.hashes.map((hash) => hash.snapshot()),
      lastCloses: this.lastCloses.slice(),
      ...(this.record ?? this.noRecord()).snapshot(),
      span: [this.candles, this.from, this.to],
    };
  }

  restore(snapshot: Snapshot): void {
    const each = (field: string, targets: readonly { restore(saved: Snapshot): void }[]) => {
      snapshotList(snapshot, field).forEach((saved, index) => {
        targets[index].restore(saved);
      });
    };
    each("lanes", this.lanes.all);
    this.feed.restore(snapshot);
    each("hashes", this.hashes);
    this.lastCloses.set(snapshotField(snapshot, "lastCloses") as Float64Array);
    [this.candles, this.from, this.to] = snapshotList(snapshot, "span") as readonly number[];
    this.record?.restore(snapshot, this.from);
  }
}

function isBound({ cost, path }: LaneVariant, index: number, wanted: "worst" | "best"): boolean {
  return index > 0 && cost === 1 && path === wanted;
}
