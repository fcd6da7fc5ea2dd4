import type { CandleColumns } from "../candle/candle.ts";
import { CandleIndicator, ValueIndicator } from "./indicator.ts";
import { Atr } from "./volatility.ts";
import { Ring } from "./window.ts";

/**
 * Average directional index with +DI and -DI (Wilder 1978), summed and smoothed as TA-Lib does: DI from index `period`,
 * ADX from index 2·period - 1. Outputs: adx, plus, minus.
 */
export class Adx extends CandleIndicator {
  private readonly period: number;
  private high = Number.NaN;
  private low = Number.NaN;
  private close = Number.NaN;
  private plusMove = 0;
  private minusMove = 0;
  private range = 0;
  private moves = 0;
  private indexSum = 0;
  private indexCount = 0;
  plus = Number.NaN;
  minus = Number.NaN;

  constructor(period: number) {
    super();
    this.period = period;
  }

  override push(candles: CandleColumns, index: number): number {
    const high = candles.high[index];
    const low = candles.low[index];
    const up = high - this.high;
    const down = this.low - low;
    const before = this.close;
    this.high = high;
    this.low = low;
    this.close = candles.close[index];
    if (Number.isNaN(before)) return Number.NaN;
    const plusMove = up > 0 && up > down ? up : 0;
    const minusMove = down > 0 && down > up ? down : 0;
    const range = Math.max(high, before) - Math.min(low, before);
    // TA-Lib sums period - 1 moves before it starts to smooth.
    const fade = this.moves < this.period - 1 ? 1 : 1 - 1 / this.period;
    this.moves++;
    this.plusMove = this.plusMove * fade + plusMove;
    this.minusMove = this.minusMove * fade + minusMove;
    this.range = this.range * fade + range;
    if (this.moves < this.period) return Number.NaN;
    this.plus = this.range > 0 ? (100 * this.plusMove) / this.range : 0;
    this.minus = this.range > 0 ? (100 * this.minusMove) / this.range : 0;
    return this.average();
  }

  private average(): number {
    const sum = this.plus + this.minus;
    const index = sum > 0 ? (100 * Math.abs(this.plus - this.minus)) / sum : Number.NaN;
    if (this.indexCount < this.period) {
      this.indexCount++;
      if (!Number.isNaN(index)) this.indexSum += index;
      if (this.indexCount < this.period) return Number.NaN;
      this.value = this.indexSum / this.period;
      return this.value;
    }
    if (!Number.isNaN(index)) this.value = (this.value * (this.period - 1) + index) / this.period;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const [adx, plus, minus] = outs;
    for (let i = 0; i < length; i++) {
      adx[i] = this.push(candles, i);
      plus[i] = this.plus;
      minus[i] = this.minus;
    }
  }
}

/**
 * Linear regression of the last `period` values on 0..period - 1. Outputs: value at the last point, slope a candle.
 * Running sums are taken about the first value ever seen, so that a large price level costs no accuracy.
 */
export class LinearRegression extends ValueIndicator {
  private readonly period: number;
  private readonly ring: Ring;
  private origin = Number.NaN;
  private sum = 0;
  private weighted = 0;
  slope = Number.NaN;

  constructor(period: number) {
    super();
    this.period = period;
    this.ring = new Ring(period);
  }

  override push(input: number): number {
    if (Number.isNaN(input)) return Number.NaN;
    if (Number.isNaN(this.origin)) this.origin = input;
    const y = input - this.origin;
    const n = this.period;
    const count = this.ring.count;
    const old = this.ring.push(y);
    if (count < n) {
      this.weighted += count * y;
      this.sum += y;
      if (count + 1 < n) return Number.NaN;
    } else {
      this.weighted += (n - 1) * y - (this.sum - old);
      this.sum += y - old;
    }
    const sumX = (n * (n - 1)) / 2;
    const spread = (n * (n * n - 1)) / 12;
    this.slope = (this.weighted - (sumX * this.sum) / n) / spread;
    this.value = this.origin + this.sum / n + (this.slope * (n - 1)) / 2;
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const [value, slope] = outs;
    for (let i = 0; i < length; i++) {
      value[i] = this.push(input[i]);
      slope[i] = this.slope;
    }
  }
}

