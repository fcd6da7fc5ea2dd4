import type { RunSettings } from "../engine/settings.ts";
import { TRADES_MIN } from "./monte-carlo.ts";
import type { Robustness } from "./robustness.ts";
import type { Statistics } from "./statistics.ts";

/** One question asked of a result; `passed` is null where it does not apply. */
export interface Check {
  readonly id: "path" | "look-ahead" | "warm-up" | "cost" | "monte-carlo" | "sample";
  readonly title: string;
  readonly passed: boolean | null;
  readonly finding: string;
}

/** Trades below which averages over them say little. */
const SAMPLE_TRADES_MIN = 30;
/** Drift of an indicator that the loaded history leaves, as a share of its value. */
const DRIFT_MAX = 0.001;
/** Share of resampled paths that may lose before luck is a likely reason for the profit. */
const LOSS_PROBABILITY_MAX = 0.1;
/** Chance that the Sharpe ratio is above 0 with all trials counted, from which on it convinces: a test at 5 %. */
const DEFLATED_SHARPE_MIN = 0.95;
/** Checks whose failure says that the profit is not to be had again; the others say how exact its figures are. */
const DECISIVE: ReadonlySet<Check["id"]> = new Set(["path", "look-ahead", "cost", "monte-carlo"]);

export function checksOf(
  robustness: Robustness,
  statistics: Statistics,
  { monteCarloPaths }: Pick<RunSettings, "monteCarloPaths">,
): Check[] {
  const checks = [
    pathCheck(robustness),
    lookAheadCheck(robustness),
    warmUpCheck(robustness),
    costCheck(robustness),
    monteCarloCheck(robustness, statistics, monteCarloPaths),
    sampleCheck(statistics),
  ];
  if (statistics.trades > 0) return checks;
  return checks.map((check) => ({ ...check, passed: null, finding: "There are no trades to judge." }));
}

/**
 * What stands above a report: result, time, worst fall, whether it holds up with how many checks pass, and what buying and
 * holding did.
 */
export function verdictOf(
  statistics: Statistics,
  checks: readonly Check[],
  refused: readonly { readonly rule: string; readonly count: number }[],
): string {
  const { totalReturn, maxDrawdown, years, trades } = statistics;
  if (totalReturn === null || maxDrawdown === null) return "No candles were traded: the period holds none.";
  if (trades === 0) return idleVerdict(duration(years), refused);
  const headline = `${percent(totalReturn)} in ${duration(years)}, worst fall ${percent(maxDrawdown, false)}.`;
  const failed = checks.filter((check) => check.passed === false).map((check) => check.title.toLowerCase());
  const not = failed.length === 0 ? undefined : `Not: ${failed.join(", ")}.`;
  return [headline, holdsUp(statistics, checks), not, besideHolding(statistics)]
    .filter((part) => part !== undefined)
    .join(" ");
}

/** Whether a profit may be believed. However many checks pass, one that speaks of costs or luck outweighs them. */
function holdsUp({ totalReturn, deflatedSharpe }: Statistics, checks: readonly Check[]): string {
  const run = checks.filter((check) => check.passed !== null);
  const failed = run.filter((check) => check.passed === false);
  const score = `${run.length - failed.length} of ${run.length} checks`;
  // What loses does not "hold up", however sure its figures are.
  if ((totalReturn ?? 0) <= 0) return `A loss, whose figures pass ${score}.`;
  if (failed.some(({ id }) => DECISIVE.has(id))) return `Does not hold up: ${score}.`;
  if (failed.some(({ id }) => id === "sample")) return `Too few trades to tell: ${score}.`;
  if (deflatedSharpe === null || deflatedSharpe >= DEFLATED_SHARPE_MIN) return `Holds up: ${score}.`;
  const [own, least] = [deflatedSharpe, DEFLATED_SHARPE_MIN].map((share) => `${Math.floor(share * 100)} %`);
  return `May be luck: ${score}, but a deflated Sharpe of ${own}, where ${least} would convince.`;
}

function besideHolding({ totalReturn, buyHoldReturn, buyHoldMaxDrawdown }: Statistics): string | undefined {
  if (totalReturn === null || buyHoldReturn === null || buyHoldMaxDrawdown === null) return undefined;
  const figures = `${percent(buyHoldReturn)}, worst fall ${percent(buyHoldMaxDrawdown, false)}`;
  if (percent(totalReturn) === percent(buyHoldReturn)) return `Buying and holding made the same: ${figures}.`;
  return `Buying and holding did ${buyHoldReturn > totalReturn ? "better" : "worse"}: ${figures}.`;
}

function idleVerdict(time: string, refused: readonly { readonly rule: string; readonly count: number }[]): string {
  const count = refused.reduce((sum, row) => sum + row.count, 0);
  if (count === 0) return `No trades in ${time}: no order was filled.`;
  const rules = refused.map((row) => row.rule).join(", ");
  return `No trades in ${time}: ${counted(count, "order")} refused (${rules}).`;
}

