import type { CandlestickData, UTCTimestamp } from "lightweight-charts";
import type { CandleSeries } from "../../schema/wire/dataset.ts";

/** Candles that may be new at the end for the chart to be extended and not drawn anew. */
const GROWN_CANDLES_MAX = 3;

/** One candle as the charting library takes it. */
export function candleRow(data: CandleSeries, at: number): CandlestickData<UTCTimestamp> {
  return {
    time: (data.time[at] / 1000) as UTCTimestamp,
    open: data.open[at],
    high: data.high[at],
    low: data.low[at],
    close: data.close[at],
  };
}

/**
 * The rows that changed where `after` is `before` with another last candle and perhaps a few more; null where it is anything
 * else and has to be drawn anew.
 */
export function changedRows(before: CandleSeries | undefined, after: CandleSeries | undefined) {
  if (before === undefined || after === undefined || before.timeframe !== after.timeframe) return null;
  const last = before.time.length - 1;
  const grown = after.time.length - before.time.length;
  if (last < 0 || grown < 0 || grown > GROWN_CANDLES_MAX || after.time[last] !== before.time[last]) return null;
  for (let at = 0; at < last; at++) {
    if (COLUMNS.some((column) => before[column][at] !== after[column][at])) return null;
  }
  return after.time.slice(last).map((_, index) => candleRow(after, last + index));
}

const COLUMNS = ["time", "open", "high", "low", "close"] as const;
