import { type CandleColumns, indexAtTime, sliceCandles } from "../candle/candle.ts";
import { timeframeMs } from "../candle/timeframe.ts";
import { BLOCK_CANDLES_MAX, type Block, type BlockInstrument, mergeTimes } from "./block.ts";
import { BuyHold } from "./buy-hold.ts";
import { CandleHash } from "./candle-hash.ts";
import { checkDefinition } from "./definition.ts";
import { DrawdownTracker } from "./drawdown.ts";
import { EquityCurve } from "./equity-curve.ts";
import { VolatilityColumn } from "./feed-window.ts";
import { Lane, type LaneVariant } from "./lane.ts";
import { laneResult, type RunLanes, variantsOf } from "./lanes.ts";
import { type Resampled, Resampler } from "./resampler.ts";
import type { RunResult } from "./result.ts";
import type { RunDefinition } from "./settings.ts";
import { chunkOthers, createPrograms, SignalSource } from "./signals.ts";
import { type Snapshot, snapshotField, snapshotList } from "./snapshot.ts";
import { SteppedHistory } from "./stepped-history.ts";

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

/**
 * One backtest over any number of candles in constant memory. Push the instruments' candles span by span, in the order
 * of the definition, then finish. Its state can be saved between any two pushes.
 */
export class Run {
  readonly definition: RunDefinition;
  private readonly lanes: RunLanes;
  /** Of each lane, in their order. */
  private readonly variants: readonly LaneVariant[];
  private readonly signals: SignalSource | undefined;
  /** Of stepped strategies only. */
  private readonly history: SteppedHistory | undefined;
  private readonly resamplers: readonly Resampler[];
  private readonly hashes: readonly CandleHash[];
  private readonly volatilities: readonly (VolatilityColumn | undefined)[];
  private readonly lastTimes: Float64Array;
  private readonly lastCloses: Float64Array;
  private readonly curve = new EquityCurve();
  private readonly stepMs: number;
  /** Length of the smallest candles that are pushed. */
  private readonly smallestMs: number;
  private drawdown: DrawdownTracker | undefined;
  private buyHold: BuyHold | undefined;
  private candles = 0;
  private from = Number.NaN;
  private to = Number.NaN;

  constructor(definition: RunDefinition) {
    checkDefinition(definition);
    this.definition = definition;
    const { columns } = createPrograms(definition);
    this.signals = columns.length > 0 ? new SignalSource(definition, columns) : undefined;
    this.history = columns.length > 0 ? undefined : new SteppedHistory(definition);
    const variants = variantsOf(definition);
    const lanes = variants.map((variant) => new Lane(definition, variant, createPrograms(definition).stepped));
    const bound = (path: "worst" | "best") => lanes.find((_, i) => isBound(variants[i], i, path));
    this.lanes = { all: lanes, main: lanes[0], worst: bound("worst"), best: bound("best") };
    this.variants = variants;
    const { instruments, timeframe, settings } = definition;
    this.resamplers = instruments.map((entry) => new Resampler({ from: entry.timeframe, to: timeframe }));
    this.hashes = definition.checks === "bare" ? [] : instruments.map(() => new CandleHash());
    const { sizing } = settings;
    this.volatilities = instruments.map(() =>
      sizing.kind === "volatility" ? new VolatilityColumn(sizing.period) : undefined,
    );
    this.lastTimes = new Float64Array(instruments.length).fill(Number.NEGATIVE_INFINITY);
    this.lastCloses = new Float64Array(instruments.length);
    this.stepMs = timeframeMs(timeframe);
    this.smallestMs = Math.min(...instruments.map((entry) => timeframeMs(entry.timeframe)));
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
    let at = kept.map(() => 0);
    while (kept.some((chunk, index) => at[index] < chunk.length)) {
      const ends = spanEnds(kept, at);
      // Only candles out of order end a span before it began.
      if (ends.every((end, index) => end <= at[index]))
        kept.forEach((candles, index) => {
          this.checkOrder(index, candles);
        });
      this.pushSpan(kept.map((chunk, index) => sliceCandles(chunk, at[index], ends[index])));
      at = ends;
    }
  }

  /** Few candles at once: each is checked, hashed and traded while it is in the processor's cache. */
  private pushSpan(chunks: readonly CandleColumns[]): void {
    chunks.forEach((candles, index) => {
      this.checkOrder(index, candles);
      this.hashes[index]?.push(candles);
    });
    // Candles come span by span, so nothing that opens up to the latest open seen is still to come for anybody.
    const horizon = Math.max(...this.lastTimes) + this.smallestMs;
    this.stepBlock(chunks.map((candles, index) => this.resamplers[index].push(candles, horizon)));
  }

  progress(): { candles: number; equity: number; closedTrades: number } {
    const { account } = this.lanes.main;
    return { candles: this.candles, equity: account.equity(), closedTrades: account.trades.length };
  }

