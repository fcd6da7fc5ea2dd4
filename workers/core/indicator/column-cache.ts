import type { CandleColumns } from "../candle/candle.ts";
import { CandleIndicator, type Indicator } from "./indicator.ts";

interface Entry {
  readonly indicator: Indicator;
  readonly outs: Float64Array[];
  /** Number of the block its columns hold. */
  block: number;
}

/**
 * Indicator columns that several runs over the same candles share: of each distinct indicator one is kept, and it
 * computes once a block however many ask. All runs must step through the same blocks from the first on.
 */
export class ColumnCache {
  private readonly entries = new Map<string, Entry>();
  private block = 0;

  /** Number of distinct indicators held. */
  get size(): number {
    return this.entries.size;
  }

  /** From here on asks are for the next block of candles. */
  nextBlock(): void {
    this.block++;
  }

  /**
   * Columns of the indicator `key` stands for (see `indicatorKey`) over `source`, or over the candles themselves. The
   * first to ask lends its indicator, new and untouched.
   */
  columns(
    key: string,
    candidate: { readonly indicator: Indicator; readonly outputs: number },
    { candles, source, length }: { candles: CandleColumns; source: Float64Array | undefined; length: number },
  ): Float64Array[] {
    let entry = this.entries.get(key);
    if (entry === undefined) {
      const outs = Array.from({ length: candidate.outputs }, () => new Float64Array(0));
      entry = { indicator: candidate.indicator, outs, block: -1 };
      this.entries.set(key, entry);
    }
    const { indicator, outs } = entry;
    if (entry.block === this.block) return outs;
    entry.block = this.block;
    if (outs[0].length < length) for (let k = 0; k < outs.length; k++) outs[k] = new Float64Array(length);
    if (indicator instanceof CandleIndicator) indicator.fill(candles, outs, length);
    else if (source !== undefined) indicator.fill(source, outs, length);
    return outs;
  }
}
