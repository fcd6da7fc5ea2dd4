import type { CandleColumns } from "../core/candle/candle.ts";
import { indexAtTime, sliceCandles } from "../core/candle/candle.ts";
import type { Timeframe } from "../core/candle/timeframe.ts";

/** A stretch of time, `[from, to)`, UTC ms. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Where candles of one series come from: the archive, or the simulated market. */
export interface CandleSource {
  readonly timeframe: Timeframe;
  /** Open of the first candle and close of the last one; equal where there are none. */
  readonly from: number;
  readonly to: number;
  readonly candles: number;
  /**
   * Keys of the stretches that hold candles, in order of time, only those that touch `range` where one is given. A key
   * is a month (2024-03) below one hour and a year (2024) from one hour on; keys of a series sort as text.
   */
  months(range?: TimeRange): readonly string[];
  /** All candles of the series in one such stretch. Throws where the key is not one of `months()`. */
  read(month: string): Promise<CandleColumns>;
}

/** Candles of `source` that open in `[from, to)`, stretch by stretch. */
export async function* readRange(source: CandleSource, range: TimeRange): AsyncGenerator<CandleColumns> {
  for (const month of source.months(range)) {
    const candles = clipCandles(await source.read(month), range);
    if (candles.length > 0) yield candles;
  }
}

/** The candles that open in `[from, to)`, as views. */
export function clipCandles(candles: CandleColumns, { from, to }: TimeRange): CandleColumns {
  return sliceCandles(candles, indexAtTime(candles, from), indexAtTime(candles, to));
}
