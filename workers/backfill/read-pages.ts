import type { MarketData } from "../brokers/market-data.ts";
import { VenueRefusal, VenueSilence } from "../brokers/request/venue-reply.ts";
import type { VenueInstrument } from "../brokers/venue-client.ts";
import type { CandleColumns } from "../core/candle/candle.ts";
import type { CandleCheck } from "../core/candle/candle-check.ts";
import { type Timeframe, timeframeMs } from "../core/candle/timeframe.ts";
import type { TimeRange } from "../feed/source.ts";

/** One series of a venue. */
export interface VenueSeries {
  readonly data: MarketData;
  readonly instrument: VenueInstrument;
  readonly timeframe: Timeframe;
}

/** What may be asked for before what came is stored. */
export interface PageShare {
  /** Told of each page that came; false once no further one is to be asked for. */
  goesOn(candles: number): boolean;
}

export interface PagesRead {
  /** Those that pass the check, in order of time. */
  readonly parts: readonly CandleColumns[];
  /** Everything that opens before it was asked for, and came where the venue has it. */
  readonly reached: number;
  /** The venue has nothing more before the end. */
  readonly ended: boolean;
  readonly requests: number;
  /** Why it was left off before; what came until then is above. */
  readonly stopped: VenueSilence | VenueRefusal | undefined;
}

/**
 * Reads candles that open in `[from, to)`, page by page. A page that does not reach the end is not believed to be the last:
 * the rest is asked for until nothing comes, since a page that is cut short looks like one that ends.
 */
export async function readPages(
  series: VenueSeries,
  { from, to }: TimeRange,
  { share, check }: { readonly share: PageShare; readonly check: CandleCheck },
): Promise<PagesRead> {
  const { data, instrument, timeframe } = series;
  const parts: CandleColumns[] = [];
  let [at, requests] = [from, 0];
  const read = (rest: Pick<PagesRead, "ended" | "stopped">): PagesRead => ({ parts, reached: at, requests, ...rest });
  while (at < to) {
    try {
      const { candles, next } = await data.candles({ instrument, timeframe, from: at, to });
      requests++;
      const end = next ?? endOf(candles, timeframe);
      if (end === undefined) return read({ ended: true, stopped: undefined });
      if (end <= at) throw new VenueSilence(`a page must lead beyond ${at}, led to ${end}`, { isSent: true });
      const kept = check.push(candles);
      if (kept.length > 0) parts.push(kept);
      at = end;
      if (at < to && !share.goesOn(candles.length)) return read({ ended: false, stopped: undefined });
    } catch (error) {
      if (!(error instanceof VenueSilence || error instanceof VenueRefusal)) throw error;
      return read({ ended: false, stopped: error });
    }
  }
  return read({ ended: true, stopped: undefined });
}

function endOf({ length, time }: CandleColumns, timeframe: Timeframe): number | undefined {
  return length === 0 ? undefined : time[length - 1] + timeframeMs(timeframe);
}
