import type { CandleColumns } from "../../core/candle/candle.ts";
import { CANDLE_FIELDS, emptyCandles } from "../../core/candle/candle.ts";
import type { TimeRange } from "../source.ts";

/** Both series in order of time; at a time that both hold, the candle of `newer` stands. */
export function mergeCandles(older: CandleColumns, newer: CandleColumns): CandleColumns {
  const merged = emptyCandles(older.length + newer.length);
  let [left, right, out] = [0, 0, 0];
  while (left < older.length || right < newer.length) {
    const fromNewer = left >= older.length || (right < newer.length && newer.time[right] <= older.time[left]);
    if (fromNewer && left < older.length && newer.time[right] === older.time[left]) left++;
    const [source, at] = fromNewer ? [newer, right++] : [older, left++];
    for (const field of CANDLE_FIELDS) merged[field][out] = source[field][at];
    out++;
  }
  return { ...merged, length: out };
}

/** `candles` with everything that opens in `range` replaced by `replacement`, whose candles all open in it. */
export function replaceRange(candles: CandleColumns, range: TimeRange, replacement: CandleColumns): CandleColumns {
  const outside = emptyCandles(candles.length);
  let kept = 0;
  for (let i = 0; i < candles.length; i++) {
    if (candles.time[i] >= range.from && candles.time[i] < range.to) continue;
    for (const field of CANDLE_FIELDS) outside[field][kept] = candles[field][i];
    kept++;
  }
  return mergeCandles({ ...outside, length: kept }, replacement);
}
