import { CandleAggregator } from "../candle/aggregator.ts";
import type { CandleColumns } from "../candle/candle.ts";
import { joinCandles, sliceCandles } from "../candle/candle.ts";
import { monthEnd, monthOf, monthStart, nextMonth } from "../candle/month.ts";
import type { Timeframe } from "../candle/timeframe.ts";
import { candleOpen, DAY_MS, timeframeMs } from "../candle/timeframe.ts";
import { SimMinutes } from "./sim-minutes.ts";
import { SIM_FROM_MS, SIM_TO_MS } from "./sim-timeline.ts";

/** The world that demo data come from. */
export const SIM_DEMO_SEED = 20_240;

/** Candles one call may return: a year of minutes, 29 MB of columns, a fraction of an isolate's memory. */
export const SIM_CANDLES_MAX = 600_000;

/** Days of minutes held at a time while larger candles are made from them. */
const BATCH_DAYS = 14;

/** Which candles of the simulated market: those of `timeframe` that open at or after `from` and close by `to`. */
export interface SimRequest {
  readonly seed: number;
  /** Such as `BTC-USD`. */
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from: number;
  readonly to: number;
}

/**
 * Candles of the simulated market, a pure function of the request: any cut of a span gives the same candles, and larger
 * ones are the aggregate of their minutes. Time outside 2008 to 2032 holds none. Throws RangeError for an unknown
 * symbol, a span that is not one, or one of more than `SIM_CANDLES_MAX` candles. Larger candles cost their minutes (about
 * 0.2 µs each): a year of days takes some 0.1 s, all 25 years about 2 s.
 */
export function simCandles(request: SimRequest): CandleColumns {
  const { from, to } = clip(request);
  if ((to - from) / timeframeMs(request.timeframe) > SIM_CANDLES_MAX) {
    throw new RangeError(`the span must hold at most ${SIM_CANDLES_MAX} candles; ask month by month instead`);
  }
  return generate(new SimMinutes(request), { timeframe: request.timeframe, from, to });
}

/** The candles of `simCandles` month by month (UTC, by open time), in constant memory. Months without candles are left out. */
export function* simMonths(
  request: SimRequest,
): Generator<{ readonly month: string; readonly candles: CandleColumns }, void, undefined> {
  const { from, to } = clip(request);
  const minutes = new SimMinutes(request);
  const length = timeframeMs(request.timeframe);
  for (let month = monthOf(from); monthStart(month) < to; month = nextMonth(month)) {
    // The last candle that opens in a month may close in the next one.
    const span = { from: Math.max(from, monthStart(month)), to: Math.min(to, monthEnd(month) + length) };
    const candles = generate(minutes, { timeframe: request.timeframe, ...span, openBefore: monthEnd(month) });
    if (candles.length > 0) yield { month, candles };
  }
}

function clip({ from, to }: SimRequest): { readonly from: number; readonly to: number } {
  if (!(from <= to)) throw new RangeError(`from must not be after to, was ${from} after ${to}`);
  return { from: Math.max(from, SIM_FROM_MS), to: Math.min(to, SIM_TO_MS) };
}

function generate(
  minutes: SimMinutes,
  {
    timeframe,
    from,
    to,
    openBefore = to,
  }: { readonly timeframe: Timeframe; readonly from: number; readonly to: number; readonly openBefore?: number },
): CandleColumns {
  const length = timeframeMs(timeframe);
  const opened = candleOpen(from, timeframe);
  const start = opened < from ? opened + length : opened;
  const end = Math.min(candleOpen(to, timeframe), candleOpen(openBefore - 1, timeframe) + length);
  if (timeframe === "1m") return minutes.candles(start, Math.max(start, end));
  const aggregator = new CandleAggregator({ from: "1m", to: timeframe });
  const parts: CandleColumns[] = [];
  for (let at = start; at < end; at += BATCH_DAYS * DAY_MS) {
    const closed = aggregator.push(minutes.candles(at, Math.min(end, at + BATCH_DAYS * DAY_MS)));
    parts.push(sliceCandles(closed, 0, closed.length));
  }
  // A candle that ends in closed time is complete although its last minute never comes.
  parts.push(aggregator.flush());
  return joinCandles(parts);
}
