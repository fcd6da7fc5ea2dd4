import { type CandleColumns, emptyCandles } from "../core/candle/candle.ts";

/** Rows that open in `[from, to)` as columns. */
export function columnsOf(
  rows: readonly (readonly [number, number, number, number, number, number])[],
  from: number,
  to: number,
): CandleColumns {
  const kept = rows.filter(([time]) => time >= from && time < to);
  const columns = emptyCandles(kept.length);
  kept.forEach(([time, open, high, low, close, volume], index) => {
    columns.time[index] = time;
    columns.open[index] = open;
    columns.high[index] = high;
    columns.low[index] = low;
    columns.close[index] = close;
    columns.volume[index] = volume;
  });
  return columns;
}
