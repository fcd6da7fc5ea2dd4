import { type CandleColumns, indexAtTime } from "../candle/candle.ts";
import { timeframeMs } from "../candle/timeframe.ts";
import type { IndicatorReading } from "../strategy/strategy.ts";
import { type Block, type BlockInstrument, mergeTimes } from "./block.ts";
import { VolatilityColumn } from "./feed-window.ts";
import { type Resampled, Resampler } from "./resampler.ts";
import type { RunResult } from "./result.ts";
import type { RunDefinition } from "./settings.ts";
import { chunkOthers, createPrograms, SignalSource } from "./signals.ts";
import { type Snapshot, snapshotField, snapshotList } from "./snapshot.ts";
import { SteppedHistory } from "./stepped-history.ts";

/** Makes blocks of the run's candles, with the strategy's signals, of the candles that are pushed. */
export class CandleFeed {
  readonly signals: SignalSource | undefined;
  private readonly definition: RunDefinition;
  /** Of stepped strategies only. */
  private readonly history: SteppedHistory | undefined;
  private readonly resamplers: readonly Resampler[];
  private readonly volatilities: readonly (VolatilityColumn | undefined)[];
  private readonly lastTimes: Float64Array;
  /** Length of the smallest candles that are pushed. */
  private readonly smallestMs: number;

  constructor(definition: RunDefinition) {
    const { instruments, timeframe, settings } = definition;
    this.definition = definition;
    const { columns } = createPrograms(definition);
    this.signals = columns.length > 0 ? new SignalSource(definition, columns) : undefined;
    this.history = columns.length > 0 ? undefined : new SteppedHistory(definition);
    this.resamplers = instruments.map((entry) => new Resampler({ from: entry.timeframe, to: timeframe }));
    const { sizing } = settings;
    this.volatilities = instruments.map(() =>
      sizing.kind === "volatility" ? new VolatilityColumn(sizing.period) : undefined,
    );
    this.lastTimes = new Float64Array(instruments.length).fill(Number.NEGATIVE_INFINITY);
    this.smallestMs = Math.min(...instruments.map((entry) => timeframeMs(entry.timeframe)));
  }

  /** Whether the strategy is asked candle by candle. */
  get stepped(): boolean {
    return this.signals === undefined;
  }

  /** Throws RangeError where candles do not rise in time after the ones before; otherwise they count as seen. */
  checkOrder(index: number, candles: CandleColumns): void {
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

  /**
   * The candles that are complete with these. `until` is an instant up to which all instruments are known even where they
   * have no candle; candles that open before `from` only warm up.
   */
  push(chunks: readonly CandleColumns[], { until = Number.NEGATIVE_INFINITY, from }: FeedSpan): Block {
    // Candles come span by span, so nothing that opens up to the latest open seen is still to come for anybody.
    const horizon = Math.max(until, Math.max(...this.lastTimes) + this.smallestMs);
    return this.blockOf(
      chunks.map((candles, index) => this.resamplers[index].push(candles, horizon)),
      from,
    );
  }

  /** What is left at the end of the data. */
  flush(from: number | undefined): Block {
    return this.blockOf(
      this.resamplers.map((resampler) => resampler.flush()),
      from,
    );
  }

  private blockOf(parts: readonly Resampled[], from: number | undefined): Block {
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
        start: from === undefined ? 0 : indexAtTime(candles, from),
      };
    });
    const time = mergeTimes(instruments);
    return { instruments, time, length: time.length };
  }

  /** Readings for the warm-up check; `long` are those of the stepped programs after all history. */
  warmUpReadings(long: readonly IndicatorReading[]): RunResult["warmUp"] {
    return this.signals?.warmUpReadings() ?? this.history?.readings(long);
  }

  snapshot(): { readonly [key: string]: Snapshot } {
    return {
      signals: this.signals?.snapshot() ?? null,
      history: this.history?.snapshot() ?? null,
      resamplers: this.resamplers.map((resampler) => resampler.snapshot()),
      volatilities: this.volatilities.map((column) => column?.snapshot() ?? null),
      lastTimes: this.lastTimes.slice(),
    };
  }

  restore(snapshot: Snapshot): void {
    this.signals?.restore(snapshotField(snapshot, "signals"));
    this.history?.restore(snapshotField(snapshot, "history"));
    snapshotList(snapshot, "resamplers").forEach((saved, index) => {
      this.resamplers[index].restore(saved);
    });
    snapshotList(snapshot, "volatilities").forEach((saved, index) => {
      this.volatilities[index]?.restore(saved);
    });
    this.lastTimes.set(snapshotField(snapshot, "lastTimes") as Float64Array);
  }
}

export interface FeedSpan {
  readonly until?: number | undefined;
  readonly from?: number | undefined;
}
