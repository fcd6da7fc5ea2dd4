import type { CandleColumns } from "../candle/candle.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * A 128-bit hash of candles that can be carried from chunk to chunk and does not depend on how they were cut: four lanes
 * of multiply-and-rotate mixing (the construction of MurmurHash3, x86, 128 bit) over the bits of each number. It tells
 * equal data from changed data; it is no defence against somebody who searches for a collision.
 */
export class CandleHash {
  private readonly lanes = new Int32Array([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]);
  private readonly scratch = new Float64Array(6);
  private readonly words = new Int32Array(this.scratch.buffer);

  push(candles: CandleColumns): void {
    const { scratch, words, lanes } = this;
    let [a, b, c, d] = lanes;
    for (let i = 0; i < candles.length; i++) {
      scratch[0] = candles.time[i];
      scratch[1] = candles.open[i];
      scratch[2] = candles.high[i];
      scratch[3] = candles.low[i];
      scratch[4] = candles.close[i];
      scratch[5] = candles.volume[i];
      for (let w = 0; w < 12; w += 4) {
        a = (mix(a, words[w], 0x239b961b) + b) | 0;
        b = (mix(b, words[w + 1], 0x38b34ae5) + c) | 0;
        c = (mix(c, words[w + 2], 0xa1e38b93 | 0) + d) | 0;
        d = (mix(d, words[w + 3], 0x4b2b5f49) + a) | 0;
      }
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
