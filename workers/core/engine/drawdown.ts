import { type Snapshot, snapshotField, snapshotList } from "./snapshot.ts";

/** Draw-downs kept: the ten deepest that ended, beside the one still open. */
const DRAWDOWNS_KEPT = 10;

/** A fall from a peak. Times are closes of candles (UTC ms); `to` is NaN while it has not recovered. */
export interface Drawdown {
  readonly depth: number;
  readonly cash: number;
  readonly from: number;
  readonly bottom: number;
  readonly to: number;
}

/** Follows equity close by close: peaks, falls below them, their depth and length. The start counts as a peak. */
export class DrawdownTracker {
  peak: number;
  /** Fall below the running peak at the last value, as a share. */
  current = 0;
  maxDepth = 0;
  maxCash = 0;
  longestMs = 0;
  private squares = 0;
  private count = 0;
  private peakTime: number;
  private lastTime: number;
  private depth = 0;
  private cash = 0;
  private bottom = Number.NaN;
  private ended: Drawdown[] = [];

  constructor(start: number, time: number) {
    this.peak = start;
    this.peakTime = time;
    this.lastTime = time;
  }

  /** One more value. Returns the fall below the peak, 0 at a new one. */
  push(equity: number, time: number): number {
    const falls = new Float64Array(1);
    this.pushAll(Float64Array.of(equity), Float64Array.of(time), { length: 1, shiftMs: 0, falls });
    return falls[0];
  }

  /** Values at `time` + `shiftMs`; writes the fall at each to `falls`. The state stays in locals while the loop runs. */
  pushAll(
    equity: Float64Array,
    time: Float64Array,
    { length, shiftMs, falls }: { length: number; shiftMs: number; falls: Float64Array },
  ): void {
    let { peak, depth, squares, cash } = this;
    for (let i = 0; i < length; i++) {
      const value = equity[i];
      if (value >= peak) {
        if (depth > 0) {
          this.depth = depth;
          this.cash = cash;
          this.end(time[i] + shiftMs);
          depth = 0;
          cash = 0;
        }
        peak = value;
        this.peak = value;
        this.peakTime = time[i] + shiftMs;
        falls[i] = 0;
      } else {
        const fall = 1 - value / peak;
        falls[i] = fall;
        squares += fall * fall;
        if (fall > depth) {
          depth = fall;
          cash = peak - value;
          this.bottom = time[i] + shiftMs;
        }
      }
    }
    if (length === 0) return;
    this.depth = depth;
    this.cash = cash;
    this.squares = squares;
    this.count += length;
    this.lastTime = time[length - 1] + shiftMs;
    this.current = falls[length - 1];
    this.maxDepth = Math.max(this.maxDepth, depth);
    this.maxCash = Math.max(this.maxCash, cash);
  }

  /** Root of the mean squared fall over all closes; NaN without any. */
  get ulcer(): number {
    return Math.sqrt(this.squares / this.count);
  }

  /** Longest time from a peak to its recovery, or to the end where it is still open. */
  get longest(): { durationMs: number; open: boolean } {
    const openMs = this.depth > 0 ? this.lastTime - this.peakTime : 0;
    return openMs > this.longestMs ? { durationMs: openMs, open: true } : { durationMs: this.longestMs, open: false };
  }

  /** The deepest falls, the open one included, deepest first. */
  deepest(): Drawdown[] {
    const open = this.depth > 0 ? [this.running(Number.NaN)] : [];
    return [...this.ended, ...open].sort((a, b) => b.depth - a.depth).slice(0, DRAWDOWNS_KEPT);
  }

  private end(time: number): void {
    this.longestMs = Math.max(this.longestMs, time - this.peakTime);
    this.maxDepth = Math.max(this.maxDepth, this.depth);
    this.maxCash = Math.max(this.maxCash, this.cash);
    const { ended } = this;
    if (ended.length === DRAWDOWNS_KEPT && ended[DRAWDOWNS_KEPT - 1].depth >= this.depth) return;
    ended.push(this.running(time));
    ended.sort((a, b) => b.depth - a.depth);
    if (ended.length > DRAWDOWNS_KEPT) ended.pop();
  }

  private running(to: number): Drawdown {
    return { depth: this.depth, cash: this.cash, from: this.peakTime, bottom: this.bottom, to };
  }

  snapshot(): Snapshot {
    return {
      numbers: [
        this.peak,
        this.current,
        this.maxDepth,
        this.maxCash,
        this.longestMs,
        this.squares,
        this.count,
        this.peakTime,
        this.lastTime,
        this.depth,
        this.cash,
        this.bottom,
      ],
      ended: this.ended.map((row) => ({ ...row })),
    };
  }

  restore(snapshot: Snapshot): void {
    const numbers = snapshotList(snapshot, "numbers") as readonly number[];
    [this.peak, this.current, this.maxDepth, this.maxCash, this.longestMs, this.squares] = numbers;
    [this.count, this.peakTime, this.lastTime, this.depth, this.cash, this.bottom] = numbers.slice(6);
    this.ended = [...(snapshotField(snapshot, "ended") as unknown as readonly Drawdown[])];
  }
}
