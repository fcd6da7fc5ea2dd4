import { z } from "zod";
import { CandleQuery, CandleSeries } from "./dataset.ts";
import { TimeMs } from "./primitive.ts";

/** Which market: the simulated one as it runs, or that of an account, which may be a replay. */
export const MarketQuery = z.strictObject({
  instrument: z.string().max(60),
  accountId: z.string().max(60).optional(),
});
export type MarketQuery = z.infer<typeof MarketQuery>;

export const MarketCandleQuery = CandleQuery.extend(MarketQuery.shape).strict();
export type MarketCandleQuery = z.infer<typeof MarketCandleQuery>;

/** Closed candles of a market up to its moment, as columns, oldest first. */
export const MarketCandleSeries = CandleSeries.omit({ datasetId: true }).extend({
  instrument: z.string(),
  /** The market's time: the last candle had closed by then. */
  marketAt: TimeMs,
});
export type MarketCandleSeries = z.infer<typeof MarketCandleSeries>;

/** Where a replayed market is. */
export const ReplayState = z.object({
  status: z.enum(["paused", "playing", "ended"]),
  marketAt: TimeMs,
  /** First instant played, and the end of the data. */
  from: TimeMs,
  to: TimeMs,
  /** Times real time. */
  speed: z.number(),
  /** Listeners that did not answer the last call: the market waits for them. */
  waitingFor: z.number().int(),
});
export type ReplayState = z.infer<typeof ReplayState>;
