import type { CandleColumns } from "../candle/candle.ts";
import { CandleIndicator, ValueIndicator } from "./indicator.ts";
import { Ema, Sma } from "./moving-average.ts";
import { Ring, RunningMax } from "./window.ts";

/**
 * Relative strength index (Wilder 1978): first averages are plain means of the first `period` changes, then smoothed by
 * 1 / period. First value at index `period`. Where nothing moved it is 0 (TA-Lib's convention; others say 50).
 */
export class Rsi extends ValueIndicator {
  private readonly period: number;
  private last = Number.NaN;
  private gain = 0;
  private loss = 0;
  private count = 0;

  constructor(period: number) {
    super();
    this.period = period;
  }

  override push(input: number): number {
    if (Number.isNaN(input)) return Number.NaN;
    const change = input - this.last;
    this.last = input;
    if (Number.isNaN(change)) return Number.NaN;
    const gain = Math.max(change, 0);
    const loss = gain - change;
    const period = this.period;
    if (this.count < period) {
      this.count++;
      this.gain += gain / period;
      this.loss += loss / period;
      if (this.count < period) return Number.NaN;
    } else {
      this.gain += (gain - this.gain) / period;
      this.loss += (loss - this.loss) / period;
    }
    const sum = this.gain + this.loss;
    this.value = sum === 0 ? 0 : (100 * this.gain) / sum;
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(input[i]);
  }
}

/** Where the value stands between the lowest and the highest of the last `period`, 0..100; 0 where they are equal. */
export class RangePosition extends ValueIndicator {
  private readonly highs: RunningMax;
  private readonly lows: RunningMax;

  constructor(period: number) {
    super();
    this.highs = new RunningMax(period);
    this.lows = new RunningMax(period);
  }

  override push(input: number): number {
    if (Number.isNaN(input)) return Number.NaN;
    return this.pushRange(input, input, input);
  }

  pushRange(high: number, low: number, close: number): number {
    const top = this.highs.push(high);
    const bottom = -this.lows.push(-low);
    if (!this.highs.full) return Number.NaN;
    this.value = top > bottom ? (100 * (close - bottom)) / (top - bottom) : 0;
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(input[i]);
  }
}

/** Stochastic RSI as TA-Lib's STOCHRSI: fast stochastic of RSI(period). Outputs: k, d = SMA(smooth) of k. */
export class StochRsi extends ValueIndicator {
  private readonly rsi: Rsi;
  private readonly range: RangePosition;
  private readonly average: Sma;
  d = Number.NaN;

  constructor(period: number, window: number, smooth: number) {
    super();
    this.rsi = new Rsi(period);
    this.range = new RangePosition(window);
    this.average = new Sma(smooth);
  }

  override push(input: number): number {
    this.value = this.range.push(this.rsi.push(input));
    this.d = this.average.push(this.value);
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const [k, d] = outs;
    for (let i = 0; i < length; i++) {
      k[i] = this.push(input[i]);
      d[i] = this.d;
    }
  }
}

/** Slow stochastic (Lane): %K = SMA(slow) of the range position of the close, %D = SMA(smooth) of %K. Outputs: k, d. */
export class Stochastic extends CandleIndicator {
  private readonly range: RangePosition;
  private readonly slow: Sma;
  private readonly smooth: Sma;
  d = Number.NaN;

  constructor(period: number, slow: number, smooth: number) {
    super();
    this.range = new RangePosition(period);
    this.slow = new Sma(slow);
    this.smooth = new Sma(smooth);
  }

  override push(candles: CandleColumns, index: number): number {
    const fast = this.range.pushRange(candles.high[index], candles.low[index], candles.close[index]);
    this.value = this.slow.push(fast);
    this.d = this.smooth.push(this.value);
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const [k, d] = outs;
    for (let i = 0; i < length; i++) {
      k[i] = this.push(candles, i);
      d[i] = this.d;
    }
  }
}

/**
 * Moving average convergence divergence (Appel). Outputs: line = EMA(fast) - EMA(slow), signal = EMA(smooth) of the
 * line, histogram. Each EMA is seeded at its own period; TA-Lib delays the fast one to the slow one's start, so the two
 * agree once the seeds have faded.
 */
export class Macd extends ValueIndicator {
  private readonly fast: Ema;
  private readonly slow: Ema;
  private readonly smooth: Ema;
  signal = Number.NaN;
  histogram = Number.NaN;

  constructor(fast: number, slow: number, smooth: number) {
    super();
    this.fast = new Ema(fast);
    this.slow = new Ema(slow);
    this.smooth = new Ema(smooth);
  }

  override push(input: number): number {
    this.value = this.fast.push(input) - this.slow.push(input);
    this.signal = this.smooth.push(this.value);
    this.histogram = this.value - this.signal;
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const [line, signal, histogram] = outs;
    for (let i = 0; i < length; i++) {
      line[i] = this.push(input[i]);
      signal[i] = this.signal;
      histogram[i] = this.histogram;
    }
  }
}

/**
 * Commodity channel index (Lambert): (typical price - its mean) / (0.015 · mean absolute deviation). O(period) a candle,
 * since a mean absolute deviation has no exact running form. 0 where the deviation is 0, as TA-Lib.
 */
export class Cci extends CandleIndicator {
  private readonly period: number;
  private readonly ring: Ring;

  constructor(period: number) {
    super();
    this.period = period;
    this.ring = new Ring(period);
  }

  override push(candles: CandleColumns, index: number): number {
    const typical = (candles.high[index] + candles.low[index] + candles.close[index]) / 3;
    this.ring.push(typical);
    if (!this.ring.full) return Number.NaN;
    let mean = 0;
    for (let ago = 0; ago < this.period; ago++) mean += this.ring.back(ago);
    mean /= this.period;
    let deviation = 0;
    for (let ago = 0; ago < this.period; ago++) deviation += Math.abs(this.ring.back(ago) - mean);
    deviation /= this.period;
    this.value = deviation > 0 ? (typical - mean) / (0.015 * deviation) : 0;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(candles, i);
  }
}

/** Williams %R: -100 at the lowest low of the last `period` candles, 0 at the highest high. */
export class WilliamsR extends CandleIndicator {
  private readonly range: RangePosition;

  constructor(period: number) {
    super();
    this.range = new RangePosition(period);
  }

  override push(candles: CandleColumns, index: number): number {
    this.value = this.range.pushRange(candles.high[index], candles.low[index], candles.close[index]) - 100;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(candles, i);
  }
}

/** Rate of change in percent over `period` values: 100 · (value / earlier - 1). */
export class Roc extends ValueIndicator {
  private readonly period: number;
  private readonly ring: Ring;

  constructor(period: number) {
    super();
    this.period = period;
    this.ring = new Ring(period + 1);
  }

  override push(input: number): number {
    if (Number.isNaN(input)) return Number.NaN;
    this.ring.push(input);
    if (!this.ring.full) return Number.NaN;
    const earlier = this.ring.back(this.period);
    this.value = earlier === 0 ? Number.NaN : (input / earlier - 1) * 100;
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(input[i]);
  }
}

/** Momentum: value - the value `period` before. */
export class Momentum extends ValueIndicator {
  private readonly period: number;
  private readonly ring: Ring;

  constructor(period: number) {
    super();
    this.period = period;
    this.ring = new Ring(period + 1);
  }

  override push(input: number): number {
    if (Number.isNaN(input)) return Number.NaN;
    this.ring.push(input);
    if (!this.ring.full) return Number.NaN;
    this.value = input - this.ring.back(this.period);
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(input[i]);
  }
}
