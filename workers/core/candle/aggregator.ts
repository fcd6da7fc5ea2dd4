import type { Snapshot } from "../engine/snapshot.ts";
import { snapshotNumber } from "../engine/snapshot.ts";
import type { CandleColumns } from "./candle.ts";
import { emptyCandles } from "./candle.ts";
import type { Timeframe } from "./timeframe.ts";
import { candleOpen, divides, timeframeMs } from "./timeframe.ts";

/** No candle is open; times are never negative in practice, and NaN never equals a bucket. */
const NONE = Number.NaN;

/**
 * Builds larger candles from smaller ones as they stream in: first open, highest high, lowest low, last close, summed
 * volume. A larger candle leaves as soon as it is known to be closed: its last small candle came, or a later one did.
 * The result does not depend on how the input was cut into chunks. Candles missing from the input are not made up: a
 * larger candle with none of its parts does not exist.
 */
export class CandleAggregator {
  private readonly to: Timeframe;
  private readonly fromMs: number;
  private readonly toMs: number;
  private time = NONE;
  private open = 0;
  private high = 0;
  private low = 0;
  private close = 0;
  private volume = 0;

  /** Throws RangeError where candles of `from` do not fill candles of `to` exactly. */
  constructor({ from, to }: { readonly from: Timeframe; readonly to: Timeframe }) {
    if (!divides(from, to)) throw new RangeError(`timeframe must be a multiple of ${from}, was ${to}`);
    this.to = to;
    this.fromMs = timeframeMs(from);
    this.toMs = timeframeMs(to);
  }

  /** The larger candles that `candles` closed, in freshly made columns. Times must rise from call to call. */
  push(candles: CandleColumns): CandleColumns {
    const { length, time, open, high, low, close, volume } = candles;
    const out = emptyCandles(this.closedMax(candles));
    let made = 0;
    let bucket = this.time;
    let bucketEnd = bucket + this.toMs;
    let [o, h, l, c, v] = [this.open, this.high, this.low, this.close, this.volume];
    for (let i = 0; i < length; i++) {
      const at = time[i];
      if (!(at < bucketEnd)) {
        if (!Number.isNaN(bucketEnd)) made = write(out, made, bucket, o, h, l, c, v);
        bucket = candleOpen(at, this.to);
        bucketEnd = bucket + this.toMs;
        o = open[i];
        h = high[i];
        l = low[i];
        v = 0;
      } else {
        if (high[i] > h) h = high[i];
        if (low[i] < l) l = low[i];
      }
      c = close[i];
      v += volume[i];
      if (at + this.fromMs >= bucketEnd) {
        made = write(out, made, bucket, o, h, l, c, v);
        bucket = NONE;
        bucketEnd = NONE;
      }
    }
    this.time = bucket;
    [this.open, this.high, this.low, this.close, this.volume] = [o, h, l, c, v];
    return { ...out, length: made };
  }

  /** The unfinished candle, if there is one, as columns of length one (or zero); the aggregator is empty afterwards. */
  flush(): CandleColumns {
    const out = emptyCandles(1);
    const open = !Number.isNaN(this.time);
    if (open) write(out, 0, this.time, this.open, this.high, this.low, this.close, this.volume);
    this.time = NONE;
    return { ...out, length: open ? 1 : 0 };
  }

  snapshot(): Snapshot {
    const { time, open, high, low, close, volume } = this;
    return { time, open, high, low, close, volume };
  }

  /** Throws TypeError where `snapshot` is not one of an aggregator. */
  restore(snapshot: Snapshot): void {
    this.time = snapshotNumber(snapshot, "time");
    this.open = snapshotNumber(snapshot, "open");
    this.high = snapshotNumber(snapshot, "high");
    this.low = snapshotNumber(snapshot, "low");
    this.close = snapshotNumber(snapshot, "close");
    this.volume = snapshotNumber(snapshot, "volume");
  }

  /** Most candles a push can close: one a bucket touched, and the one that was open before. */
  private closedMax({ length, time }: CandleColumns): number {
    if (length === 0) return 0;
    return Math.min(length, Math.floor((time[length - 1] - time[0]) / this.toMs) + 2) + 1;
  }
}

/** All of `candles` as candles of `to`, the last one included even where its time is not over. */
export function aggregateCandles(
  candles: CandleColumns,
  { from, to }: { readonly from: Timeframe; readonly to: Timeframe },
): CandleColumns {
  const aggregator = new CandleAggregator({ from, to });
  const closed = aggregator.push(candles);
  const rest = aggregator.flush();
  if (rest.length === 0) return closed;
  const at = closed.length;
  write(closed, at, rest.time[0], rest.open[0], rest.high[0], rest.low[0], rest.close[0], rest.volume[0]);
  return { ...closed, length: at + 1 };
}

function write(
  out: CandleColumns,
  at: number,
  time: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
): number {
  out.time[at] = time;
  out.open[at] = open;
  out.high[at] = high;
  out.low[at] = low;
  out.close[at] = close;
  out.volume[at] = volume;
  return at + 1;
}
