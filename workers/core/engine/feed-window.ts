import { type CandleColumns, emptyCandles, joinCandles, sliceCandles } from "../candle/candle.ts";
import { Moments } from "../indicator/moments.ts";
import { type Snapshot, snapshotField, snapshotNumber } from "./snapshot.ts";

const YEAR_MS = 365.25 * 86_400_000;

/** The last `size` candles seen, for the warm-up check. */
export class TailWindow {
  private readonly size: number;
  candles: CandleColumns = emptyCandles(0);

  constructor(size: number) {
    this.size = size;
  }

  push(block: CandleColumns): void {
    const all = block.length >= this.size ? block : joinCandles([this.candles, block]);
    this.candles = joinCandles([sliceCandles(all, Math.max(0, all.length - this.size), all.length)]);
  }

  snapshot(): Snapshot {
    const { time, open, high, low, close, volume } = this.candles;
    return [time, open, high, low, close, volume];
  }

  restore(snapshot: Snapshot): void {
    const [time, open, high, low, close, volume] = (snapshot as readonly Float64Array[]).map((column) =>
      column.slice(),
    );
    this.candles = { length: time.length, time, open, high, low, close, volume };
  }
}

/**
 * Volatility a year of the close, for volatility sizing: deviation of the last `period` logarithmic returns times the
 * root of the candles a year, which are counted from the data so far, so that sessions and week-ends count right.
 */
export class VolatilityColumn {
  private readonly moments: Moments;
  private first = Number.NaN;
  private last = Number.NaN;
  private count = 0;
  private column = new Float64Array(0);

  constructor(period: number) {
    this.moments = new Moments(period);
  }

  fill(candles: CandleColumns): Float64Array {
    if (this.column.length < candles.length) this.column = new Float64Array(candles.length);
    for (let i = 0; i < candles.length; i++) {
      const close = candles.close[i];
      const deviation = this.moments.push(Math.log(close / this.last));
      if (this.count === 0) this.first = candles.time[i];
      const years = (candles.time[i] - this.first) / YEAR_MS;
      this.column[i] = years > 0 ? deviation * Math.sqrt(this.count / years) : Number.NaN;
      this.last = close;
      this.count++;
    }
    return this.column;
  }

  snapshot(): Snapshot {
    return { moments: this.moments.snapshot(), first: this.first, last: this.last, count: this.count };
  }

  restore(snapshot: Snapshot): void {
    this.moments.restore(snapshotField(snapshot, "moments"));
    this.first = snapshotNumber(snapshot, "first");
    this.last = snapshotNumber(snapshot, "last");
    this.count = snapshotNumber(snapshot, "count");
  }
}
