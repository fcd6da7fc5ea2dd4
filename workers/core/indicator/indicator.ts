import type { CandleColumns } from "../candle/candle.ts";
import type { Snapshot } from "../engine/snapshot.ts";

/**
 * State that saves and restores itself: every own field that is a number, a flag, a typed array or another stateful
 * object. A class keeps its whole state in such fields, all of them set in its constructor, so nothing can be forgotten.
 */
export abstract class Stateful {
  snapshot(): Snapshot {
    const fields: Record<string, Snapshot> = {};
    for (const [name, value] of Object.entries(this)) fields[name] = save(value);
    return fields;
  }

  /** Throws TypeError where the snapshot is not of this class and these parameters. */
  restore(snapshot: Snapshot): void {
    const fields = snapshot as Record<string, Snapshot>;
    for (const name of Object.keys(this)) {
      const self = this as Record<string, unknown>;
      const saved = fields?.[name];
      if (saved === undefined) throw new TypeError(`snapshot lacks the field ${name}`);
      self[name] = load(self[name], saved, name);
    }
  }
}

/** An indicator over one series of values. NaN inputs (another indicator warming up) give NaN and change nothing. */
export abstract class ValueIndicator extends Stateful {
  /** Main output on the last input; NaN while warming up. */
  value = Number.NaN;
  /** O(1) amortised unless the class says otherwise. Returns the main output. */
  abstract push(input: number): number;
  /** Maps `push` over `length` inputs, writing output k to `outs[k]`. The loop stands in each class so that it inlines. */
  abstract fill(input: Float64Array, outs: readonly Float64Array[], length: number): void;
}

/** An indicator over candles. */
export abstract class CandleIndicator extends Stateful {
  /** Main output on the last candle; NaN while warming up. */
  value = Number.NaN;
  abstract push(candles: CandleColumns, index: number): number;
  abstract fill(candles: CandleColumns, outs: readonly Float64Array[], length: number): void;
}

export type Indicator = ValueIndicator | CandleIndicator;

function save(value: unknown): Snapshot {
  if (value instanceof Stateful) return value.snapshot();
  if (value instanceof Float64Array) return value.slice();
  if (value instanceof Int32Array) return value.slice();
  if (typeof value === "number" || typeof value === "boolean") return value;
  throw new TypeError(`state cannot hold a ${typeof value}`);
}

function load(current: unknown, saved: Snapshot, name: string): unknown {
  if (current instanceof Stateful) {
    current.restore(saved);
    return current;
  }
  if (current instanceof Float64Array || current instanceof Int32Array) {
    if (!(saved instanceof current.constructor) || (saved as Float64Array).length !== current.length) {
      throw new TypeError(`snapshot field ${name} must be a column of ${current.length} numbers`);
    }
    current.set(saved as Float64Array);
    return current;
  }
  if (typeof saved !== typeof current) throw new TypeError(`snapshot field ${name} must be a ${typeof current}`);
  return saved;
}
