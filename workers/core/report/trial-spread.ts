import type { Timeframe } from "../candle/timeframe.ts";
import type { Statistics } from "./statistics.ts";

/**
 * Finished trials from which on their own spread is taken. The standard deviation of ten values is itself known to a
 * quarter (1 / √(2 · 9)); of fewer it says less than the error of a single estimate does.
 */
export const TRIALS_FOR_SPREAD_MIN = 10;

/** Sums over the daily Sharpe ratios of finished trials: all that their spread needs, whatever order they came in. */
export interface TrialSums {
  readonly finished: number;
  readonly sharpeSum: number;
  readonly sharpeSquares: number;
}

/**
 * Standard deviation (ddof 1) of the trials' daily Sharpe ratios, the σ of the deflated Sharpe ratio (Bailey and López de
 * Prado 2014); undefined where fewer than `TRIALS_FOR_SPREAD_MIN` have finished.
 */
export function sharpeDeviationOf({ finished, sharpeSum, sharpeSquares }: TrialSums): number | undefined {
  if (finished < TRIALS_FOR_SPREAD_MIN) return undefined;
  // Equal ratios may come out a rounding error below nothing.
  return Math.sqrt(Math.max(0, sharpeSquares - sharpeSum ** 2 / finished) / (finished - 1));
}

/**
 * The daily Sharpe ratio that a finished run adds to its trials; undefined where it has none: it never varied, or its
 * candles are weeks and its returns no daily ones.
 */
export function trialSharpe(run: {
  readonly timeframe: Timeframe;
  readonly statistics: Pick<Statistics, "sharpe" | "daysPerYear">;
}): number | undefined {
  const { sharpe, daysPerYear } = run.statistics;
  return sharpe === null || run.timeframe === "1w" ? undefined : sharpe / Math.sqrt(daysPerYear);
}
