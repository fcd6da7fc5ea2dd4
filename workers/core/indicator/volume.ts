import type { CandleColumns } from "../candle/candle.ts";
import { DAY_MS } from "../candle/timeframe.ts";
import { CandleIndicator } from "./indicator.ts";
import { Ring } from "./window.ts";

/** Volume-weighted moving average of the close; NaN where the window traded nothing. */
export class Vwma extends CandleIndicator {
  private readonly amounts: Ring;
  private readonly volumes: Ring;
  private amount = 0;
  private volume = 0;

  constructor(period: number) {
    super();
    this.amounts = new Ring(period);
    this.volumes = new Ring(period);
  }

  override push(candles: CandleColumns, index: number): number {
    const volume = candles.volume[index];
    const amount = candles.close[index] * volume;
    this.amount += amount - this.amounts.push(amount);
    this.volume += volume - this.volumes.push(volume);
    if (!this.volumes.full) return Number.NaN;
    this.value = this.volume > 0 ? this.amount / this.volume : Number.NaN;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(candles, i);
  }
}

/** Volume-weighted average of the typical price since the start of the UTC day; NaN until something traded. */
export class Vwap extends CandleIndicator {
  private day = Number.NaN;
  private amount = 0;
  private volume = 0;

  override push(candles: CandleColumns, index: number): number {
    const day = Math.floor(candles.time[index] / DAY_MS);
    if (day !== this.day) {
      this.day = day;
      this.amount = 0;
      this.volume = 0;
    }
    const volume = candles.volume[index];
    this.amount += ((candles.high[index] + candles.low[index] + candles.close[index]) / 3) * volume;
    this.volume += volume;
    this.value = this.volume > 0 ? this.amount / this.volume : Number.NaN;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(candles, i);
  }
}

/** On-balance volume (Granville), started at the first candle's volume as TA-Lib. */
export class Obv extends CandleIndicator {
  private close = Number.NaN;

  override push(candles: CandleColumns, index: number): number {
    const close = candles.close[index];
    const volume = candles.volume[index];
    if (Number.isNaN(this.close)) this.value = volume;
    else if (close > this.close) this.value += volume;
    else if (close < this.close) this.value -= volume;
    this.close = close;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(candles, i);
  }
}

/** Chaikin money flow: Σ money flow volume / Σ volume over `period`; a candle without range counts as 0. */
export class Cmf extends CandleIndicator {
  private readonly flows: Ring;
  private readonly volumes: Ring;
  private flow = 0;
  private volume = 0;

  constructor(period: number) {
    super();
    this.flows = new Ring(period);
    this.volumes = new Ring(period);
  }

  override push(candles: CandleColumns, index: number): number {
    const high = candles.high[index];
    const low = candles.low[index];
    const volume = candles.volume[index];
    const flow = high > low ? ((2 * candles.close[index] - high - low) / (high - low)) * volume : 0;
    this.flow += flow - this.flows.push(flow);
    this.volume += volume - this.volumes.push(volume);
    if (!this.volumes.full) return Number.NaN;
    this.value = this.volume > 0 ? this.flow / this.volume : Number.NaN;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(candles, i);
  }
}

/**
 * Money flow index (Quong and Soudack): share of rising money flow over the last `period` changes of the typical price,
 * 0..100. A window without flow gives 0, as TA-Lib.
 */
export class Mfi extends CandleIndicator {
  private readonly flows: Ring;
  private typical = Number.NaN;
  private rising = 0;
  private falling = 0;

  constructor(period: number) {
    super();
    this.flows = new Ring(period);
  }

  override push(candles: CandleColumns, index: number): number {
    const typical = (candles.high[index] + candles.low[index] + candles.close[index]) / 3;
    const before = this.typical;
    this.typical = typical;
    if (Number.isNaN(before)) return Number.NaN;
    const flow = typical === before ? 0 : Math.sign(typical - before) * typical * candles.volume[index];
    const old = this.flows.push(flow);
    this.rising += Math.max(flow, 0) - Math.max(old, 0);
    this.falling += Math.max(-flow, 0) - Math.max(-old, 0);
    if (!this.flows.full) return Number.NaN;
    const total = this.rising + this.falling;
    this.value = total > 0 ? (100 * this.rising) / total : 0;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(candles, i);
  }
}