  /** Ends the run: the last candle closes, what is open is closed or kept as the settings say. */
  finish(): RunResult {
    this.stepBlock(this.resamplers.map((resampler) => resampler.flush()));
    const { settings } = this.definition;
    const drawdown = this.drawdown ?? new DrawdownTracker(settings.cash, 0);
    if (settings.end === "close") this.closeAll(drawdown);
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
      curve: this.curve.result(),
      drawdown,
      buyHold: this.buyHold ?? this.newBuyHold(0),
      lookAhead: this.signals?.lookAhead,
      warmUp: this.candles > 0 ? this.warmUpReadings() : undefined,
      candleHashes: this.hashes.map((hash) => hash.digest()),
    };
  }

  private warmUpReadings(): RunResult["warmUp"] {
    return this.signals?.warmUpReadings() ?? this.history?.readings(this.lanes.main.readings());
  }

  private checkOrder(index: number, candles: CandleColumns): void {
    const { time, length } = candles;
    let last = this.lastTimes[index];
    for (let i = 0; i < length; i++) {
      if (!(time[i] > last)) {
        const { symbol } = this.definition.instruments[index].instrument;
        throw new RangeError(`${symbol}: time must rise from candle to candle, was ${time[i]} after ${last}`);
      }
      last = time[i];
    }
    this.lastTimes[index] = last;
  }

  private stepBlock(parts: readonly Resampled[]): void {
    const others = chunkOthers(
      this.definition,
      parts.map((part) => part.candles),
    );
    const { magnifier } = this.definition.settings;
    this.history?.push(parts.map((part) => part.candles));
    const instruments = parts.map((part, index): BlockInstrument => {
      const { candles } = part;
      return {
        candles,
        // Also without candles of its own: rules may look at the others' all the same.
        signals: this.signals?.fill(index, { candles, others }),
        volatility: this.volatilities[index]?.fill(candles),
        fine: magnifier ? part.fine : undefined,
        fineFrom: magnifier ? part.fineFrom : undefined,
        start: this.definition.from === undefined ? 0 : indexAtTime(candles, this.definition.from),
      };
    });
    const stepped = this.signals === undefined;
    if (stepped && instruments.some((part) => part.start > 0))
      for (const lane of this.lanes.all) lane.warm(instruments);
    const time = mergeTimes(instruments);
    if (time.length > 0) this.trade({ instruments, time, length: time.length });
  }

  private trade(block: Block): void {
    if (Number.isNaN(this.from)) this.from = block.time[0];
    this.to = block.time[block.length - 1] + this.stepMs;
    this.drawdown ??= new DrawdownTracker(this.definition.settings.cash, this.from);
    this.buyHold ??= this.newBuyHold(this.from);
    for (const lane of this.lanes.all) lane.step(block);
    this.buyHold.step(block, this.stepMs);
    const { main, worst, best } = this.lanes;
    this.curve.add(
      {
        time: block.time,
        equity: main.equity,
        worst: worst?.equity,
        best: best?.equity,
        buyHold: this.buyHold.equity,
        length: block.length,
      },
      this.stepMs,
      this.drawdown,
    );
    block.instruments.forEach(({ candles, start }, index) => {
      this.candles += Math.max(0, candles.length - start);
      if (candles.length > 0) this.lastCloses[index] = candles.close[candles.length - 1];
    });
  }

  private closeAll(drawdown: DrawdownTracker): void {
    const openEquity = this.lanes.main.account.equity();
    for (const lane of this.lanes.all) {
      lane.closeAll([...this.lastCloses], this.to);
      lane.daily.amend(lane.account.equity());
    }
    const equity = this.lanes.main.account.equity();
    const changed = !Number.isNaN(this.to) && equity !== openEquity;
    if (changed) this.curve.amend(equity, drawdown.push(equity, this.to));
  }

  private newBuyHold(time: number): BuyHold {
    const { instruments, settings } = this.definition;
    return new BuyHold({ cash: settings.cash, fee: settings.fees.taker, instruments: instruments.length, time });
  }

  snapshot(): Snapshot {
    return {
      lanes: this.lanes.all.map((lane) => lane.snapshot()),
      signals: this.signals?.snapshot() ?? null,
      history: this.history?.snapshot() ?? null,
      resamplers: this.resamplers.map((resampler) => resampler.snapshot()),
      hashes: this.hashes.map((hash) => hash.snapshot()),
      volatilities: this.volatilities.map((column) => column?.snapshot() ?? null),
      lastTimes: this.lastTimes.slice(),
      lastCloses: this.lastCloses.slice(),
      curve: this.curve.snapshot(),
      drawdown: this.drawdown?.snapshot() ?? null,
      buyHold: this.buyHold?.snapshot() ?? null,
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
    this.signals?.restore(snapshotField(snapshot, "signals"));
    this.history?.restore(snapshotField(snapshot, "history"));
    each("resamplers", this.resamplers);
    each("hashes", this.hashes);
    snapshotList(snapshot, "volatilities").forEach((saved, index) => {
      this.volatilities[index]?.restore(saved);
    });
    this.lastTimes.set(snapshotField(snapshot, "lastTimes") as Float64Array);
    this.lastCloses.set(snapshotField(snapshot, "lastCloses") as Float64Array);
    this.curve.restore(snapshotField(snapshot, "curve"));
    [this.candles, this.from, this.to] = snapshotList(snapshot, "span") as readonly number[];
    if (Number.isNaN(this.from)) return;
    this.drawdown = new DrawdownTracker(this.definition.settings.cash, this.from);
    this.drawdown.restore(snapshotField(snapshot, "drawdown"));
    this.buyHold = this.newBuyHold(this.from);
    this.buyHold.restore(snapshotField(snapshot, "buyHold"));
  }
}

/** Where the next span of at most `BLOCK_CANDLES_MAX` candles an instrument ends: the same instant for all of them. */
function spanEnds(chunks: readonly CandleColumns[], at: readonly number[]): number[] {
  let end = Number.POSITIVE_INFINITY;
  chunks.forEach((chunk, index) => {
    const limit = at[index] + BLOCK_CANDLES_MAX;
    if (limit < chunk.length) end = Math.min(end, chunk.time[limit]);
  });
  return chunks.map((chunk, index) => Math.max(at[index], indexAtTime(chunk, end)));
}

function isBound({ cost, path }: LaneVariant, index: number, wanted: "worst" | "best"): boolean {
  return index > 0 && cost === 1 && path === wanted;
}
