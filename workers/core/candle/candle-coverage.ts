import type { CandleColumns } from "./candle.ts";
import type { Timeframe } from "./timeframe.ts";
import { candleOpen, DAY_MS, timeframeMs } from "./timeframe.ts";

/**
 * Which candles a series holds: one bit a candle, a bit set a UTC day. Twenty years of minutes are about 1.3 MB, so the
 * whole history can be judged at the end of a stream without keeping the candles.
 */
export class CandleCoverage {
  readonly timeframe: Timeframe;
  /** Candle slots of a day; 1 for daily and weekly candles. */
  readonly slotsPerDay: number;
  private readonly slotMs: number;
  private readonly days = new Map<number, Uint8Array<ArrayBuffer>>();
  private currentDay = Number.NaN;
  private currentBits = new Uint8Array(0);
  private firstMs = Number.NaN;
  private lastMs = Number.NaN;
  private count = 0;

  constructor(timeframe: Timeframe) {
    this.timeframe = timeframe;
    this.slotMs = Math.min(timeframeMs(timeframe), DAY_MS);
    this.slotsPerDay = DAY_MS / this.slotMs;
  }

  /** Candles counted so far. */
  get candles(): number {
    return this.count;
  }

  /** Open time of the first candle; NaN before there is one. */
  get first(): number {
    return this.firstMs;
  }

  /** Open time of the last candle; NaN before there is one. */
  get last(): number {
    return this.lastMs;
  }

  /** Adds checked candles: on the grid, rising, none twice. */
  push({ length, time }: CandleColumns): void {
    if (length === 0) return;
    if (this.count === 0) this.firstMs = time[0];
    for (let i = 0; i < length; i++) {
      const day = Math.floor(time[i] / DAY_MS);
      if (day !== this.currentDay) this.openDay(day);
      const slot = (time[i] - day * DAY_MS) / this.slotMs;
      this.currentBits[slot >> 3] |= 1 << (slot & 7);
    }
    this.lastMs = time[length - 1];
    this.count += length;
  }

  /** Days (UTC day numbers) that hold candles, in order. */
  coveredDays(): readonly number[] {
    return [...this.days.keys()].sort((a, b) => a - b);
  }

  hasDay(day: number): boolean {
    return this.days.has(day);
  }

  /** Whether the slot `slot` of the UTC day `day` holds a candle. */
  has(day: number, slot: number): boolean {
    const bits = this.days.get(day);
    return bits !== undefined && (bits[slot >> 3] & (1 << (slot & 7))) !== 0;
  }

  /** Whether the candle that opens at `openMs` is there. */
  hasOpen(openMs: number): boolean {
    const open = candleOpen(openMs, this.timeframe);
    const day = Math.floor(open / DAY_MS);
    return this.has(day, Math.floor((open - day * DAY_MS) / this.slotMs));
  }

  private openDay(day: number): void {
    let bits = this.days.get(day);
    if (bits === undefined) {
      bits = new Uint8Array(Math.ceil(this.slotsPerDay / 8));
      this.days.set(day, bits);
    }
    this.currentDay = day;
    this.currentBits = bits;
  }
}
