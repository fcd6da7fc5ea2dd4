import { DAY_MS } from "../candle/timeframe.ts";
import { type Snapshot, snapshotFloats, snapshotNumber } from "./snapshot.ts";

/** Equity at the last close of each UTC day that has candles, the running day included. */
export class DailyEquity {
  private days = new Float64Array(64);
  private values = new Float64Array(64);
  private count = 0;
  private dayEnd = Number.NEGATIVE_INFINITY;

  get length(): number {
    return this.count;
  }

  /** Open times of the days (UTC ms). */
  get time(): Float64Array {
    return this.days.subarray(0, this.count);
  }

  get equity(): Float64Array {
    return this.values.subarray(0, this.count);
  }

  /** Takes in the equity at the closes of candles that open at `time`. A candle belongs to the day it opens in. */
  add(time: Float64Array, equity: Float64Array, length: number): void {
    for (let i = 0; i < length; i++) {
      if (time[i] >= this.dayEnd) this.begin(time[i]);
      this.values[this.count - 1] = equity[i];
    }
  }

  /** Replaces the last value, as closing what is open at the end does. */
  amend(equity: number): void {
    if (this.count > 0) this.values[this.count - 1] = equity;
  }

  private begin(time: number): void {
    if (this.count === this.days.length) {
      this.days = grown(this.days);
      this.values = grown(this.values);
    }
    const day = Math.floor(time / DAY_MS) * DAY_MS;
    this.days[this.count++] = day;
    this.dayEnd = day + DAY_MS;
  }

  snapshot(): Snapshot {
    return { days: this.time.slice(), values: this.equity.slice(), dayEnd: this.dayEnd };
  }

  restore(snapshot: Snapshot): void {
    this.days = snapshotFloats(snapshot, "days").slice();
    this.values = snapshotFloats(snapshot, "values").slice();
    this.count = this.days.length;
    this.dayEnd = snapshotNumber(snapshot, "dayEnd");
    if (this.count === 0) {
      this.days = new Float64Array(64);
      this.values = new Float64Array(64);
    }
  }
}

function grown(column: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}
