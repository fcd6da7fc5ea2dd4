import type { CandleColumns } from "../candle/candle.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * A 128-bit hash of candles that can be carried from chunk to chunk and does not depend on how they were cut: four lanes
 * of xor and multiply (as FNV-1a, 32 bits wide) over the words of each candle, turned into each other after every one.
 * It tells equal data from changed data; it is no defence against somebody who searches for a collision.
 */
export class CandleHash {
  private readonly lanes = new Int32Array([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]);

  push(candles: CandleColumns): void {
    const { lanes } = this;
    const n = candles.length;
    const [t, o, h] = [words(candles.time, n), words(candles.open, n), words(candles.high, n)];
    const [l, e, v] = [words(candles.low, n), words(candles.close, n), words(candles.volume, n)];
    let [a, b, c, d] = lanes;
    for (let w = 0; w < 2 * n; w += 2) {
      a = Math.imul(Math.imul(Math.imul(a ^ t[w], PRIME) ^ t[w + 1], PRIME) ^ o[w], PRIME);
      b = Math.imul(Math.imul(Math.imul(b ^ o[w + 1], PRIME) ^ h[w], PRIME) ^ h[w + 1], PRIME);
      c = Math.imul(Math.imul(Math.imul(c ^ l[w], PRIME) ^ l[w + 1], PRIME) ^ e[w], PRIME);
      d = Math.imul(Math.imul(Math.imul(d ^ e[w + 1], PRIME) ^ v[w], PRIME) ^ v[w + 1], PRIME);
      // A product carries bits upwards only; the turn brings them down, the sum into the next lane.
      a = (((a << 13) | (a >>> 19)) + b) | 0;
      b = (((b << 15) | (b >>> 17)) + c) | 0;
      c = (((c << 17) | (c >>> 15)) + d) | 0;
      d = (((d << 19) | (d >>> 13)) + a) | 0;
    }
    lanes[0] = a;
    lanes[1] = b;
    lanes[2] = c;
    lanes[3] = d;
  }

  /** 32 hexadecimal digits. */
  digest(): string {
    return [...this.lanes].map((lane) => finish(lane).toString(16).padStart(8, "0")).join("");
  }

  snapshot(): Snapshot {
    return this.lanes.slice();
  }

  restore(snapshot: Snapshot): void {
    if (!(snapshot instanceof Int32Array)) throw new TypeError("snapshot of a candle hash must be four integers");
    this.lanes.set(snapshot);
  }
}

/** An odd factor with its bits well spread, from the golden ratio. */
const PRIME = 0x9e3779b1 | 0;

/** The bits of a column's first `length` numbers, two words each. */
function words(column: Float64Array, length: number): Int32Array {
  return new Int32Array(column.buffer, column.byteOffset, 2 * length);
}

/** The same kind of hash over columns of numbers, 32 hexadecimal digits. */
export function hashColumns(columns: readonly Float64Array[]): string {
  let [a, b, c, d] = [0x452821e6, 0x38d01377, 0xbe5466cf | 0, 0x34e90c6c];
  for (const column of columns) {
    // Copied, so that the words start at the column's first number whatever it is a view of.
    const words = new Int32Array(column.slice().buffer);
    for (let w = 0; w < words.length; w += 2) {
      a = (mix(a, words[w], 0x239b961b) + b) | 0;
      b = (mix(b, words[w + 1], 0x38b34ae5) + c) | 0;
      c = (mix(c, a, 0xa1e38b93 | 0) + d) | 0;
      d = (mix(d, b, 0x4b2b5f49) + a) | 0;
    }
    a = mix(a, column.length, 0x239b961b);
  }
  return [a, b, c, d].map((lane) => finish(lane).toString(16).padStart(8, "0")).join("");
}

function mix(lane: number, word: number, factor: number): number {
  let k = Math.imul(word, factor);
  k = (k << 15) | (k >>> 17);
  let mixed = lane ^ Math.imul(k, 0x1b873593);
  mixed = (mixed << 13) | (mixed >>> 19);
  return (Math.imul(mixed, 5) + 0x561ccd1b) | 0;
}

function finish(lane: number): number {
  let h = lane ^ (lane >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
