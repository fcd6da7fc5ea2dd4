import { ValueIndicator } from "./indicator.ts";
import { Ring } from "./window.ts";

/** Simple moving average: the mean of the last `period` values. First value at index period - 1. */
export class Sma extends ValueIndicator {
  private readonly period: number;
  private readonly items: Float64Array;
  private at = 0;
  private count = 0;
  private sum = 0;

  constructor(period: number) {
    super();
    this.period = period;
    this.items = new Float64Array(period);
  }

  override push(input: number): number {
    if (Number.isNaN(input)) return Number.NaN;
    const at = this.at;
    this.sum += input - this.items[at];
    this.items[at] = input;
    this.at = at + 1 === this.period ? 0 : at + 1;
    if (this.count < this.period) {
      this.count++;
      if (this.count < this.period) return Number.NaN;
    }
    this.value = this.sum / this.period;
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    const { period } = this;
    const head = Math.min(length, period);
    let i = 0;
    for (; i < head; i++) out[i] = this.push(input[i]);
    if (i === length) return;
    if (this.count < period || !this.slide(input, out, i, length)) {
      for (; i < length; i++) out[i] = this.push(input[i]);
    }
  }

  /**
   * `push` for a full window whose leaving values still stand in the input: no ring to read or write. Says no, with
   * nothing changed, where a NaN is among the inputs.
   */
  private slide(input: Float64Array, out: Float64Array, from: number, length: number): boolean {
    const { period, items } = this;
    let { sum } = this;
    for (let i = from; i < length; i++) {
      sum += input[i] - input[i - period];
      out[i] = sum / period;
    }
    if (Number.isNaN(sum)) return false;
    const slot = (this.at + length - from) % period;
    for (let k = 0; k < period; k++) items[(slot + k) % period] = input[length - period + k];
    this.at = slot;
    this.sum = sum;
    this.value = sum / period;
    return true;
  }
}

/**
 * Exponential moving average, weight 2 / (period + 1) unless another is given, seeded with the mean of the first
 * `period` values (TA-Lib's default). First value at index period - 1.
 */
export class Ema extends ValueIndicator {
  private readonly period: number;
  private readonly weight: number;
  private count = 0;
  private sum = 0;

  constructor(period: number, weight = 2 / (period + 1)) {
    super();
    this.period = period;
    this.weight = weight;
  }

  override push(input: number): number {
    if (Number.isNaN(input)) return Number.NaN;
    if (this.count < this.period) {
      this.count++;
      this.sum += input;
      if (this.count < this.period) return Number.NaN;
      this.value = this.sum / this.period;
      return this.value;
    }
    this.value += this.weight * (input - this.value);
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    const { weight } = this;
    let i = 0;
    for (; i < length && this.count < this.period; i++) out[i] = this.push(input[i]);
    const from = i;
    let { value } = this;
    for (; i < length; i++) {
      value += weight * (input[i] - value);
      out[i] = value;
    }
    // A NaN among the inputs would have stayed in the value: then once more, candle by candle.
    if (Number.isNaN(value)) for (i = from; i < length; i++) out[i] = this.push(input[i]);
    else this.value = value;
  }
}

/** Weighted moving average, weights 1..period, the newest heaviest. First value at index period - 1. */
export class Wma extends ValueIndicator {
  private readonly period: number;
  private readonly ring: Ring;
  private sum = 0;
  private weighted = 0;

  constructor(period: number) {
    super();
    this.period = period;
    this.ring = new Ring(period);
  }

  override push(input: number): number {
    if (Number.isNaN(input)) return Number.NaN;
    const count = this.ring.count;
    const old = this.ring.push(input);
    if (count < this.period) {
      this.weighted += (count + 1) * input;
      this.sum += input;
      if (count + 1 < this.period) return Number.NaN;
    } else {
      this.weighted += this.period * input - this.sum;
      this.sum += input - old;
    }
    this.value = this.weighted / ((this.period * (this.period + 1)) / 2);
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(input[i]);
  }
}

/** Double EMA (Mulloy 1994): 2·EMA - EMA(EMA). First value at index 2·(period - 1). */
export class Dema extends ValueIndicator {
  private readonly first: Ema;
  private readonly second: Ema;

  constructor(period: number) {
    super();
    this.first = new Ema(period);
    this.second = new Ema(period);
  }

  override push(input: number): number {
    const one = this.first.push(input);
    const two = this.second.push(one);
    this.value = 2 * one - two;
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(input[i]);
  }
}

/** Triple EMA (Mulloy 1994): 3·EMA - 3·EMA(EMA) + EMA(EMA(EMA)). First value at index 3·(period - 1). */
export class Tema extends ValueIndicator {
  private readonly first: Ema;
  private readonly second: Ema;
  private readonly third: Ema;

  constructor(period: number) {
    super();
    this.first = new Ema(period);
    this.second = new Ema(period);
    this.third = new Ema(period);
  }

  override push(input: number): number {
    const one = this.first.push(input);
    const two = this.second.push(one);
    const three = this.third.push(two);
    this.value = 3 * one - 3 * two + three;
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(input[i]);
  }
}

/**
 * Hull moving average: WMA(2·WMA(period / 2) - WMA(period), √period). Both derived periods are rounded down
 * (libraries differ: some round to the nearest).
 */
export class Hma extends ValueIndicator {
  private readonly half: Wma;
  private readonly whole: Wma;
  private readonly smooth: Wma;

  constructor(period: number) {
    super();
    this.half = new Wma(Math.max(1, Math.floor(period / 2)));
    this.whole = new Wma(period);
    this.smooth = new Wma(Math.max(1, Math.floor(Math.sqrt(period))));
  }

  override push(input: number): number {
    const half = this.half.push(input);
    const whole = this.whole.push(input);
    this.value = this.smooth.push(2 * half - whole);
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(input[i]);
  }
}

/**
 * Kaufman's adaptive moving average with fast 2 and slow 30, as TA-Lib: the first value, at index `period`, starts from
 * the value before it.
 */
export class Kama extends ValueIndicator {
  private readonly period: number;
  private readonly ring: Ring;
  private travelled = 0;
  private last = Number.NaN;

  constructor(period: number) {
    super();
    this.period = period;
    this.ring = new Ring(period + 1);
  }

  override push(input: number): number {
    if (Number.isNaN(input)) return Number.NaN;
    const before = this.last;
    const oldest = this.ring.full ? this.ring.back(this.period) : Number.NaN;
    const second = this.ring.full ? this.ring.back(this.period - 1) : Number.NaN;
    this.ring.push(input);
    this.last = input;
    if (!Number.isNaN(before)) this.travelled += Math.abs(input - before);
    if (!Number.isNaN(oldest)) this.travelled -= Math.abs(second - oldest);
    if (!this.ring.full) return Number.NaN;
    const net = Math.abs(input - this.ring.back(this.period));
    const efficiency = this.travelled <= net || this.travelled === 0 ? 1 : net / this.travelled;
    const factor = efficiency * (2 / 3 - 2 / 31) + 2 / 31;
    const from = !Number.isNaN(this.value) ? this.value : before;
    this.value = from + factor * factor * (input - from);
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    const out = outs[0];
    for (let i = 0; i < length; i++) out[i] = this.push(input[i]);
  }
}
