import { type Candle, type CandleColumns, candleAt, sliceCandles } from "../../core/candle/candle.ts";
import { MINUTE_MS } from "../../core/candle/timeframe.ts";
import { type SimProfile, simProfile } from "../../core/sim/sim-instrument.ts";
import { SimMinutes } from "../../core/sim/sim-minutes.ts";
import { type SimTick, simTicks, TICK_MS } from "../../core/sim/sim-ticks.ts";
import type { MarketSlice } from "./market-port.ts";

/** How far the tape is searched back for the last price: over the longest weekend with holidays around it. */
const SILENCE_MS_MAX = 7 * 24 * 60 * MINUTE_MS;

/** A stretch of the tape, and the instant up to which it says everything. */
export interface TapeStretch {
  readonly slices: readonly MarketSlice[];
  readonly to: number;
}

/**
 * Everything that a simulated instrument has traded, second by second, at any time. It is a function of seed, instrument
 * and time, so that nothing has to be kept: what was missed in a sleep is read again as it was.
 */
export class SimTape {
  readonly profile: SimProfile;
  private readonly seed: number;
  private readonly minutes: SimMinutes;
  /** The minute whose ticks were asked for last; most questions are about the same one. */
  private running: { readonly candle: Candle; readonly ticks: readonly SimTick[] } | undefined;

  /** Throws RangeError where the market has no such symbol. */
  constructor({ seed, symbol }: { readonly seed: number; readonly symbol: string }) {
    this.profile = simProfile(symbol);
    this.minutes = new SimMinutes({ seed, symbol });
    this.seed = seed;
  }

  /** Closed minutes that open at or after `from` and close by `atMs`, at most `limit`, oldest first. */
  closed({ from, atMs, limit }: { from: number; atMs: number; limit: number }): Candle[] {
    const end = floorTo(atMs, MINUTE_MS);
    const found: Candle[] = [];
    let start = Math.ceil(from / MINUTE_MS) * MINUTE_MS;
    while (start < end && found.length < limit) {
      const to = Math.min(end, start + limit * MINUTE_MS);
      found.push(...rowsOf(this.minutes.candles(start, to)));
      start = to;
    }
    return found.slice(0, limit);
  }

  /** The last tick at or before `atMs`; undefined where there was none for days. */
  last(atMs: number): SimTick | undefined {
    const minute = this.minuteAt(atMs);
    if (minute !== undefined) return minute.ticks.findLast(({ time }) => time <= atMs);
    const before = this.lastClosed(atMs);
    return before === undefined ? undefined : this.ticksOf(before).at(-1);
  }

  /** The last minute that closed by `atMs`. */
  lastClosed(atMs: number): Candle | undefined {
    const end = floorTo(atMs, MINUTE_MS);
    const just = this.minutes.candles(end - MINUTE_MS, end);
    if (just.length > 0) return candleAt(just, 0);
    const before = this.minutes.candles(end - SILENCE_MS_MAX, end);
    return before.length === 0 ? undefined : candleAt(before, before.length - 1);
  }

  /** What the minute that is running has traded up to `atMs`, as a candle; undefined while the market is closed. */
  runningCandle(atMs: number): Candle | undefined {
    const minute = this.minuteAt(atMs);
    const slice = fold(minute?.ticks.filter(({ time }) => time <= atMs) ?? []);
    if (minute === undefined || slice === undefined) return undefined;
    return { ...slice, time: minute.candle.time };
  }

  /**
   * Everything that was traded in `[from, to)`, whole seconds: whole minutes as their candles, what is left before and after
   * them as stretches of ticks, at most `limit` slices.
   */
  stretch({ from, to, limit }: { from: number; to: number; limit: number }): TapeStretch {
    const firstWhole = Math.ceil(from / MINUTE_MS) * MINUTE_MS;
    const lastWhole = floorTo(to, MINUTE_MS);
    if (firstWhole > lastWhole) return { slices: this.part(from, to), to };
    const slices: MarketSlice[] = [...this.part(from, firstWhole)];
    for (const candle of this.closed({ from: firstWhole, atMs: lastWhole, limit: limit - slices.length })) {
      slices.push({ instrument: this.profile.instrument.id, spanMs: MINUTE_MS, ...candle });
    }
    const last = slices.at(-1);
    if (slices.length >= limit && last !== undefined) return { slices, to: floorTo(last.time, MINUTE_MS) + MINUTE_MS };
    slices.push(...this.part(lastWhole, to));
    return { slices, to };
  }

  /** The ticks in `[from, to)`, which lies inside one minute, as one slice. */
  private part(from: number, to: number): MarketSlice[] {
    if (from >= to) return [];
    const ticks = this.minuteAt(from)?.ticks.filter(({ time }) => time >= from && time < to) ?? [];
    const folded = fold(ticks);
    if (folded === undefined) return [];
    const spanMs = ticks.length === 1 ? 0 : ticks.length * TICK_MS;
    return [{ instrument: this.profile.instrument.id, spanMs, ...folded }];
  }

  private minuteAt(atMs: number): { readonly candle: Candle; readonly ticks: readonly SimTick[] } | undefined {
    const open = floorTo(atMs, MINUTE_MS);
    if (this.running?.candle.time === open) return this.running;
    const found = this.minutes.candles(open, open + MINUTE_MS);
    if (found.length === 0) return undefined;
    const candle = candleAt(found, 0);
    this.running = { candle, ticks: this.ticksOf(candle) };
    return this.running;
  }

  private ticksOf(candle: Candle): SimTick[] {
    return simTicks({ seed: this.seed, instrument: this.profile.instrument, candle });
  }
}

/** Ticks in their order as one candle; undefined for none. */
function fold(ticks: readonly SimTick[]): Candle | undefined {
  const [first] = ticks;
  const last = ticks.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const prices = ticks.map(({ price }) => price);
  return {
    time: first.time,
    open: first.price,
    high: Math.max(...prices),
    low: Math.min(...prices),
    close: last.price,
    volume: ticks.reduce((sum, { volume }) => sum + volume, 0),
  };
}

function rowsOf(candles: CandleColumns): Candle[] {
  const exact = sliceCandles(candles, 0, candles.length);
  return Array.from({ length: exact.length }, (_, index) => candleAt(exact, index));
}

function floorTo(timeMs: number, stepMs: number): number {
  return Math.floor(timeMs / stepMs) * stepMs;
}
