import type { MarketData } from "../brokers/market-data.ts";
import type { VenueInstrument } from "../brokers/venue-client.ts";
import { type CandleColumns, emptyCandles, joinCandles } from "../core/candle/candle.ts";
import { CandleCheck } from "../core/candle/candle-check.ts";
import { divides, type Timeframe, timeframeMs } from "../core/candle/timeframe.ts";
import { periodEnd, periodStart, periodsOf } from "./period.ts";
import { type CandleSource, clipCandles, type TimeRange } from "./source.ts";

/** Pages of one stretch: a month of minutes at 1,000 a page is 45; more is a venue that does not come to an end. */
const PAGES_MAX = 500;

/** A series as a venue tells it when asked, over `[from, to)`. Nothing of it is kept. */
export function venueSource(
  { data, instrument, timeframe }: { data: MarketData; instrument: VenueInstrument; timeframe: Timeframe },
  { from, to }: TimeRange,
): CandleSource {
  return {
    timeframe,
    from,
    to,
    candles: Math.max(0, Math.floor((to - from) / timeframeMs(timeframe))),
    months: (asked = { from, to }) =>
      periodsOf({ from: Math.max(asked.from, from), to: Math.min(asked.to, to) }, timeframe),
    read: (month) => {
      const stretch = { from: Math.max(from, periodStart(month)), to: Math.min(to, periodEnd(month)) };
      return readCandles({ data, instrument, timeframe }, stretch);
    },
  };
}

/** The series at a base timeframe and at the larger ones of the venue, smallest first: wide charts read those. */
export function venueSources(
  { data, instrument, timeframe }: { data: MarketData; instrument: VenueInstrument; timeframe: Timeframe },
  range: TimeRange,
): readonly CandleSource[] {
  const larger = (["1h", "1d"] as const).filter(
    (one) => one !== timeframe && divides(timeframe, one) && data.timeframes.includes(one),
  );
  return [timeframe, ...larger].map((one) => venueSource({ data, instrument, timeframe: one }, range));
}

/**
 * Closed candles that open in `[from, to)`, page by page; those that break a rule are left out, whatever the venue. Throws
 * where its pages do not go forward.
 */
export async function readCandles(
  { data, instrument, timeframe }: { data: MarketData; instrument: VenueInstrument; timeframe: Timeframe },
  { from, to }: TimeRange,
): Promise<CandleColumns> {
  const parts: CandleColumns[] = [];
  const check = new CandleCheck({ timeframe });
  let at: number | undefined = from;
  for (let pages = 0; at !== undefined && at < to && pages < PAGES_MAX; pages++) {
    const { candles, next } = await data.candles({ instrument, timeframe, from: at, to });
    const kept = check.push(candles);
    if (kept.length > 0) parts.push(kept);
    if (next !== undefined && next <= at) throw new Error(`a page must begin after ${at}, began at ${next}`);
    at = next;
  }
  return parts.length === 0 ? emptyCandles(0) : clipCandles(joinCandles(parts), { from, to });
}
