import { type CandleColumns, emptyCandles, indexAtTime, joinCandles, sliceCandles } from "../candle/candle.ts";
import { candleOpen, type Timeframe, timeframeMs } from "../candle/timeframe.ts";
import { type Snapshot, snapshotField } from "./snapshot.ts";

/** Candles of the run's timeframe with, where they were built from smaller ones, those inside each of them. */
export interface Resampled {
  readonly candles: CandleColumns;
  readonly fine: CandleColumns | undefined;
  /** Candle i holds the fine candles `fineFrom[i]` to `fineFrom[i + 1]`. */
  readonly fineFrom: Int32Array | undefined;
}

/**
 * Builds a run's candles from the data's smaller ones, keeping the smaller ones at hand for the magnifier. A candle comes
 * out once its end is within the horizon up to which every instrument of the run is known, so that instruments with
 * other sessions or smaller candles never fall behind each other.
 */
export class Resampler {
  private readonly from: Timeframe;
  private readonly to: Timeframe;
  private carried: CandleColumns = emptyCandles(0);

  constructor({ from, to }: { from: Timeframe; to: Timeframe }) {
    this.from = from;
    this.to = to;
  }

  /** Takes candles in; all instruments are known up to `horizonMs`. */
  push(candles: CandleColumns, horizonMs: number): Resampled {
    const fine = this.carried.length === 0 ? candles : joinCandles([this.carried, candles]);
    const result = this.from === this.to ? this.pass(fine, horizonMs) : this.build(fine, horizonMs);
    const used = result.fineFrom === undefined ? result.candles.length : result.fineFrom[result.candles.length];
    // Copied, since the caller may fill its columns again.
    this.carried = used === fine.length ? emptyCandles(0) : joinCandles([sliceCandles(fine, used, fine.length)]);
    return result;
  }

  /** What is left at the end of the data, the last candle as far as it goes. */
  flush(): Resampled {
    return this.push(emptyCandles(0), Number.POSITIVE_INFINITY);
  }

  private pass(fine: CandleColumns, horizonMs: number): Resampled {
    const last = horizonMs - timeframeMs(this.to);
    const count = indexAtTime(fine, last + 1);
    return { candles: sliceCandles(fine, 0, count), fine: undefined, fineFrom: undefined };
  }

  private build(fine: CandleColumns, horizonMs: number): Resampled {
    const starts: number[] = [];
    const opens: number[] = [];
    let bucket = Number.NaN;
    for (let i = 0; i < fine.length; i++) {
      const open = candleOpen(fine.time[i], this.to);
      if (open !== bucket) {
        starts.push(i);
        opens.push(open);
        bucket = open;
      }
    }
    let count = starts.length;
    while (count > 0 && opens[count - 1] + timeframeMs(this.to) > horizonMs) count--;
    const fineFrom = new Int32Array(count + 1);
    const candles = emptyCandles(count);
    for (let i = 0; i < count; i++) {
      fineFrom[i] = starts[i];
      fineFrom[i + 1] = i + 1 < starts.length ? starts[i + 1] : fine.length;
      aggregateInto(candles, i, opens[i], fine, starts[i], fineFrom[i + 1]);
    }
    return { candles, fine, fineFrom };
  }

  snapshot(): Snapshot {
    const { time, open, high, low, close, volume } = this.carried;
    return { time, open, high, low, close, volume };
  }

  restore(snapshot: Snapshot): void {
    const column = (field: string) => (snapshotField(snapshot, field) as Float64Array).slice();
    const time = column("time");
    this.carried = {
      length: time.length,
      time,
      open: column("open"),
      high: column("high"),
      low: column("low"),
      close: column("close"),
      volume: column("volume"),
    };
  }
}

function aggregateInto(
  target: CandleColumns,
  at: number,
  time: number,
  fine: CandleColumns,
  from: number,
  to: number,
): void {
  let high = fine.high[from];
  let low = fine.low[from];
  let volume = 0;
  for (let i = from; i < to; i++) {
    if (fine.high[i] > high) high = fine.high[i];
    if (fine.low[i] < low) low = fine.low[i];
    volume += fine.volume[i];
  }
  target.time[at] = time;
  target.open[at] = fine.open[from];
  target.high[at] = high;
  target.low[at] = low;
  target.close[at] = fine.close[to - 1];
  target.volume[at] = volume;
}
