import type { Timeframe } from "../../core/candle/timeframe.ts";

/**
 * Names of our timeframes at the venue. Its candles of two hours and more, and its weeks, begin where an exchange's day
 * does, which is no fixed hour for us; larger ones are made of these.
 */
export const TWELVEDATA_INTERVALS: Partial<Readonly<Record<Timeframe, string>>> = {
  "1m": "1min",
  "5m": "5min",
  "15m": "15min",
  "30m": "30min",
  "1h": "1h",
  "1d": "1day",
};

/** Hours of stocks begin at half past nine there, which is on no grid of ours. */
export const STOCK_INTERVALS: readonly Timeframe[] = ["1m", "5m", "15m", "30m", "1d"];

/** Candles that one reply brings at most. */
export const CANDLES_MAX = 5_000;
