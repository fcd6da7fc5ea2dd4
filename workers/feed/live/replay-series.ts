import { type Candle, type CandleColumns, candleAt, indexAtTime } from "../../core/candle/candle.ts";
import { timeframeMs } from "../../core/candle/timeframe.ts";
import { periodOf } from "../period.ts";
import type { CandleSource } from "../source.ts";

/** Stretches kept in memory: the one that plays and the one before it; a month of minutes takes 2 MB. */
const STRETCHES_KEPT_MAX = 2;

/** A candle and when it closed. */
export interface ReplayCandle extends Candle {
  readonly closedAt: number;
}

/** The candles of one instrument of a replay, found by the moment at which they close. */
export class ReplaySeries {
  readonly instrument: string;
  readonly spanMs: number;
  readonly from: number;
  readonly to: number;
  private readonly source: CandleSource;
  private readonly keys: readonly string[];
  private readonly kept = new Map<string, CandleColumns>();

  constructor(instrument: string, source: CandleSource) {
    this.instrument = instrument;
    this.source = source;
    this.spanMs = timeframeMs(source.timeframe);
    this.from = source.from;
    this.to = source.to;
    this.keys = source.months();
  }

  /** The first candle that closes after `atMs`. */
  async after(atMs: number): Promise<ReplayCandle | undefined> {
    const open = atMs - this.spanMs + 1;
    for (let at = this.keyAt(open); at < this.keys.length; at++) {
      const candles = await this.read(this.keys[at]);
      const index = indexAtTime(candles, open);
      if (index < candles.length) return this.candle(candles, index);
    }
    return undefined;
  }

  /** The last candle that closed by `atMs`. */
  async before(atMs: number): Promise<ReplayCandle | undefined> {
    const open = atMs - this.spanMs + 1;
    for (let at = Math.min(this.keyAt(open), this.keys.length - 1); at >= 0; at--) {
      const candles = await this.read(this.keys[at]);
      const index = indexAtTime(candles, open) - 1;
      if (index >= 0) return this.candle(candles, index);
    }
    return undefined;
  }

  /** Candles that open at or after `from` and close by `atMs`, at most `limit`, oldest first. */
  async closed({ from, atMs, limit }: { from: number; atMs: number; limit: number }): Promise<ReplayCandle[]> {
    const found: ReplayCandle[] = [];
    for (let at = this.keyAt(from); at < this.keys.length && found.length < limit; at++) {
      const candles = await this.read(this.keys[at]);
      const end = indexAtTime(candles, atMs - this.spanMs + 1);
      for (let index = indexAtTime(candles, from); index < end && found.length < limit; index++) {
        found.push(this.candle(candles, index));
      }
      if (end < candles.length) break;
    }
    return found;
  }

  /** Index of the first stretch that may hold a candle opening at or after `openMs`. */
  private keyAt(openMs: number): number {
    const key = periodOf(openMs, this.source.timeframe);
    let [low, high] = [0, this.keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.keys[middle] < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private async read(key: string): Promise<CandleColumns> {
    const kept = this.kept.get(key);
    if (kept !== undefined) return kept;
    const candles = await this.source.read(key);
    this.kept.set(key, candles);
    for (const old of this.kept.keys()) if (this.kept.size > STRETCHES_KEPT_MAX) this.kept.delete(old);
    return candles;
  }

  private candle(candles: CandleColumns, index: number): ReplayCandle {
    const candle = candleAt(candles, index);
    return { ...candle, closedAt: candle.time + this.spanMs };
  }
}

/** The next moment at which a candle of any series closes; undefined where all have ended. */
export async function nextClose(series: readonly ReplaySeries[], atMs: number): Promise<number | undefined> {
  let next: number | undefined;
  for (const one of series) {
    const closedAt = (await one.after(atMs))?.closedAt;
    if (closedAt !== undefined && (next === undefined || closedAt < next)) next = closedAt;
  }
  return next;
}
