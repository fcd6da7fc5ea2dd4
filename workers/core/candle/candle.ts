/**
 * Candles as columns. A candle is half-open, `[time, time + timeframe)`, UTC milliseconds, named by its open time and
 * known only once closed. Columns may be longer than `length`: only the first `length` entries mean something.
 */
export interface CandleColumns {
  readonly length: number;
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

export interface Candle {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export const CANDLE_FIELDS = ["time", "open", "high", "low", "close", "volume"] as const;
export type CandleField = (typeof CANDLE_FIELDS)[number];

/** Columns of zeros for `length` candles. */
export function emptyCandles(length: number): CandleColumns {
  return {
    length,
    time: new Float64Array(length),
    open: new Float64Array(length),
    high: new Float64Array(length),
    low: new Float64Array(length),
    close: new Float64Array(length),
    volume: new Float64Array(length),
  };
}

/** The candles `[start, end)` as views on the same memory, with no copy. */
export function sliceCandles(candles: CandleColumns, start: number, end: number): CandleColumns {
  return {
    length: end - start,
    time: candles.time.subarray(start, end),
    open: candles.open.subarray(start, end),
    high: candles.high.subarray(start, end),
    low: candles.low.subarray(start, end),
    close: candles.close.subarray(start, end),
    volume: candles.volume.subarray(start, end),
  };
}

/** A copy of all `parts` one after the other. */
export function joinCandles(parts: readonly CandleColumns[]): CandleColumns {
  const joined = emptyCandles(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    for (const field of CANDLE_FIELDS) joined[field].set(part[field].subarray(0, part.length), at);
    at += part.length;
  }
  return joined;
}

export function candleAt(candles: CandleColumns, index: number): Candle {
  return {
    time: candles.time[index],
    open: candles.open[index],
    high: candles.high[index],
    low: candles.low[index],
    close: candles.close[index],
    volume: candles.volume[index],
  };
}

/** Columns made of candle objects, in the order given. */
export function candlesOf(rows: readonly Candle[]): CandleColumns {
  const columns = emptyCandles(rows.length);
  rows.forEach((row, index) => {
    for (const field of CANDLE_FIELDS) columns[field][index] = row[field];
  });
  return columns;
}

/** First index whose time is >= `timeMs`, by binary search; `length` if there is none. */
export function indexAtTime(candles: CandleColumns, timeMs: number): number {
  let low = 0;
  let high = candles.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (candles.time[middle] < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