function pathCheck({ path }: Robustness): Check {
  const base = { id: "path", title: "Path inside candles" } as const;
  if (path === null)
    return { ...base, passed: null, finding: "Market orders only: the path inside a candle cannot matter." };
  const range = `${percent(path.worst)} on the worst path, ${percent(path.best)} on the best`;
  const share = path.dependentShare === null ? "" : `; ${percent(path.dependentShare, false)} of trades depend on it`;
  return { ...base, passed: !path.sensitive, finding: `${range}${share}.` };
}

function lookAheadCheck({ lookAhead }: Robustness): Check {
  const base = { id: "look-ahead", title: "Look-ahead" } as const;
  if (lookAhead === null || lookAhead.signalsCompared === 0) {
    return { ...base, passed: null, finding: "Asked candle by candle: the strategy is never shown a later one." };
  }
  const count = lookAhead.differences.length;
  const finding =
    count === 0
      ? `${counted(lookAhead.signalsCompared, "signal")} compared: all the same with the future cut off at ${counted(lookAhead.cuts.length, "point")}.`
      : `${counted(count, "difference")} when the future is cut off: the strategy sees candles it could not have known.`;
  return { ...base, passed: count === 0, finding };
}

function warmUpCheck({ warmUp }: Robustness): Check {
  const base = { id: "warm-up", title: "Warm-up" } as const;
  if (warmUp === null)
    return { ...base, passed: null, finding: "Not checked: the history it needs is too long to run twice." };
  if (warmUp.readings.length === 0) return { ...base, passed: null, finding: "No indicator needs a history." };
  const missing = warmUp.readings.find((reading) => reading.short === null && reading.long !== null);
  if (missing !== undefined) {
    const finding = `${warmUp.warmup} candles of history leave ${missing.name} without a value.`;
    return { ...base, passed: false, finding };
  }
  const worst = warmUp.readings.reduce((a, b) => ((b.drift ?? 0) > (a.drift ?? 0) ? b : a));
  const drift = worst.drift ?? 0;
  const history = `${counted(warmUp.warmup, "candle")} of history`;
  const finding =
    drift < DRIFT_MAX / 2
      ? `${history} settle every indicator.`
      : `${history} leave ${worst.name} off by ${percent(drift, false)}.`;
  return { ...base, passed: drift <= DRIFT_MAX, finding };
}

function costCheck({ cost }: Robustness): Check {
  const base = { id: "cost", title: "Costs" } as const;
  if (cost === null) return { ...base, passed: null, finding: "The run has no costs to stress." };
  const doubled = cost.rows.find((row) => row.multiple === 2);
  const finding =
    cost.breakEven !== null
      ? `The profit is gone at ${cost.breakEven.toFixed(2)} times these fees and slippage.`
      : (doubled?.totalReturn ?? 0) > 0
        ? "Still profitable at three times these fees and slippage."
        : "Loses even without any costs.";
  return { ...base, passed: (doubled?.totalReturn ?? 0) > 0, finding };
}

function monteCarloCheck({ monteCarlo }: Robustness, statistics: Statistics, requested: number): Check {
  const base = { id: "monte-carlo", title: "Luck of the draw" } as const;
  if (monteCarlo === null) {
    const finding =
      requested === 0
        ? "No paths were asked for."
        : Math.max(statistics.closedTrades, statistics.openTrades) < TRADES_MIN
          ? "Too few trades to resample."
          : "Trades ran at the same time, and the days are too few to resample in their place.";
    return { ...base, passed: null, finding };
  }
  const { lossProbability, paths, drawdownP95, unit } = monteCarlo;
  const made = unit === "trades" ? "" : ` of blocks of ${unit}`;
  const fallen = unit === "trades" ? "one in twenty orders of the trades" : "one in twenty of them";
  const finding =
    `${percent(lossProbability, false)} of ${counted(paths, "resampled path")}${made} lose money; ` +
    `${fallen} falls ${percent(drawdownP95, false)} or more.`;
  return { ...base, passed: lossProbability <= LOSS_PROBABILITY_MAX, finding };
}

function sampleCheck({ closedTrades }: Statistics): Check {
  const passed = closedTrades >= SAMPLE_TRADES_MIN;
  const finding = passed
    ? `${closedTrades} closed trades.`
    : `${closedTrades} closed trades; averages of fewer than ${SAMPLE_TRADES_MIN} say little.`;
  return { id: "sample", title: "Sample size", passed, finding };
}

/** A number with its noun, thousands apart, such as "1,968 signals". */
export function counted(count: number, noun: string): string {
  const grouped = new Intl.NumberFormat("en-US").format(count);
  return `${grouped} ${noun}${count === 1 ? "" : "s"}`;
}

function percent(share: number, signed = true): string {
  const text = `${(Math.abs(share) * 100).toFixed(1)} %`;
  return share < 0 ? `\u2212${text}` : signed ? `+${text}` : text;
}

function duration(years: number): string {
  if (years >= 1) return `${years.toFixed(1)} years`;
  const days = years * 365.25;
  return days >= 60 ? `${(days / 30.4375).toFixed(1)} months` : `${Math.max(1, Math.round(days))} days`;
}
