import { ValueIndicator } from "./indicator.ts";

/** Rolling mean and population deviation by Welford's update, which keeps its accuracy where sums of squares lose it. */
export class Moments extends ValueIndicator {
  private readonly period: number;
  private readonly items: Float64Array;
  private at = 0;
  private count = 0;
  mean = 0;
  private squares = 0;

  constructor(period: number) {
    super();
    this.period = period;
    this.items = new Float64Array(period);
  }

  /** Returns the population standard deviation of the last `period` values. */
  override push(input: number): number {
    if (Number.isNaN(input)) return Number.NaN;
    const { period, items, at } = this;
    const old = items[at];
    items[at] = input;
    this.at = at + 1 === period ? 0 : at + 1;
    const before = this.mean;
    if (this.count < period) {
      this.count++;
      this.mean += (input - before) / this.count;
      this.squares += (input - before) * (input - this.mean);
      if (this.count < period) return Number.NaN;
    } else {
      this.mean += (input - old) / period;
      this.squares += (input - old) * (input - this.mean + old - before);
    }
    // Float error may leave it a hair below zero.
    if (this.squares < 0) this.squares = 0;
    this.value = Math.sqrt(this.squares / period);
    return this.value;
  }

  override fill(input: Float64Array, outs: readonly Float64Array[], length: number): void {
    this.fillBoth(input, outs[0], undefined, length);
  }

  /** Deviations, and the means where a column is given. */
  fillBoth(input: Float64Array, deviations: Float64Array, means: Float64Array | undefined, length: number): void {
    const head = Math.min(length, this.period);
    const pushFrom = (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        deviations[i] = this.push(input[i]);
        if (means !== undefined) means[i] = Number.isNaN(deviations[i]) ? Number.NaN : this.mean;
      }
    };
    pushFrom(0, head);
    if (this.count < this.period || !this.slide(input, deviations, means ?? deviations, head, length)) {
      pushFrom(head, length);
    }
  }

  /** As `Sma.slide`: `push` for a full window, its leaving values read from the input. `means` may be `deviations`. */
  private slide(
    input: Float64Array,
    deviations: Float64Array,
    means: Float64Array,
    from: number,
    length: number,
  ): boolean {
    const { period, items } = this;
    let { mean, squares } = this;
    for (let i = from; i < length; i++) {
      const next = input[i];
      const old = input[i - period];
      const before = mean;
      mean += (next - old) / period;
      squares += (next - old) * (next - mean + old - before);
      means[i] = mean;
      if (squares < 0) squares = 0;
      deviations[i] = Math.sqrt(squares / period);
    }
    if (Number.isNaN(mean)) return false;
    if (from === length) return true;
    const slot = (this.at + length - from) % period;
    for (let k = 0; k < period; k++) items[(slot + k) % period] = input[length - period + k];
    this.at = slot;
    this.mean = mean;
    this.squares = squares;
    this.value = deviations[length - 1];
    return true;
  }
}
