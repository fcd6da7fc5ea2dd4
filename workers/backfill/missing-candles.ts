import type { CandleColumns } from "../core/candle/candle.ts";
import { indexAtTime } from "../core/candle/candle.ts";
import { candleOpen, type Timeframe, timeframeMs } from "../core/candle/timeframe.ts";
import { eachExpectedCandle, type TradingCalendar } from "../core/candle/trading-calendar.ts";
import type { TimeRange } from "../feed/source.ts";

/** What is asked for at once holds at most so many candles: about one page of a venue. */
const STRETCH_CANDLES_MAX = 1_000;

/**
 * Opens (UTC ms, rising) of the candles that `candles` lacks in `[from, to)` while the market traded. Weeks are expected
 * one after the other, as in `findGaps`.
 */
export function missingOpens(
  candles: CandleColumns,
  { timeframe, calendar, from, to }: TimeRange & { readonly timeframe: Timeframe; readonly calendar: TradingCalendar },
): number[] {
  const missing: number[] = [];
  let at = indexAtTime(candles, from);
  const visit = (open: number) => {
    while (at < candles.length && candles.time[at] < open) at++;
    if (at >= candles.length || candles.time[at] !== open) missing.push(open);
  };
  if (timeframe !== "1w") {
    eachExpectedCandle(calendar, { timeframe, from, to }, visit);
    return missing;
  }
  const week = timeframeMs("1w");
  const first = candleOpen(from, "1w");
  for (let open = first < from ? first + week : first; open < to; open += week) visit(open);
  return missing;
}

/** Stretches that hold all of `opens`: neighbours are joined as long as one page may bring them. */
export function stretchesOf(opens: readonly number[], timeframe: Timeframe): TimeRange[] {
  const length = timeframeMs(timeframe);
  const stretches: { from: number; to: number }[] = [];
  for (const open of opens) {
    const last = stretches.at(-1);
    const fits = last !== undefined && open + length - last.from <= STRETCH_CANDLES_MAX * length;
    // What is missing without a break is one question, however long: a venue says at once that it has nothing there.
    if (last !== undefined && (fits || open === last.to)) last.to = open + length;
    else stretches.push({ from: open, to: open + length });
  }
  return stretches;
}
