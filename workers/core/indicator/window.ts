import { Stateful } from "./indicator.ts";

/** The last `size` values in order of arrival. */
export class Ring extends Stateful {
  private readonly items: Float64Array;
  private at = 0;
  count = 0;

  constructor(size: number) {
    super();
    this.items = new Float64Array(size);
  }

  /** Stores `value`; returns the one that fell out, or 0 while the ring is filling. */
  push(value: number): number {
    const items = this.items;
    const old = items[this.at];
    items[this.at] = value;
    this.at = this.at + 1 === items.length ? 0 : this.at + 1;
    if (this.count < items.length) this.count++;
    return old;
  }

  get full(): boolean {
    return this.count === this.items.length;
  }

  /** The value pushed `ago` pushes before the last one; `ago` must be below the size. */
  back(ago: number): number {
    let index = this.at - 1 - ago;
    if (index < 0) index += this.items.length;
    return this.items[index];
  }
}

/** Running maximum over the last `size` values in O(1) amortised: a queue of candidates in falling order. */
export class RunningMax extends Stateful {
  private readonly values: Float64Array;
  private readonly ages: Float64Array;
  private head = 0;
  private size = 0;
  private pushed = 0;

  constructor(size: number) {
    super();
    this.values = new Float64Array(size);
    this.ages = new Float64Array(size);
  }

  get full(): boolean {
    return this.pushed >= this.values.length;
  }

  /** Returns the maximum of the window that ends with `value`. */
  push(value: number): number {
    const capacity = this.values.length;
    if (this.size > 0 && this.ages[this.head] <= this.pushed - capacity) {
      this.head = this.head + 1 === capacity ? 0 : this.head + 1;
      this.size--;
    }
    let tail = this.head + this.size;
    if (tail >= capacity) tail -= capacity;
    while (this.size > 0) {
      const last = tail === 0 ? capacity - 1 : tail - 1;
      // An equal value is replaced: the newer one lives longer, and "since the high" counts from the latest.
      if (this.values[last] > value) break;
      tail = last;
      this.size--;
    }
    this.values[tail] = value;
    this.ages[tail] = this.pushed;
    this.size++;
    this.pushed++;
    return this.values[this.head];
  }

  get value(): number {
    return this.values[this.head];
  }

  /** Pushes since the maximum; 0 where the last value is it. */
  get age(): number {
    return this.pushed - 1 - this.ages[this.head];
  }
}
