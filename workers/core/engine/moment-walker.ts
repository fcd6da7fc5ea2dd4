import type { Block } from "./block.ts";

/** What takes the candles of one moment to a venue. */
export interface MomentWalker {
  /**
   * The candles that open at `time`; `at` holds the next candle of each instrument. Counts them, and leaves every mark at
   * its close.
   */
  walkMoment(block: Block, at: readonly number[], time: number): void;
}

/** Whether the instrument has a candle that opens at `time`. */
export function isFresh({ instruments }: Block, at: readonly number[], index: number, time: number): boolean {
  const { candles } = instruments[index];
  return at[index] < candles.length && candles.time[at[index]] === time;
}
