import type { CandleColumns } from "../candle/candle.ts";
import { CandleIndicator, Stateful } from "./indicator.ts";
import { Ring, RunningMax } from "./window.ts";

/** Middle of the highest high and lowest low of a window. */
class MiddleRange extends Stateful {
  private readonly highs: RunningMax;
  private readonly lows: RunningMax;

  constructor(size: number) {
    super();
    this.highs = new RunningMax(size);
    this.lows = new RunningMax(size);
  }

  push(high: number, low: number): number {
    const top = this.highs.push(high);
    const bottom = -this.lows.push(-low);
    return this.highs.full ? (top + bottom) / 2 : Number.NaN;
  }
}

/**
 * Ichimoku (Hosoda). Outputs: conversion, base, spanA, spanB. The spans are those drawn over the current candle, so
 * computed `base` candles ago; the lagging line is left out, since it is the close moved into the past.
 */
export class Ichimoku extends CandleIndicator {
  private readonly shift: number;
  private readonly conversionRange: MiddleRange;
  private readonly baseRange: MiddleRange;
  private readonly spanRange: MiddleRange;
  private readonly first: Ring;
  private readonly second: Ring;
  base = Number.NaN;
  spanA = Number.NaN;
  spanB = Number.NaN;

  constructor(conversion: number, base: number, span: number) {
    super();
    this.shift = base;
    this.conversionRange = new MiddleRange(conversion);
    this.baseRange = new MiddleRange(base);
    this.spanRange = new MiddleRange(span);
    this.first = new Ring(base + 1);
    this.second = new Ring(base + 1);
  }

  override push(candles: CandleColumns, index: number): number {
    const high = candles.high[index];
    const low = candles.low[index];
    this.value = this.conversionRange.push(high, low);
    this.base = this.baseRange.push(high, low);
    this.first.push((this.value + this.base) / 2);
    this.second.push(this.spanRange.push(high, low));
    this.spanA = this.first.full ? this.first.back(this.shift) : Number.NaN;
    this.spanB = this.second.full ? this.second.back(this.shift) : Number.NaN;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const [conversion, base, spanA, spanB] = outs;
    for (let i = 0; i < length; i++) {
      conversion[i] = this.push(candles, i);
      base[i] = this.base;
      spanA[i] = this.spanA;
      spanB[i] = this.spanB;
    }
  }
}

/**
 * Aroon (Chande): 100 · (period - candles since the extreme of the last period + 1 candles) / period; of equal extremes
 * the latest counts. Outputs: oscillator (up - down), up, down.
 */
export class Aroon extends CandleIndicator {
  private readonly period: number;
  private readonly highs: RunningMax;
  private readonly lows: RunningMax;
  up = Number.NaN;
  down = Number.NaN;

  constructor(period: number) {
    super();
    this.period = period;
    this.highs = new RunningMax(period + 1);
    this.lows = new RunningMax(period + 1);
  }

  override push(candles: CandleColumns, index: number): number {
    this.highs.push(candles.high[index]);
    this.lows.push(-candles.low[index]);
    if (!this.highs.full) return Number.NaN;
    this.up = (100 * (this.period - this.highs.age)) / this.period;
    this.down = (100 * (this.period - this.lows.age)) / this.period;
    this.value = this.up - this.down;
    return this.value;
  }

  override fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void {
    const [oscillator, up, down] = outs;
    for (let i = 0; i < length; i++) {
      oscillator[i] = this.push(candles, i);
      up[i] = this.up;
      down[i] = this.down;
    }
  }
}
