import type { TradeRow } from "../engine/trade-log.ts";
import { defined, deviation, mean, median } from "./formulas.ts";

/** Statistics of closed trades; null where not defined. */
export interface TradeStatistics {
  readonly trades: number;
  readonly closedTrades: number;
  readonly openTrades: number;
  readonly winRate: number | null;
  /** null without a loss; `profitFactorInfinite` then says that there were gains. */
  readonly profitFactor: number | null;
  readonly profitFactorInfinite: boolean;
  readonly expectancy: number | null;
  readonly expectancyR: number | null;
  readonly payoff: number | null;
  readonly sqn: number | null;
  readonly kelly: number | null;
  readonly winStreak: number;
  readonly lossStreak: number;
  readonly holdingMeanMs: number | null;
  readonly holdingMedianMs: number | null;
  readonly holdingMaxMs: number | null;
  readonly meanMae: number | null;
  readonly meanMfe: number | null;
  readonly best: number | null;
  readonly worst: number | null;
}

export function tradeStatistics(trades: readonly TradeRow[], open: number): TradeStatistics {
  const profits = trades.map((trade) => trade.profit);
  const wins = profits.filter((profit) => profit > 0);
  const losses = profits.filter((profit) => profit < 0);
  const winRate = wins.length / trades.length;
  const payoff = mean(wins) / Math.abs(mean(losses));
  const holdings = trades.map((trade) => trade.exitTime - trade.entryTime);
  const spread = deviation(profits, 1);
  const gain = sum(wins);
  return {
    trades: trades.length + open,
    closedTrades: trades.length,
    openTrades: open,
    winRate: defined(winRate),
    profitFactor: defined(losses.length > 0 ? gain / Math.abs(sum(losses)) : Number.NaN),
    profitFactorInfinite: losses.length === 0 && wins.length > 0,
    expectancy: defined(mean(profits)),
    expectancyR: defined(mean(multiplesOfRisk(trades))),
    payoff: defined(payoff),
    sqn: defined(spread > 0 ? (Math.sqrt(trades.length) * mean(profits)) / spread : Number.NaN),
    kelly: defined(winRate - (1 - winRate) / payoff),
    winStreak: longestStreak(profits, (profit) => profit > 0),
    lossStreak: longestStreak(profits, (profit) => profit < 0),
    holdingMeanMs: defined(mean(holdings)),
    holdingMedianMs: defined(median(holdings)),
    holdingMaxMs: defined(extreme(holdings, Math.max)),
    meanMae: defined(mean(trades.map((trade) => trade.mae))),
    meanMfe: defined(mean(trades.map((trade) => trade.mfe))),
    best: defined(extreme(profits, Math.max)),
    worst: defined(extreme(profits, Math.min)),
  };
}

/** Profit in units of the risk taken at entry; NaN for a trade without a stop. */
export function multipleOfRisk(trade: TradeRow): number {
  return trade.risk > 0 ? trade.profit / (trade.risk * Math.abs(trade.quantity)) : Number.NaN;
}

function multiplesOfRisk(trades: readonly TradeRow[]): number[] {
  return trades.map(multipleOfRisk).filter((multiple) => !Number.isNaN(multiple));
}

function longestStreak(values: readonly number[], counts: (value: number) => boolean): number {
  let longest = 0;
  let running = 0;
  for (const value of values) {
    running = counts(value) ? running + 1 : 0;
    longest = Math.max(longest, running);
  }
  return longest;
}

function extreme(values: readonly number[], pick: (a: number, b: number) => number): number {
  return values.length === 0 ? Number.NaN : values.reduce((a, b) => pick(a, b));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
