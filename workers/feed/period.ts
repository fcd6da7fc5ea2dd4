import { monthEnd, monthOf, monthStart } from "../core/candle/month.ts";
import type { Timeframe } from "../core/candle/timeframe.ts";
import { HOUR_MS, timeframeMs } from "../core/candle/timeframe.ts";

/**
 * The stretch that the candle opening at `timeMs` is stored in: its UTC month below one hour (up to 44,640 candles), its
 * year from one hour on (up to 8,784), so that long ranges of large candles are few objects.
 */
export function periodOf(timeMs: number, timeframe: Timeframe): string {
  const month = monthOf(timeMs);
  return timeframeMs(timeframe) < HOUR_MS ? month : month.slice(0, 4);
}

/** First instant of a month or year, UTC ms. */
export function periodStart(period: string): number {
  return period.length === 4 ? monthStart(`${period}-01`) : monthStart(period);
}

/** First instant after a month or year, UTC ms. */
export function periodEnd(period: string): number {
  return period.length === 4 ? monthEnd(`${period}-12`) : monthEnd(period);
}

/** The periods that hold the opens of candles in `[from, to)`, in order. */
export function periodsOf(
  { from, to }: { readonly from: number; readonly to: number },
  timeframe: Timeframe,
): string[] {
  const periods: string[] = [];
  for (let at = from; at < to; at = periodEnd(periodOf(at, timeframe))) periods.push(periodOf(at, timeframe));
  return periods;
}
