import { DAY_MS } from "../candle/timeframe.ts";
import type { DailyEquity } from "../engine/daily-equity.ts";
import type { RunResult } from "../engine/result.ts";
import type { RunDefinition } from "../engine/settings.ts";
import type { TradeRow } from "../engine/trade-log.ts";
import {
  alphaBeta,
  dailySharpe,
  defined,
  deviation,
  expectedMaxSharpe,
  mean,
  probabilisticSharpe,
  quantile,
  sharpeRatio,
  sharpeVariance,
  sortinoRatio,
} from "./formulas.ts";
import { type TradeStatistics, tradeStatistics } from "./trade-statistics.ts";

const YEAR_DAYS = 365.25;

/** Trials of the same user on the same data, this run included, and how their daily Sharpe ratios spread. */
export interface Trials {
  readonly count: number;
  /** Standard deviation of the trials' daily Sharpe ratios; undefined takes the error of this run's own estimate. */
  readonly sharpeDeviation?: number | undefined;
}

/**
 * Statistics of a run. Rates are shares (0.1 = 10 %), durations milliseconds, amounts quote currency. What is not
 * defined (no trades, no variance, no time) is null.
 */
export interface Statistics extends TradeStatistics {
  readonly initialCash: number;
  readonly finalEquity: number;
  readonly netProfit: number;
  readonly totalReturn: number | null;
  readonly years: number;
  readonly cagr: number | null;
  readonly volatility: number | null;
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly calmar: number | null;
  readonly maxDrawdown: number | null;
  readonly maxDrawdownCash: number | null;
  readonly drawdownDurationMs: number | null;
  readonly drawdownOpen: boolean;
  readonly ulcer: number | null;
  readonly recoveryFactor: number | null;
  readonly valueAtRisk: number | null;
  readonly conditionalValueAtRisk: number | null;
  readonly exposure: number | null;
  readonly turnover: number | null;
  readonly feesPaid: number;
  readonly slippagePaid: number;
  readonly fundingPaid: number;
  readonly liquidations: number;
  readonly buyHoldReturn: number | null;
  readonly buyHoldCagr: number | null;
  readonly buyHoldMaxDrawdown: number | null;
  readonly buyHoldSharpe: number | null;
  readonly buyHoldVolatility: number | null;
  readonly alpha: number | null;
  readonly beta: number | null;
  readonly probabilisticSharpe: number | null;
  readonly deflatedSharpe: number | null;
  readonly trials: number;
  /** What deflated the Sharpe ratio: the trials' own spread, or the error of this run's estimate in its place. */
  readonly trialSpread: "trials" | "estimate";
  readonly days: number;
  readonly daysPerYear: number;
}