/**
 * Supertrend (Seban): median price ± `width` · ATR(period), each band ratcheting towards the price until the close
 * crosses it. Outputs: line, direction (1 up, -1 down). Starts upwards.
 */
export class Supertrend extends CandleIndicator {
  private readonly width: number;
  private readonly atr: Atr;
  private upper = Number.POSITIVE_INFINITY;
  private lower = Number.NEGATIVE_INFINITY;
  private close = Number.NaN;
  direction = Number.NaN;

  constructor(period: number, width: number) {
    super();
    this.width = width;
    this.atr = new Atr(period);
  }

  override push(candles: CandleColumns, index: number): number {
    const range = this.atr.push(candles, index);
    const close = candles.close[index];
    const before = this.close;
    this.close = close;
    if (Number.isNaN(range)) return Number.NaN;
    const middle = (candles.high[index] + candles.low[index]) / 2;
    const upper = middle + this.width * range;
    const lower = middle - this.width * range;
    this.upper = upper < this.upper || before > this.upper ? upper : this.upper;
    this.lower = lower > this.lower || before < this.lower ? lower : this.lower;
    if (Number.isNaN(this.direction)) this.direction = 1;
    if (this.direction > 0 && close < this.lower) this.direction = -1;
    else if (this.direction < 0 && close > this.upper) this.direction = 1;
    this.value = this.direction > 0 ? this.lower : this.upper;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const [line, direction] = outs;
    for (let i = 0; i < length; i++) {
      line[i] = this.push(candles, i);
      direction[i] = this.direction;
    }
  }
}

/** Parabolic stop and reverse (Wilder 1978), started as TA-Lib: downwards if the second candle's low moved more. */
export class ParabolicSar extends CandleIndicator {
  private readonly step: number;
  private readonly limit: number;
  private high = Number.NaN;
  private low = Number.NaN;
  private rising = true;
  private started = false;
  private stop = Number.NaN;
  private extreme = Number.NaN;
  private factor: number;

  constructor(step: number, limit: number) {
    super();
    this.step = step;
    this.limit = limit;
    this.factor = step;
  }

  override push(candles: CandleColumns, index: number): number {
    const high = candles.high[index];
    const low = candles.low[index];
    if (Number.isNaN(this.high)) {
      this.high = high;
      this.low = low;
      return Number.NaN;
    }
    if (!this.started) this.start(high, low);
    this.value = this.advance(high, low);
    this.high = high;
    this.low = low;
    return this.value;
  }

  private start(high: number, low: number): void {
    const up = high - this.high;
    const down = this.low - low;
    this.started = true;
    this.rising = !(down > 0 && up < down);
    this.stop = this.rising ? this.low : this.high;
    this.extreme = this.rising ? high : low;
    this.high = high;
    this.low = low;
  }

  /** One candle; a falling market is the mirror image, so both directions share this code through `sign`. */
  private advance(high: number, low: number): number {
    let sign = this.rising ? 1 : -1;
    const adverse = this.rising ? low : high;
    let shown = this.stop;
    if (sign * (adverse - this.stop) <= 0) {
      this.rising = !this.rising;
      sign = -sign;
      shown = this.bound(this.extreme, sign, high, low);
      this.factor = this.step;
      this.extreme = this.rising ? high : low;
      this.stop = this.bound(shown + this.factor * (this.extreme - shown), sign, high, low);
      return shown;
    }
    const favourable = this.rising ? high : low;
    if (sign * (favourable - this.extreme) > 0) {
      this.extreme = favourable;
      this.factor = Math.min(this.limit, this.factor + this.step);
    }
    this.stop = this.bound(this.stop + this.factor * (this.extreme - this.stop), sign, high, low);
    return shown;
  }

  /** The stop may not stand inside the last two candles. */
  private bound(stop: number, sign: number, high: number, low: number): number {
    return sign > 0 ? Math.min(stop, this.low, low) : Math.max(stop, this.high, high);
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(candles, i);
  }
}
