import type { CandleColumns } from "../candle/candle.ts";
import type { SignalColumns } from "../strategy/strategy.ts";

/**
 * Candles that a run steps through at once: few enough to stay in the processor's cache, and the bound on every column
 * that a strategy computes.
 */
export const BLOCK_CANDLES_MAX = 16_384;

/** One instrument's part of a block. */
export interface BlockInstrument {
  readonly candles: CandleColumns;
  /** Signals of a column program; undefined for stepped ones. */
  readonly signals: SignalColumns | undefined;
  /** Volatility a year at each close, for volatility sizing; undefined where nobody asks. */
  readonly volatility: Float64Array | undefined;
  /** Finer candles inside: those of candle i are `fineFrom[i]` to `fineFrom[i + 1]`. Undefined without a magnifier. */
  readonly fine: CandleColumns | undefined;
  readonly fineFrom: Int32Array | undefined;
  /** First candle that may be traded; those before only warm up. */
  readonly start: number;
}

export interface Block {
  readonly instruments: readonly BlockInstrument[];
  /** Distinct open times of the traded candles of all instruments, rising. */
  readonly time: Float64Array;
  readonly length: number;
}

/** Merges the traded candles' times of several instruments into one rising timeline. */
export function mergeTimes(parts: readonly Pick<BlockInstrument, "candles" | "start">[]): Float64Array {
  if (parts.length === 1) return parts[0].candles.time.subarray(parts[0].start, parts[0].candles.length);
  const at = parts.map((part) => part.start);
  const total = parts.reduce((sum, part) => sum + part.candles.length - part.start, 0);
  const merged = new Float64Array(total);
  let length = 0;
  for (;;) {
    let next = Number.POSITIVE_INFINITY;
    parts.forEach((part, index) => {
      if (at[index] < part.candles.length) next = Math.min(next, part.candles.time[at[index]]);
    });
    if (next === Number.POSITIVE_INFINITY) return merged.subarray(0, length);
    merged[length++] = next;
    parts.forEach((part, index) => {
      if (at[index] < part.candles.length && part.candles.time[at[index]] === next) at[index]++;
    });
  }
}
