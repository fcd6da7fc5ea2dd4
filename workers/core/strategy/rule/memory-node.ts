import type { Snapshot } from "../../engine/snapshot.ts";
import { Node } from "./node.ts";

// Nodes that remember values of candles before. Their fields leave and enter loops as locals, which keeps the loops
// free of memory traffic.

/** Whether a and b have changed sides: strictly apart on the candle before, strictly apart the other way now. */
export class CrossNode extends Node {
  private readonly a: Node;
  private readonly b: Node;
  private lastA = Number.NaN;
  private lastB = Number.NaN;

  /** Gives 1 where `a` crosses from below `b` to above it. */
  constructor(a: Node, b: Node) {
    super();
    this.a = a;
    this.b = b;
  }

  override fill(length: number): void {
    const out = this.reserve(length);
    const a = this.a.column;
    const b = this.b.column;
    let { lastA, lastB } = this;
    for (let i = 0; i < length; i++) {
      const nowA = a[i];
      const nowB = b[i];
      // Either comparison false for a known pair settles it; the rest has an unknown value in it.
      out[i] = lastA < lastB ? (nowA > nowB ? 1 : nowA <= nowB ? 0 : Number.NaN) : lastA >= lastB ? 0 : Number.NaN;
      lastA = nowA;
      lastB = nowB;
    }
    this.lastA = lastA;
    this.lastB = lastB;
  }

  override snapshot(): Snapshot {
    return [this.lastA, this.lastB];
  }

  override restore(snapshot: Snapshot): void {
    [this.lastA, this.lastB] = snapshot as readonly number[];
  }
}

/** Whether a value has risen (`sign` 1) or fallen (-1) on each of the last n candles. */
export class StreakNode extends Node {
  private readonly input: Node;
  private readonly sign: number;
  private readonly wanted: number;
  private last = Number.NaN;
  private run = 0;
  private known = 0;

  constructor(input: Node, sign: number, wanted: number) {
    super();
    this.input = input;
    this.sign = sign;
    this.wanted = wanted;
  }

  override fill(length: number): void {
    const out = this.reserve(length);
    const input = this.input.column;
    const { sign, wanted } = this;
    let { last, run, known } = this;
    for (let i = 0; i < length; i++) {
      const change = (input[i] - last) * sign;
      last = input[i];
      known = Number.isNaN(change) ? 0 : Math.min(known + 1, wanted);
      run = change > 0 ? Math.min(run + 1, wanted) : 0;
      out[i] = known < wanted ? Number.NaN : run === wanted ? 1 : 0;
    }
    this.last = last;
    this.run = run;
    this.known = known;
  }

  override snapshot(): Snapshot {
    return [this.last, this.run, this.known];
  }

  override restore(snapshot: Snapshot): void {
    [this.last, this.run, this.known] = snapshot as readonly number[];
  }
}

/** A value as it was n candles ago. */
export class PrevNode extends Node {
  private readonly input: Node;
  /** The last n values, oldest first. */
  private readonly tail: Float64Array;

  constructor(input: Node, ago: number) {
    super();
    this.input = input;
    this.tail = new Float64Array(ago).fill(Number.NaN);
  }

  override fill(length: number): void {
    const out = this.reserve(length);
    const input = this.input.column;
    const { tail } = this;
    const ago = tail.length;
    if (length >= ago) {
      out.set(tail);
      out.set(input.subarray(0, length - ago), ago);
      tail.set(input.subarray(length - ago, length));
    } else {
      out.set(tail.subarray(0, length));
      tail.copyWithin(0, length);
      tail.set(input.subarray(0, length), ago - length);
    }
  }

  override snapshot(): Snapshot {
    return this.tail.slice();
  }

  override restore(snapshot: Snapshot): void {
    if (!(snapshot instanceof Float64Array) || snapshot.length !== this.tail.length) {
      throw new TypeError(`snapshot of prev must be a column of ${this.tail.length} numbers`);
    }
    this.tail.set(snapshot);
  }
}

/** Candles since a condition was last true; NaN before the first time. */
export class SinceNode extends Node {
  private readonly input: Node;
  private age = Number.NaN;

  constructor(input: Node) {
    super();
    this.input = input;
  }

  override fill(length: number): void {
    const out = this.reserve(length);
    const input = this.input.column;
    let { age } = this;
    for (let i = 0; i < length; i++) {
      age = input[i] === 1 ? 0 : age + 1;
      out[i] = age;
    }
    this.age = age;
  }

  override snapshot(): Snapshot {
    return this.age;
  }

  override restore(snapshot: Snapshot): void {
    this.age = snapshot as number;
  }
}
