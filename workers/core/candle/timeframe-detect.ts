import type { Timeframe } from "./timeframe.ts";
import { TIMEFRAMES, timeframeMs } from "./timeframe.ts";

/** Share of all steps that the commonest timeframe-sized step must reach; below it the file is no candle series. */
const COMMON_STEP_SHARE_MIN = 0.2;

export type TimeframeFinding =
  | { readonly type: "found"; readonly timeframe: Timeframe }
  /** `stepMs` is the commonest distance of neighbours, which no timeframe of the product has. */
  | { readonly type: "unknown"; readonly stepMs: number }
  | { readonly type: "too-few" };

/**
 * The timeframe of a series from its first `length` times (UTC ms, in any order): the smallest timeframe that is the
 * step between neighbours often enough. Steps over breaks and gaps are larger and do not disturb it.
 */
export function detectTimeframe(times: Float64Array, length: number): TimeframeFinding {
  const sorted = times.slice(0, length).sort();
  const steps = new Map<number, number>();
  let total = 0;
  for (let i = 1; i < length; i++) {
    const step = sorted[i] - sorted[i - 1];
    if (!(step > 0)) continue;
    steps.set(step, (steps.get(step) ?? 0) + 1);
    total++;
  }
  if (total === 0) return { type: "too-few" };
  for (const timeframe of TIMEFRAMES) {
    if ((steps.get(timeframeMs(timeframe)) ?? 0) >= total * COMMON_STEP_SHARE_MIN) return { type: "found", timeframe };
  }
  const [stepMs] = [...steps].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
  return { type: "unknown", stepMs };
}
