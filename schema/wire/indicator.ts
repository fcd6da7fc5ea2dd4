import { z } from "zod";
import { Timeframe } from "./primitive.ts";

/** Which stretch of a run's candles; left out, the run's newest candles. `symbol` may be left out with one market. */
export const IndicatorQuery = z.object({
  symbol: z.string().max(60).optional(),
  from: z.coerce.number().int().min(-8.64e15).max(8.64e15).optional(),
  to: z.coerce.number().int().min(-8.64e15).max(8.64e15).optional(),
});
export type IndicatorQuery = z.infer<typeof IndicatorQuery>;

/** One line of a strategy's indicators; `values` are null while it warms up. */
export const IndicatorLine = z.object({
  /** As the strategy writes it, parameters filled in, such as `sma(close, 20)`. */
  name: z.string(),
  /** `price` belongs on the price's axis (averages, bands, stops), `own` in a pane of its own (RSI, MACD, ATR). */
  scale: z.enum(["price", "own"]),
  /** What an `own` line measures, such as `rsi` or `volume`: lines of one unit share a pane. */
  unit: z.string().optional(),
  values: z.array(z.number().nullable()),
});
export type IndicatorLine = z.infer<typeof IndicatorLine>;

/**
 * A strategy's indicators on the candles of a window: `time` (opens, UTC ms) and every line's `values` are columns of one
 * length. `truncated` says that the window held more than was computed; what is given is then its newest part.
 */
export const IndicatorSeries = z.object({
  timeframe: Timeframe,
  time: z.array(z.number()),
  series: z.array(IndicatorLine),
  truncated: z.boolean(),
});
export type IndicatorSeries = z.infer<typeof IndicatorSeries>;
