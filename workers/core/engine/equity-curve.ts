import type { DrawdownTracker } from "./drawdown.ts";
import { type Snapshot, snapshotFloats, snapshotNumber } from "./snapshot.ts";

/** Most points of a curve that leaves the engine: one for each pixel of a wide screen. */
export const CURVE_POINTS_MAX = 2_000;
/** Each bucket keeps three points; two more are the ends. */
const BUCKETS_MAX = Math.floor((CURVE_POINTS_MAX - 2) / 3);
const PICKS = 3;
/** Numbers of a point: time, equity, draw-down, worst, best, buy and hold. */
const WIDTH = 6;
const POINTS = BUCKETS_MAX * PICKS * WIDTH;

/** Equity columns of a block, one value a time; the others absent where their lanes did not run. */
export interface CurveInput {
  readonly time: Float64Array;
  readonly equity: Float64Array;
  readonly worst: Float64Array | undefined;
  readonly best: Float64Array | undefined;
  readonly buyHold: Float64Array;
  readonly length: number;
}

/** A curve of at most `CURVE_POINTS_MAX` points as columns. */
export interface CurvePoints {
  readonly time: number[];
  readonly equity: number[];
  readonly drawdown: number[];
  readonly worst: number[];
  readonly best: number[];
  readonly buyHold: number[];
}

/**
 * Equity over any number of candles in constant memory: buckets of equal numbers of candles, each keeping its lowest,
 * highest and most fallen point, joined in pairs when there are too many. So every extreme survives.
 */
export class EquityCurve {
  private buckets = 0;
  private size = 1;
  private filled = 0;
  /** Made with the first bucket: a curve of a run that keeps no report stays empty. */
  private points = new Float64Array(0);
  private falls = new Float64Array(0);
  private readonly first = new Float64Array(WIDTH).fill(Number.NaN);
  private readonly last = new Float64Array(WIDTH).fill(Number.NaN);

  /** Takes a block in; `shiftMs` is added to times, so that points stand at the closes. */
  add(input: CurveInput, shiftMs: number, drawdown: DrawdownTracker): void {
    if (this.falls.length < input.length) this.falls = new Float64Array(input.length);
    drawdown.pushAll(input.equity, input.time, { length: input.length, shiftMs, falls: this.falls });
    let at = 0;
    while (at < input.length) {
      if (this.filled === this.size || this.buckets === 0) this.open();
      const end = Math.min(input.length, at + this.size - this.filled);
      this.fillBucket(input, shiftMs, at, end);
      at = end;
    }
    if (input.length === 0) return;
    if (Number.isNaN(this.first[0])) this.write(this.first, 0, input, 0, shiftMs);
    this.write(this.last, 0, input, input.length - 1, shiftMs);
  }

  /** Replaces the last point's equity, as closing what is open at the end does. */
  amend(equity: number, fall: number): void {
    this.last[1] = equity;
    this.last[2] = fall;
  }

  /** The points in order of time, each once. */
  result(): CurvePoints {
    const rows: Float64Array[] = [this.first];
    const count = this.buckets * PICKS;
    for (let pick = 0; pick < count; pick++) rows.push(this.points.subarray(pick * WIDTH, (pick + 1) * WIDTH));
    const inside = rows.filter((row) => row[0] < this.last[0]).sort((a, b) => a[0] - b[0]);
    const kept = [...inside, this.last].filter((row, index, all) => index === 0 || row[0] > all[index - 1][0]);
    const column = (field: number) => kept.map((row) => row[field]);
    const [time, equity, drawdown, worst, best, buyHold] = [0, 1, 2, 3, 4, 5].map(column);
    return { time, equity, drawdown, worst, best, buyHold };
  }

  /** Takes entries `from` to `to` into the open bucket. */
  private fillBucket(input: CurveInput, shiftMs: number, from: number, to: number): void {
    const { equity } = input;
    const { points, falls } = this;
    let [lowest, highest, deepest] = [from, from, from];
    for (let i = from + 1; i < to; i++) {
      if (equity[i] < equity[lowest]) lowest = i;
      if (equity[i] > equity[highest]) highest = i;
      if (falls[i] > falls[deepest]) deepest = i;
    }
    const at = (this.buckets - 1) * PICKS * WIDTH;
    const fresh = this.filled === 0;
    this.filled += to - from;
    if (fresh || equity[lowest] < points[at + 1]) this.write(points, at, input, lowest, shiftMs);
    if (fresh || equity[highest] > points[at + WIDTH + 1]) this.write(points, at + WIDTH, input, highest, shiftMs);
    if (fresh || falls[deepest] > points[at + 2 * WIDTH + 2]) {
      this.write(points, at + 2 * WIDTH, input, deepest, shiftMs);
    }
  }

  private write(target: Float64Array, at: number, input: CurveInput, i: number, shiftMs: number): void {
    target[at] = input.time[i] + shiftMs;
    target[at + 1] = input.equity[i];
    target[at + 2] = this.falls[i];
    target[at + 3] = input.worst === undefined ? Number.NaN : input.worst[i];
    target[at + 4] = input.best === undefined ? Number.NaN : input.best[i];
    target[at + 5] = input.buyHold[i];
  }

  private open(): void {
    if (this.points.length === 0) this.points = new Float64Array(POINTS);
    if (this.buckets === BUCKETS_MAX) this.join();
    if (this.filled === this.size || this.buckets === 0) {
      this.buckets++;
      this.filled = 0;
    }
  }

  /** Joins neighbours; an odd last bucket stays and is now half full. */
  private join(): void {
    const { points } = this;
    const stride = PICKS * WIDTH;
    const joined = Math.ceil(this.buckets / 2);
    for (let bucket = 0; bucket < joined; bucket++) {
      const a = 2 * bucket * stride;
      const b = a + stride;
      const alone = 2 * bucket + 1 >= this.buckets;
      const picks = [
        alone || points[a + 1] <= points[b + 1] ? a : b,
        alone || points[a + WIDTH + 1] >= points[b + WIDTH + 1] ? a + WIDTH : b + WIDTH,
        alone || points[a + 2 * WIDTH + 2] >= points[b + 2 * WIDTH + 2] ? a + 2 * WIDTH : b + 2 * WIDTH,
      ];
      const chosen = picks.map((pick) => points.slice(pick, pick + WIDTH));
      chosen.forEach((row, pick) => {
        points.set(row, bucket * stride + pick * WIDTH);
      });
    }
    this.filled = this.buckets % 2 === 1 ? this.size : this.size * 2;
    this.size *= 2;
    this.buckets = joined;
  }

  snapshot(): Snapshot {
    const { buckets, size, filled } = this;
    const points = this.points.slice(0, buckets * PICKS * WIDTH);
    return { buckets, size, filled, points, first: this.first.slice(), last: this.last.slice() };
  }

  restore(snapshot: Snapshot): void {
    this.buckets = snapshotNumber(snapshot, "buckets");
    this.size = snapshotNumber(snapshot, "size");
    this.filled = snapshotNumber(snapshot, "filled");
    const points = snapshotFloats(snapshot, "points");
    this.points = new Float64Array(points.length === 0 ? 0 : POINTS);
    this.points.set(points);
    this.first.set(snapshotFloats(snapshot, "first"));
    this.last.set(snapshotFloats(snapshot, "last"));
  }
}
