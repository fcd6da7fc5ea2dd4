import type { CandleColumns } from "../candle/candle.ts";
import { DAY_MS } from "../candle/timeframe.ts";
import { CandleIndicator } from "./indicator.ts";
import { Sma } from "./moving-average.ts";

/** Heikin-Ashi candles. Outputs: close, open, high, low. The first open is the middle of the first body. */
export class HeikinAshi extends CandleIndicator {
  open = Number.NaN;
  high = Number.NaN;
  low = Number.NaN;

  override push(candles: CandleColumns, index: number): number {
    const open = candles.open[index];
    const high = candles.high[index];
    const low = candles.low[index];
    const close = candles.close[index];
    const started = !Number.isNaN(this.value);
    this.open = started ? (this.open + this.value) / 2 : (open + close) / 2;
    this.value = (open + high + low + close) / 4;
    this.high = Math.max(high, this.open, this.value);
    this.low = Math.min(low, this.open, this.value);
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const [close, open, high, low] = outs;
    for (let i = 0; i < length; i++) {
      close[i] = this.push(candles, i);
      open[i] = this.open;
      high[i] = this.high;
      low[i] = this.low;
    }
  }
}

/** Classic floor-trader pivots from the UTC day before. Outputs: pivot, r1, s1, r2, s2. */
export class Pivot extends CandleIndicator {
  private day = Number.NaN;
  private high = Number.NaN;
  private low = Number.NaN;
  private close = Number.NaN;
  r1 = Number.NaN;
  s1 = Number.NaN;
  r2 = Number.NaN;
  s2 = Number.NaN;

  override push(candles: CandleColumns, index: number): number {
    const day = Math.floor(candles.time[index] / DAY_MS);
    if (day !== this.day) {
      if (!Number.isNaN(this.day)) this.settle();
      this.day = day;
      this.high = candles.high[index];
      this.low = candles.low[index];
    }
    this.high = Math.max(this.high, candles.high[index]);
    this.low = Math.min(this.low, candles.low[index]);
    this.close = candles.close[index];
    return this.value;
  }

  private settle(): void {
    this.value = (this.high + this.low + this.close) / 3;
    this.r1 = 2 * this.value - this.low;
    this.s1 = 2 * this.value - this.high;
    this.r2 = this.value + (this.high - this.low);
    this.s2 = this.value - (this.high - this.low);
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const [pivot, r1, s1, r2, s2] = outs;
    for (let i = 0; i < length; i++) {
      pivot[i] = this.push(candles, i);
      r1[i] = this.r1;
      s1[i] = this.s1;
      r2[i] = this.r2;
      s2[i] = this.s2;
    }
  }
}

/** Engulfing body: 1 bullish, -1 bearish, 0 none. Both ends must lie strictly outside the body before (TA-Lib 0.4). */
export class Engulfing extends CandleIndicator {
  private open = Number.NaN;
  private close = Number.NaN;

  override push(candles: CandleColumns, index: number): number {
    const open = candles.open[index];
    const close = candles.close[index];
    const beforeOpen = this.open;
    const beforeClose = this.close;
    this.open = open;
    this.close = close;
    if (Number.isNaN(beforeOpen)) return Number.NaN;
    const rising = close >= open && beforeClose < beforeOpen && close > beforeOpen && open < beforeClose;
    const falling = close < open && beforeClose >= beforeOpen && open > beforeClose && close < beforeOpen;
    this.value = rising ? 1 : falling ? -1 : 0;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(candles, i);
  }
}

/** Candles that TA-Lib averages over to call a body or a shadow small. */
const NORMAL_CANDLES = 10;
const NEAR_CANDLES = 5;

/** Doji: 1 where the body is at most a tenth of the mean range of the ten candles before, else 0. */
export class Doji extends CandleIndicator {
  private readonly ranges = new Sma(NORMAL_CANDLES);

  override push(candles: CandleColumns, index: number): number {
    const mean = this.ranges.value;
    this.ranges.push(candles.high[index] - candles.low[index]);
    if (Number.isNaN(mean)) return Number.NaN;
    this.value = Math.abs(candles.close[index] - candles.open[index]) <= 0.1 * mean ? 1 : 0;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(candles, i);
  }
}

/**
 * Hammer, as TA-Lib: a body smaller than the mean body of the ten candles before, a lower shadow longer than the body,
 * an upper shadow below a tenth of the mean range, and a body near the low of the candle before. 1 or 0.
 */
export class Hammer extends CandleIndicator {
  private readonly bodies = new Sma(NORMAL_CANDLES);
  private readonly ranges = new Sma(NORMAL_CANDLES);
  private readonly nearRanges = new Sma(NEAR_CANDLES);
  private nearBefore = Number.NaN;
  private low = Number.NaN;
  private count = 0;

  override push(candles: CandleColumns, index: number): number {
    const open = candles.open[index];
    const high = candles.high[index];
    const low = candles.low[index];
    const close = candles.close[index];
    const body = Math.abs(close - open);
    const bottom = Math.min(open, close);
    const hammer =
      body < this.bodies.value &&
      bottom - low > body &&
      high - Math.max(open, close) < 0.1 * this.ranges.value &&
      bottom <= this.low + 0.2 * this.nearBefore;
    const ready = this.count > NORMAL_CANDLES;
    // "Near" is measured by the five candles before the one whose low is compared.
    this.nearBefore = this.nearRanges.value;
    this.bodies.push(body);
    this.ranges.push(high - low);
    this.nearRanges.push(high - low);
    this.low = low;
    this.count++;
    if (!ready) return Number.NaN;
    this.value = hammer ? 1 : 0;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(candles, i);
  }
}
