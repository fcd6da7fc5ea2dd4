import type { CandleColumns } from "../candle/candle.ts";
import { CandleIndicator, ValueIndicator } from "./indicator.ts";
import { Moments } from "./moments.ts";
import { Ema } from "./moving-average.ts";
import { RunningMax } from "./window.ts";

/** True range: max(high - low, |high - previous close|, |low - previous close|). First value at index 1, as TA-Lib. */
export class TrueRange extends CandleIndicator {
  private close = Number.NaN;

  override push(candles: CandleColumns, index: number): number {
    const high = candles.high[index];
    const low = candles.low[index];
    const before = this.close;
    this.close = candles.close[index];
    if (Number.isNaN(before)) return Number.NaN;
    // A true range reaches from the candle's extremes to the close before it.
    const top = Math.max(high, before);
    const bottom = Math.min(low, before);
    this.value = top - bottom;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(candles, i);
  }
}

/** Average true range (Wilder 1978): mean of the first `period` true ranges, then smoothed by 1 / period. */
export class Atr extends CandleIndicator {
  private readonly period: number;
  private close = Number.NaN;
  private sum = 0;
  private count = 0;

  constructor(period: number) {
    super();
    this.period = period;
  }

  override push(candles: CandleColumns, index: number): number {
    const high = candles.high[index];
    const low = candles.low[index];
    const before = this.close;
    this.close = candles.close[index];
    if (Number.isNaN(before)) return Number.NaN;
    const range = Math.max(high, before) - Math.min(low, before);
    if (this.count < this.period) {
      this.count++;
      this.sum += range;
      if (this.count < this.period) return Number.NaN;
      this.value = this.sum / this.period;
      return this.value;
    }
    this.value = (this.value * (this.period - 1) + range) / this.period;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(candles, i);
  }
}

/** Standard deviation of the last `period` values, population form (divided by n), as TA-Lib. */
export class StdDev extends Moments {}

/** (value - mean) / population deviation over the last `period` values; NaN where they are all equal. */
export class ZScore extends ValueIndicator {
  private readonly moments: Moments;

  constructor(period: number) {
    super();
    this.moments = new Moments(period);
  }

  override push(input: number): number {
    const deviation = this.moments.push(input);
    this.value = deviation > 0 ? (input - this.moments.mean) / deviation : Number.NaN;
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(input[i]);
  }
}

/** Bollinger bands: mean ± `width` population deviations. Outputs: middle, upper, lower. */
export class Bollinger extends ValueIndicator {
  private readonly width: number;
  private readonly moments: Moments;
  upper = Number.NaN;
  lower = Number.NaN;

  constructor(period: number, width: number) {
    super();
    this.width = width;
    this.moments = new Moments(period);
  }

  override push(input: number): number {
    const deviation = this.moments.push(input);
    this.value = !Number.isNaN(deviation) ? this.moments.mean : Number.NaN;
    this.upper = this.value + this.width * deviation;
    this.lower = this.value - this.width * deviation;
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const [middle, upper, lower] = outs;
    const { width } = this;
    this.moments.fillBoth(input, upper, middle, length);
    for (let i = 0; i < length; i++) {
      const spread = width * upper[i];
      upper[i] = middle[i] + spread;
      lower[i] = middle[i] - spread;
    }
    if (length === 0) return;
    this.value = middle[length - 1];
    this.upper = upper[length - 1];
    this.lower = lower[length - 1];
  }
}

/** Keltner channel: EMA(period) of the close ± `width` · ATR(period). Outputs: middle, upper, lower. */
export class Keltner extends CandleIndicator {
  private readonly width: number;
  private readonly middle: Ema;
  private readonly atr: Atr;
  upper = Number.NaN;
  lower = Number.NaN;

  constructor(period: number, width: number) {
    super();
    this.width = width;
    this.middle = new Ema(period);
    this.atr = new Atr(period);
  }

  override push(candles: CandleColumns, index: number): number {
    const middle = this.middle.push(candles.close[index]);
    const range = this.atr.push(candles, index);
    this.value = !Number.isNaN(range) ? middle : Number.NaN;
    this.upper = middle + this.width * range;
    this.lower = middle - this.width * range;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const [middle, upper, lower] = outs;
    for (let i = 0; i < length; i++) {
      middle[i] = this.push(candles, i);
      upper[i] = this.upper;
      lower[i] = this.lower;
    }
  }
}

/** Donchian channel over the last `period` candles, the current one included. Outputs: middle, upper, lower. */
export class Donchian extends CandleIndicator {
  private readonly highs: RunningMax;
  private readonly lows: RunningMax;
  upper = Number.NaN;
  lower = Number.NaN;

  constructor(period: number) {
    super();
    this.highs = new RunningMax(period);
    this.lows = new RunningMax(period);
  }

  override push(candles: CandleColumns, index: number): number {
    const upper = this.highs.push(candles.high[index]);
    const lower = -this.lows.push(-candles.low[index]);
    if (!this.highs.full) return Number.NaN;
    this.upper = upper;
    this.lower = lower;
    this.value = (upper + lower) / 2;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const [middle, upper, lower] = outs;
    for (let i = 0; i < length; i++) {
      middle[i] = this.push(candles, i);
      upper[i] = this.upper;
      lower[i] = this.lower;
    }
  }
}

/** Highest of the last `period` values, the current one included. */
export class Highest extends ValueIndicator {
  private readonly window: RunningMax;

  constructor(period: number) {
    super();
    this.window = new RunningMax(period);
  }

  override push(input: number): number {
    if (Number.isNaN(input)) return Number.NaN;
    const top = this.window.push(input);
    this.value = this.window.full ? top : Number.NaN;
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(input[i]);
  }
}

/** Lowest of the last `period` values, the current one included. */
export class Lowest extends ValueIndicator {
  private readonly window: RunningMax;

  constructor(period: number) {
    super();
    this.window = new RunningMax(period);
  }

  override push(input: number): number {
    if (Number.isNaN(input)) return Number.NaN;
    const bottom = -this.window.push(-input);
    this.value = this.window.full ? bottom : Number.NaN;
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(input[i]);
  }
}
