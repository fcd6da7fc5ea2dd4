import { timeframeMs } from "../candle/timeframe.ts";
import { DEFAULT_PROGRAM_COST } from "../strategy/strategy.ts";
import { variantsOf } from "./lanes.ts";
import type { RunDefinition } from "./settings.ts";

/** What trading one candle in one variant takes where orders fill all the time, in nanoseconds, measured. */
const LANE_CANDLE_NS = 800;

/** Checking, hashing and aggregating a candle, and noting what the account came to, in nanoseconds. */
const CANDLE_NS = 200;

/** The look-ahead check and copies of columns: what programs over columns take once more at most. */
const COLUMN_CHECKS_FACTOR = 2;

/**
 * About how long a run takes for each candle that is pushed, in nanoseconds of processor time on a common server. It is
 * an upper estimate, for cutting the work into turns and messages; nothing that is traded depends on it.
 */
export function candleCostNs(definition: RunDefinition): number {
  const { strategy, parameters, instruments, timeframe } = definition;
  const lanes = variantsOf(definition).length;
  const { form, candleNs } = strategy.cost?.(parameters) ?? DEFAULT_PROGRAM_COST;
  const times = form === "stepped" ? lanes : COLUMN_CHECKS_FACTOR;
  // The strategy sees candles of the run's timeframe only: as many as the largest pushed ones make.
  const pushedMs = Math.max(...instruments.map((entry) => timeframeMs(entry.timeframe)));
  const share = Math.min(1, pushedMs / timeframeMs(timeframe));
  return CANDLE_NS + lanes * LANE_CANDLE_NS + times * candleNs * share;
}
