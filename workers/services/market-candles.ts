import type { MarketCandleQuery, MarketCandleSeries } from "../../schema/wire/market.ts";
import { type CandleColumns, sliceCandles } from "../core/candle/candle.ts";
import { candleOpen, DAY_MS, divides, MINUTE_MS, timeframeMs } from "../core/candle/timeframe.ts";
import { SIM_CANDLES_MAX } from "../core/sim/sim-candles.ts";
import { chartCandles } from "../feed/chart-candles.ts";
import { replayFeed } from "../feed/live/market-feed.ts";
import { simSources } from "../feed/sim-source.ts";
import { type CandleSource, clipCandles } from "../feed/source.ts";
import { venueSources } from "../feed/venue-source.ts";
import { invalid, notFound } from "../platform/problem-error.ts";
import { instrumentMarket } from "./account-market.ts";
import { candleSources } from "./candle-sources.ts";
import { answeredByVenue } from "./connections/answered-by-venue.ts";
import { findDataset } from "./dataset.ts";
import type { ServiceContext } from "./service-context.ts";
import { SIMULATED_SEED } from "./simulated-datasets.ts";
import { venueMarket } from "./venue-market.ts";

/** A stock trades a fifth of the week: so much longer than its candles is the time that holds them. */
const OPEN_SHARE = 6;
/** Longest holiday weekend that the newest candles may lie behind. */
const CLOSED_MS_MAX = 5 * DAY_MS;
/** How far back the newest candles are looked for: half a second's work on the simulated market. */
const LOOK_BACK_MS_MAX = 5 * 365 * DAY_MS;

/**
 * Candles of a market that have closed by its moment: the newest `limit`, or those of a stretch, at a larger timeframe
 * where it would hold more. Throws 404 and 422.
 */
export async function readMarketCandles(call: {
  ctx: ServiceContext;
  input: MarketCandleQuery;
}): Promise<MarketCandleSeries> {
  const { ctx, input } = call;
  const { from, limit, timeframe, instrument } = input;
  if (from !== undefined && input.to !== undefined && from >= input.to) {
    throw invalid("from", "must be before to", from);
  }
  const { marketAt, sources } = await answeredByVenue(() => openMarket(ctx, input));
  const [base] = sources;
  if (base === undefined) throw notFound("market");
  if (timeframe !== undefined && !divides(base.timeframe, timeframe)) {
    throw invalid("timeframe", `must be a multiple of the market's, ${base.timeframe}`, timeframe);
  }
  const to = Math.min(input.to ?? marketAt, marketAt);
  const wanted = timeframe ?? base.timeframe;
  const stretch = { sources, to, timeframe: wanted };
  const chart = await answeredByVenue(() =>
    from === undefined
      ? chartCandles({ ...stretch, from: lookBack(to, wanted, limit), limit: SIM_CANDLES_MAX })
      : chartCandles({ ...stretch, from, limit }),
  );
  const closed = closedBy(chart.candles, marketAt - timeframeMs(chart.timeframe));
  const newest = sliceCandles(closed, Math.max(0, closed.length - limit), closed.length);
  const column = (values: Float64Array) => Array.from(values);
  const { time, open, high, low, close, volume } = newest;
  return {
    ...{ instrument, timeframe: chart.timeframe, marketAt, time: column(time), open: column(open) },
    ...{ high: column(high), low: column(low), close: column(close), volume: column(volume) },
  };
}

/** The series of a market that hold nothing its moment does not know. */
async function openMarket(
  ctx: ServiceContext,
  input: MarketCandleQuery,
): Promise<{ marketAt: number; sources: readonly CandleSource[] }> {
  const market = await instrumentMarket(ctx, input);
  if (market.kind === "sim") {
    const marketAt = Math.floor(ctx.now() / MINUTE_MS) * MINUTE_MS;
    const from = candleOpen(input.from ?? lookBack(marketAt, input.timeframe ?? "1m", input.limit), "1w");
    const symbol = input.instrument.replace(/^SIM:/, "");
    const sources = simSources({ seed: SIMULATED_SEED, symbol, timeframe: "1m", from, to: marketAt });
    return { marketAt, sources };
  }
  if (market.kind === "venue") {
    const marketAt = Math.floor(ctx.now() / MINUTE_MS) * MINUTE_MS;
    const series = { ...(await venueMarket(ctx, { ...input, accountId: market.accountId })), timeframe: "1m" as const };
    const from = candleOpen(input.from ?? lookBack(marketAt, input.timeframe ?? "1m", input.limit), "1w");
    return { marketAt, sources: venueSources(series, { from, to: marketAt }) };
  }
  const { object } = await replayFeed(ctx.env, { ownerId: ctx.ownerId, accountId: market.accountId });
  const state = await object.state({ ownerId: ctx.ownerId });
  if (state === undefined) throw notFound("market");
  const row = await findDataset(ctx, market.datasetId);
  const sources = (await candleSources(ctx, row)).map((source) => upTo(source, state.marketAt));
  return { marketAt: state.marketAt, sources };
}

function lookBack(to: number, timeframe: MarketCandleSeries["timeframe"], limit: number): number {
  return to - Math.min(LOOK_BACK_MS_MAX, limit * timeframeMs(timeframe) * OPEN_SHARE + CLOSED_MS_MAX);
}

/** The source as it was at a moment: without the candles that had not closed. */
function upTo(source: CandleSource, marketAt: number): CandleSource {
  const openBefore = marketAt - timeframeMs(source.timeframe) + 1;
  return {
    ...source,
    to: Math.max(source.from, Math.min(source.to, marketAt)),
    read: async (month) => clipCandles(await source.read(month), { from: source.from, to: openBefore }),
  };
}

/** The candles that open by `lastOpen`. */
function closedBy(candles: CandleColumns, lastOpen: number): CandleColumns {
  return clipCandles(candles, { from: Number.NEGATIVE_INFINITY, to: lastOpen + 1 });
}
