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

  /** Returns the fall below the peak, 0 at a new one. */
  push(equity: number, time: number): number {
    this.count++;
    this.lastTime = time;
    if (equity >= this.peak) {
      if (this.depth > 0) this.end(time);
      this.peak = equity;
      this.peakTime = time;
      this.current = 0;
      return 0;
    }
    const fall = 1 - equity / this.peak;
    this.squares += fall * fall;
    this.current = fall;
    if (fall > this.depth) {
      this.depth = fall;
      this.bottom = time;
      if (fall > this.maxDepth) this.maxDepth = fall;
    }
    const cash = this.peak - equity;
    if (cash > this.cash) this.cash = cash;
    if (cash > this.maxCash) this.maxCash = cash;
    return fall;
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
    this.ended.push(this.running(time));
    if (this.ended.length > DRAWDOWNS_KEPT * 4) {
      this.ended = this.ended.sort((a, b) => b.depth - a.depth).slice(0, DRAWDOWNS_KEPT);
    }
    this.depth = 0;
    this.cash = 0;
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
