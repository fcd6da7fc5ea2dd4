import { type CandleSeries, CHART_CANDLES_MAX } from "../../schema/wire/dataset.ts";
import type { MarketCandleSeries } from "../../schema/wire/market.ts";
import type { TimeSpan } from "../chart/chart-spec.ts";
import { timeframeLengthMs } from "../format/timeframe.ts";

/** Share of a bot's life that its chart shows before it. */
export const BEFORE_SHARE = 0.25;
/** So much further back than is wanted, as a share of it: what is wanted grows with a bot's life. */
const FURTHER_SHARE = 0.2;
/** Candles that a running market's chart goes back at least. */
const CANDLES_MIN = 300;
/** Of them, at the timeframe itself, where a life is shown at a larger one: three screens. */
const LATEST_CANDLES = 1_000;

/** The closed candles of a running market from an instant on, without a hole up to its moment. */
export interface CandleHistory {
  readonly series: CandleSeries;
  /** What was asked for; the market may begin later. UTC milliseconds of the market's time. */
  readonly from: number;
  /** Every candle that had closed by then is in the series. */
  readonly marketAt: number;
}

/** What a chart needs. Instants in UTC milliseconds of the market's time. */
export interface WantedCandles {
  /** The finest wanted: the API answers a larger one where there are too many. */
  readonly timeframe: CandleSeries["timeframe"];
  readonly from: number;
  /** The market's time as known. */
  readonly now: number;
}

/** What to ask the API for. `whole` takes the place of everything known, the rest continues it. */
export interface CandleAsk {
  readonly whole: boolean;
  readonly timeframe: CandleSeries["timeframe"];
  readonly from: number;
}

/** The stretch that the chart of a bot needs which began at `since`; the latest candles where that is not known. */
export function wantedCandles(
  timeframe: CandleSeries["timeframe"],
  { since, now }: { readonly since: number | null; readonly now: number },
): WantedCandles {
  const latest = now - CANDLES_MIN * timeframeLengthMs(timeframe);
  const life = since === null ? latest : since - BEFORE_SHARE * Math.max(0, now - since);
  return { timeframe, from: Math.floor(Math.min(latest, life)), now };
}

/** The latest stretch at the timeframe itself, for a chart that shows a long life at a larger one. */
export function latestCandles(timeframe: CandleSeries["timeframe"], now: number): WantedCandles {
  return { timeframe, from: now - LATEST_CANDLES * timeframeLengthMs(timeframe), now };
}

/** Whether all that is on screen lies within candles that begin at `fromMs`; undefined where there are none. */
export function isCloseUp(visible: TimeSpan | null, fromMs: number | undefined): boolean {
  return visible !== null && fromMs !== undefined && visible.fromMs > fromMs;
}

/** From the first candle's begin to the last one's end; undefined without a candle. */
export function spanOf(series: CandleSeries | undefined): TimeSpan | undefined {
  const last = series?.time.at(-1);
  if (series === undefined || last === undefined) return undefined;
  return { fromMs: series.time[0], toMs: last + timeframeLengthMs(series.timeframe) };
}

/** Whether the known candles do not go back as far as wanted: they have to be asked for as a whole. */
export function isTooShort(known: CandleHistory, wanted: WantedCandles): boolean {
  return known.from > wanted.from;
}

/**
 * What is missing from the known candles; undefined where nothing is. Only what followed is asked for, as long as all of
 * it fits a chart at the timeframe known.
 */
export function missingCandles(known: CandleHistory | undefined, wanted: WantedCandles): CandleAsk | undefined {
  const { timeframe, now } = wanted;
  const from = Math.floor(wanted.from - FURTHER_SHARE * (now - wanted.from));
  const whole = { whole: true, timeframe, from } as const;
  if (known === undefined || isTooShort(known, wanted)) return whole;
  const { series, marketAt } = known;
  const last = series.time.at(-1);
  if (last === undefined) return now > marketAt ? whole : undefined;
  const lengthMs = timeframeLengthMs(series.timeframe);
  // Counted from a candle that is there: weeks do not begin with the epoch.
  const nextClose = last + (Math.floor((marketAt - last) / lengthMs) + 1) * lengthMs;
  if (now < nextClose) return undefined;
  const count = series.time.length + Math.ceil((now - last) / lengthMs);
  return count >= CHART_CANDLES_MAX ? whole : { whole: false, timeframe: series.timeframe, from: last };
}

/**
 * The candles known after the API has answered; undefined where the answer does not continue them, so that the whole has
 * to be asked for.
 */
export function continuedCandles(
  known: CandleHistory | undefined,
  { whole, from }: CandleAsk,
  answer: MarketCandleSeries,
): CandleHistory | undefined {
  const { instrument: _instrument, marketAt, ...columns } = answer;
  // Charts draw the candles of datasets; these are of none.
  const fresh: CandleSeries = { datasetId: "", ...columns };
  if (whole) return { series: fresh, from, marketAt };
  if (known === undefined || fresh.timeframe !== known.series.timeframe) return undefined;
  const { series } = known;
  const firstFresh = series.time.findIndex((time) => time >= from);
  const kept = firstFresh < 0 ? series.time.length : firstFresh;
  const join = (column: (typeof COLUMNS)[number]) => [...series[column].slice(0, kept), ...fresh[column]];
  return {
    ...{ from: known.from, marketAt },
    series: {
      ...{ datasetId: "", timeframe: series.timeframe, time: join("time"), open: join("open"), high: join("high") },
      ...{ low: join("low"), close: join("close"), volume: join("volume") },
    },
  };
}

/** The candles known with all that is missing, as `ask` answers it. Rejects as it does. */
export async function completedCandles(
  known: CandleHistory | undefined,
  wanted: WantedCandles,
  ask: (missing: CandleAsk) => Promise<MarketCandleSeries>,
): Promise<CandleHistory> {
  const missing = missingCandles(known, wanted);
  if (missing !== undefined) {
    const next = continuedCandles(known, missing, await ask(missing));
    return next ?? (await completedCandles(undefined, wanted, ask));
  }
  return known ?? (await completedCandles(undefined, wanted, ask));
}

const COLUMNS = ["time", "open", "high", "low", "close", "volume"] as const;