/** Every statistic of engine section "Report", from the run's daily equity, its draw-downs and its trades. */
export function statisticsOf(result: RunResult, trades: readonly TradeRow[], trials: Trials): Statistics {
  const { main, drawdown } = result;
  const { cash, riskFree } = result.definition.settings;
  const daysPerYear = periodsPerYear(result.definition);
  const years = result.to > result.from ? (result.to - result.from) / DAY_MS / YEAR_DAYS : 0;
  const returns = dailyReturns(main.daily, cash);
  const market = dailyReturns(result.buyHold.daily, cash);
  const { alpha, beta } = alphaBeta(returns, market, riskFree, daysPerYear);
  const growth = yearlyGrowth(main.finalEquity / cash, years);
  const traded = result.candles > 0;
  const netProfit = main.finalEquity - cash;
  const risk = valueAtRisk(returns);
  const marketEnd = result.buyHold.daily.equity.at(-1) ?? cash;
  const longest = drawdown.longest;
  return {
    initialCash: cash,
    finalEquity: main.finalEquity,
    netProfit,
    totalReturn: defined(traded ? main.finalEquity / cash - 1 : Number.NaN),
    years,
    cagr: defined(growth),
    volatility: defined(returns.length > 1 ? deviation(returns, 1) * Math.sqrt(daysPerYear) : Number.NaN),
    sharpe: defined(sharpeRatio(returns, riskFree, daysPerYear)),
    sortino: defined(sortinoRatio(returns, riskFree, daysPerYear)),
    calmar: defined(drawdown.maxDepth > 0 ? growth / drawdown.maxDepth : Number.NaN),
    maxDrawdown: defined(traded ? drawdown.maxDepth : Number.NaN),
    maxDrawdownCash: defined(traded ? drawdown.maxCash : Number.NaN),
    drawdownDurationMs: defined(traded ? longest.durationMs : Number.NaN),
    drawdownOpen: longest.open,
    ulcer: defined(drawdown.ulcer),
    recoveryFactor: defined(drawdown.maxCash > 0 ? netProfit / drawdown.maxCash : Number.NaN),
    valueAtRisk: defined(risk.value),
    conditionalValueAtRisk: defined(risk.conditional),
    exposure: defined(main.candlesHeld / main.candles),
    turnover: defined(main.turnover / mean(main.daily.equity) / years),
    ...tradeStatistics(trades, main.open.length),
    feesPaid: main.feesPaid,
    slippagePaid: main.slippagePaid,
    fundingPaid: main.fundingPaid,
    liquidations: main.liquidations,
    buyHoldReturn: defined(traded ? marketEnd / cash - 1 : Number.NaN),
    buyHoldCagr: defined(yearlyGrowth(marketEnd / cash, years)),
    buyHoldMaxDrawdown: defined(traded ? result.buyHold.drawdown.maxDepth : Number.NaN),
    buyHoldSharpe: defined(sharpeRatio(market, riskFree, daysPerYear)),
    buyHoldVolatility: defined(market.length > 1 ? deviation(market, 1) * Math.sqrt(daysPerYear) : Number.NaN),
    alpha: defined(alpha),
    beta: defined(beta),
    ...sharpeConfidence(returns, riskFree / daysPerYear, trials),
    trials: trials.count,
    trialSpread: trials.sharpeDeviation === undefined ? "estimate" : "trials",
    days: returns.length,
    daysPerYear,
  };
}

/** Weeks of a year, for candles that give one return a week. */
const WEEKS_PER_YEAR = 52;

/** Returns a year of a run: days on which its markets trade, or weeks where its candles are weeks. */
export function periodsPerYear({ timeframe, instruments }: RunDefinition): number {
  if (timeframe === "1w") return WEEKS_PER_YEAR;
  return Math.max(...instruments.map((entry) => entry.instrument.daysPerYear));
}

/** Returns from day to day, the first against the cash at the start. */
export function dailyReturns(daily: DailyEquity, cash: number): Float64Array {
  const { equity } = daily;
  return equity.map((value, index) => value / (index === 0 ? cash : equity[index - 1]) - 1);
}

/** Growth a year of a ratio over `years`; a total loss is -1, whatever the time. */
function yearlyGrowth(ratio: number, years: number): number {
  if (years <= 0) return Number.NaN;
  return ratio <= 0 ? -1 : ratio ** (1 / years) - 1;
}

/** Empirical 5 % quantile of the returns, and the mean of those at or below it. */
function valueAtRisk(returns: Float64Array): { value: number; conditional: number } {
  if (returns.length === 0) return { value: Number.NaN, conditional: Number.NaN };
  const value = quantile(returns, 0.05);
  return { value, conditional: mean(returns.filter((entry) => entry <= value)) };
}

function sharpeConfidence(
  returns: Float64Array,
  riskFreeDay: number,
  trials: Trials,
): Pick<Statistics, "probabilisticSharpe" | "deflatedSharpe"> {
  const own = Math.sqrt(sharpeVariance(returns, dailySharpe(returns, riskFreeDay)) / (returns.length - 1));
  const benchmark = expectedMaxSharpe(trials.sharpeDeviation ?? own, trials.count);
  return {
    probabilisticSharpe: defined(probabilisticSharpe(returns, riskFreeDay, 0)),
    deflatedSharpe: defined(probabilisticSharpe(returns, riskFreeDay, benchmark)),
  };
}
