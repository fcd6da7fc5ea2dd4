import { HOUR_MS } from "../candle/timeframe.ts";

/** Perpetual futures settle funding at 00:00, 08:00 and 16:00 UTC. */
const FUNDING_PERIOD_MS = 8 * HOUR_MS;

/** How many funding times lie in `[fromMs, toMs)`. */
export function fundingTimes(fromMs: number, toMs: number): number {
  return Math.ceil(toMs / FUNDING_PERIOD_MS) - Math.ceil(fromMs / FUNDING_PERIOD_MS);
}
