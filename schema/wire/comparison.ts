import { z } from "zod";
import { Backtest } from "./backtest.ts";
import { EquitySeries, Overview } from "./report.ts";

// Five lines in one chart can still be told apart.
export const COMPARED_RUNS_MAX = 5;

export const CompareQuery = z.strictObject({
  /** Two to five ids of finished runs, separated by commas, in the order in which they are shown. */
  ids: z.string().max(61 * COMPARED_RUNS_MAX),
});
export type CompareQuery = z.infer<typeof CompareQuery>;

export const Comparison = z.object({
  rows: z.array(z.object({ run: Backtest, overview: Overview, equity: EquitySeries })),
  /** Paths of the settings that are not the same in all runs, such as `fees.taker`. */
  differing: z.array(z.string()),
});
export type Comparison = z.infer<typeof Comparison>;
