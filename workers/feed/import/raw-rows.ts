import type { CandleColumns } from "../../core/candle/candle.ts";
import { CANDLE_FIELDS, emptyCandles } from "../../core/candle/candle.ts";

/** Rows as read, before any check: a field that could not be read is NaN. `row` counts data rows of the file from 1. */
export interface RawRows extends CandleColumns {
  readonly row: Float64Array;
}

export function rawRows(candles: CandleColumns, firstRow: number): RawRows {
  const row = new Float64Array(candles.length);
  for (let i = 0; i < candles.length; i++) row[i] = firstRow + i;
  return { ...candles, row };
}

/** All rows of `parts`, one after the other. */
export function joinRows(parts: readonly RawRows[]): RawRows {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const joined: RawRows = { ...emptyCandles(length), row: new Float64Array(length) };
  let at = 0;
  for (const part of parts) {
    for (const field of [...CANDLE_FIELDS, "row"] as const) joined[field].set(part[field].subarray(0, part.length), at);
    at += part.length;
  }
  return joined;
}

/** Whether times rise or repeat from row to row and from part to part; rows without a readable time do not count. */
export function areSorted(parts: readonly RawRows[]): boolean {
  let last = Number.NEGATIVE_INFINITY;
  for (const { length, time } of parts) {
    for (let i = 0; i < length; i++) {
      if (time[i] < last) return false;
      if (!Number.isNaN(time[i])) last = time[i];
    }
  }
  return true;
}

/** The rows in order of time, those of one time in their old order; rows without a readable time go last. */
export function sortRows(rows: RawRows): RawRows {
  const order = Float64Array.from({ length: rows.length }, (_, index) => index);
  const key = (index: number) => (Number.isNaN(rows.time[index]) ? Number.POSITIVE_INFINITY : rows.time[index]);
  order.sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    return left < right ? -1 : left > right ? 1 : a - b;
  });
  const sorted: RawRows = { ...emptyCandles(rows.length), row: new Float64Array(rows.length) };
  for (const field of [...CANDLE_FIELDS, "row"] as const) {
    for (let i = 0; i < rows.length; i++) sorted[field][i] = rows[field][order[i]];
  }
  return sorted;
}
