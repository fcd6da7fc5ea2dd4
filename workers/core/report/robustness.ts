import type { LaneResult, RunResult } from "../engine/result.ts";
import { defined, sharpeRatio } from "./formulas.ts";
import { type MonteCarlo, monteCarlo } from "./monte-carlo.ts";
import { dailyReturns, periodsPerYear } from "./statistics.ts";

export interface PathBounds {
  readonly worst: number;
  /** Return on the path that the run itself took. */
  readonly own: number;
  readonly best: number;
  readonly dependentShare: number | null;
  readonly sensitive: boolean;
}

export interface CostStress {
  readonly rows: { multiple: number; totalReturn: number; sharpe: number | null }[];
  readonly breakEven: number | null;
}

export interface Robustness {
  readonly path: PathBounds | null;
  readonly lookAhead: {
    cuts: number[];
    signalsCompared: number;
    differences: { cut: number; time: number; before: string; after: string }[];
  } | null;
  readonly warmUp: {
    warmup: number;
    readings: { name: string; short: number | null; long: number | null; drift: number | null }[];
  } | null;
  readonly cost: CostStress | null;
  readonly monteCarlo: MonteCarlo | null;
}

/** Distance between worst and best path, against the result itself, from which on luck inside candles decides. */
const PATH_SPREAD_MAX = 0.25;
/** Results smaller than this are compared with it, so that a result near zero is not called a lonely extreme. */
const RETURN_FLOOR = 0.02;

export function robustnessOf(result: RunResult): Robustness {
  return {
    path: pathBounds(result),
    lookAhead:
      result.lookAhead === undefined
        ? null
        : {
            cuts: [...result.lookAhead.cuts],
            signalsCompared: result.lookAhead.compared,
            differences: result.lookAhead.differences.map((row) => ({ ...row })),
          },
    warmUp: warmUpDrift(result),
    cost: costStress(result),
    monteCarlo: monteCarlo(result) ?? null,
  };
}

function pathBounds(result: RunResult): PathBounds | null {
  const { main, worst, best } = result;
  if (worst === undefined || best === undefined) return null;
  const { cash } = result.definition.settings;
  const [low, middle, high] = [worst, main, best].map((lane) => lane.finalEquity / cash - 1);
  const spread = Math.abs(high - low) / Math.max(Math.abs(middle), RETURN_FLOOR);
  return {
    worst: low,
    own: middle,
    best: high,
    dependentShare: dependentShare(worst, best),
    sensitive: spread > PATH_SPREAD_MAX || Math.sign(low) * Math.sign(high) < 0,
  };
}

/** Share of the worst path's trades that the best path does not end at the same time, price and reason. */
function dependentShare(worst: LaneResult, best: LaneResult): number | null {
  const others = new Map(best.trades.outcomes().map(({ entry, end }) => [entry, end]));
  const trades = worst.trades.outcomes();
  const same = trades.filter(({ entry, end }) => others.get(entry) === end).length;
  return trades.length === 0 ? null : 1 - same / trades.length;
}

function warmUpDrift(result: RunResult): Robustness["warmUp"] {
  if (result.warmUp === undefined) return null;
  const readings = result.warmUp.readings.map(({ name, short, long }) => {
    const size = Math.max(Math.abs(long), Math.abs(short));
    const drift = size === 0 ? 0 : Math.abs(short - long) / size;
    return { name, short: defined(short), long: defined(long), drift: defined(drift) };
  });
  return { warmup: result.warmUp.warmup, readings };
}

function costStress(result: RunResult): CostStress | null {
  if (result.stressed.length === 0) return null;
  const { cash, riskFree } = result.definition.settings;
  const daysPerYear = periodsPerYear(result.definition);
  const rows = [result.main, ...result.stressed]
    .map((lane) => ({
      multiple: lane.variant.cost,
      totalReturn: lane.finalEquity / cash - 1,
      sharpe: defined(sharpeRatio(dailyReturns(lane.daily, cash), riskFree, daysPerYear)),
    }))
    .sort((a, b) => a.multiple - b.multiple);
  return { rows, breakEven: breakEvenMultiple(rows) };
}

/** Multiple of the costs at which the return is zero, between the multiples tried; null where none of them loses. */
function breakEvenMultiple(rows: CostStress["rows"]): number | null {
  for (let i = 1; i < rows.length; i++) {
    const [before, after] = [rows[i - 1], rows[i]];
    if (before.totalReturn > 0 && after.totalReturn <= 0) {
      const share = before.totalReturn / (before.totalReturn - after.totalReturn);
      return before.multiple + share * (after.multiple - before.multiple);
    }
  }
  return null;
}
