import type { Statistics } from "../../schema/wire/report.ts";

export type StatisticKey = keyof Statistics;
export type StatisticKind = "share" | "change" | "ratio" | "money" | "gain" | "count" | "duration";

export interface StatisticItem {
  readonly key: StatisticKey;
  readonly label: string;
  readonly kind: StatisticKind;
  /** One sentence: what it is, what is good, what is suspicious. */
  readonly hint: string;
  /** Which way is better, for comparisons; undefined where neither is. */
  readonly better?: "higher" | "lower";
}

export interface StatisticGroup {
  readonly title: string;
  readonly items: readonly StatisticItem[];
}

/** Every statistic of a report that is shown, in words a trader uses. */
export const STATISTIC_GROUPS: readonly StatisticGroup[] = [
  {
    title: "Return",
    items: [
      {
        key: "netProfit",
        label: "Net profit",
        kind: "gain",
        better: "higher",
        hint: "Final equity less initial cash, after fees and slippage. Compare it with buy and hold before liking it.",
      },
      {
        key: "totalReturn",
        label: "Total return",
        kind: "change",
        better: "higher",
        hint: "Net profit as a share of the initial cash.",
      },
      {
        key: "cagr",
        label: "CAGR",
        kind: "change",
        better: "higher",
        hint: "The steady yearly growth that gives the same end. Above 100 % for years is more often a mistake in the test than a strategy.",
      },
      {
        key: "alpha",
        label: "Alpha",
        kind: "change",
        better: "higher",
        hint: "Yearly return that moves of the market do not explain. Near 0 means that the strategy is the market with extra costs.",
      },
      {
        key: "beta",
        label: "Beta",
        kind: "ratio",
        hint: "How much the equity moves when the market moves by 1. Near 1 is the market, near 0 is independent of it.",
      },
      {
        key: "buyHoldReturn",
        label: "Buy and hold",
        kind: "change",
        hint: "Total return of buying at the start with the same cash and holding to the end; several markets get equal shares of it.",
      },
    ],
  },
  {
    title: "Risk",
    items: [
      {
        key: "maxDrawdown",
        label: "Max draw-down",
        kind: "share",
        better: "lower",
        hint: "The deepest fall from a peak of equity. Expect a worse one in future: above 30 % few people keep going.",
      },
      {
        key: "maxDrawdownCash",
        label: "Max draw-down, cash",
        kind: "money",
        better: "lower",
        hint: "The deepest fall from a peak in money.",
      },
      {
        key: "drawdownDurationMs",
        label: "Longest draw-down",
        kind: "duration",
        better: "lower",
        hint: "The longest time from a peak to its recovery. One that is still open at the end counts too.",
      },
      {
        key: "volatility",
        label: "Volatility",
        kind: "share",
        better: "lower",
        hint: "How much daily returns scatter, a year. Stock indices are near 15 to 20 %, crypto at 50 to 80 %.",
      },
      {
        key: "ulcer",
        label: "Ulcer index",
        kind: "share",
        better: "lower",
        hint: "Depth and length of all draw-downs in one number: the pain of holding. Under 5 % is calm.",
      },
      {
        key: "valueAtRisk",
        label: "VaR 95",
        kind: "change",
        better: "higher",
        hint: "On one day in twenty (one week, on weekly candles) the loss was at least this.",
      },
      {
        key: "conditionalValueAtRisk",
        label: "CVaR 95",
        kind: "change",
        better: "higher",
        hint: "The mean of the worst twentieth of days (weeks, on weekly candles).",
      },
      {
        key: "exposure",
        label: "Exposure",
        kind: "share",
        hint: "Share of candles with a position. A small one with a good return leaves cash free for other strategies.",
      },
      {
        key: "liquidations",
        label: "Liquidations",
        kind: "count",
        better: "lower",
        hint: "Positions closed by force for lack of margin. Any at all means that the leverage is too high.",
      },
    ],
  },
  {
    title: "Return for the risk",
    items: [
      {
        key: "sharpe",
        label: "Sharpe",
        kind: "ratio",
        better: "higher",
        hint: "Return above the risk-free rate for each unit of scatter. Above 1 is good; above 3 over years is suspicious.",
      },
      {
        key: "sortino",
        label: "Sortino",
        kind: "ratio",
        better: "higher",
        hint: "Like Sharpe, with only falls counted as risk.",
      },
      {
        key: "calmar",
        label: "Calmar",
        kind: "ratio",
        better: "higher",
        hint: "CAGR over the deepest draw-down. Above 1 earns its worst fall back within a year.",
      },
      {
        key: "recoveryFactor",
        label: "Recovery factor",
        kind: "ratio",
        better: "higher",
        hint: "Net profit over the deepest draw-down in cash.",
      },
      {
        key: "probabilisticSharpe",
        label: "Probabilistic Sharpe",
        kind: "share",
        better: "higher",
        hint: "Chance that the true Sharpe is above 0, given the length of the test and its fat tails. Above 95 % is convincing.",
      },
      {
        key: "deflatedSharpe",
        label: "Deflated Sharpe",
        kind: "share",
        better: "higher",
        hint: "The same chance after counting every run you made on these data: the best of many tries looks good by luck.",
      },
      {
        key: "trials",
        label: "Trials counted",
        kind: "count",
        hint: "Runs of yours on these data, which the deflated Sharpe holds against the result.",
      },
    ],
  },
  {
    title: "Trades",
    items: [
      {
        key: "trades",
        label: "Trades",
        kind: "count",
        hint: "All trades on all markets, those still open at the end included. Under 30 nothing can be said with confidence.",
      },
      {
        key: "winRate",
        label: "Win rate",
        kind: "share",
        better: "higher",
        hint: "Share of trades with a profit. Means little without the payoff: 40 % is fine when wins are twice the losses.",
      },
      {
        key: "profitFactor",
        label: "Profit factor",
        kind: "ratio",
        better: "higher",
        hint: "Money won over money lost. Above 1.5 is good, above 3 with many trades is suspicious.",
      },
      {
        key: "expectancy",
        label: "Expectancy",
        kind: "gain",
        better: "higher",
        hint: "Mean net profit of a trade. It must be well above the costs of a trade.",
      },
      {
        key: "expectancyR",
        label: "Expectancy in R",
        kind: "ratio",
        better: "higher",
        hint: "Mean profit in units of the risk taken at entry; needs stops.",
      },
      { key: "payoff", label: "Payoff", kind: "ratio", better: "higher", hint: "Mean win over mean loss." },
      {
        key: "sqn",
        label: "SQN",
        kind: "ratio",
        better: "higher",
        hint: "Mean trade over its scatter, times the root of the count. Above 2 is good, above 5 rare.",
      },
      {
        key: "kelly",
        label: "Kelly share",
        kind: "change",
        hint: "The bet that would grow fastest if the future were the past. Half of it is already brave; negative means no edge.",
      },
      { key: "winStreak", label: "Longest winning streak", kind: "count", hint: "Most wins in a row." },
      {
        key: "lossStreak",
        label: "Longest losing streak",
        kind: "count",
        better: "lower",
        hint: "Most losses in a row. Ask whether you would still follow the strategy after them.",
      },
      {
        key: "best",
        label: "Best trade",
        kind: "gain",
        hint: "If most of the net profit is this one trade, the result is luck.",
      },
      { key: "worst", label: "Worst trade", kind: "gain", hint: "The largest loss of one trade." },
      {
        key: "meanMae",
        label: "Mean MAE",
        kind: "change",
        hint: "How far the price went against the entry at its worst, on average, before fees: where stops would have been hit.",
      },
      {
        key: "meanMfe",
        label: "Mean MFE",
        kind: "change",
        hint: "How far the price went in favour at its best, on average, before fees: what exits left behind.",
      },
      { key: "holdingMeanMs", label: "Mean holding", kind: "duration", hint: "Mean time in a trade." },
      { key: "holdingMedianMs", label: "Median holding", kind: "duration", hint: "Half of the trades were shorter." },
      { key: "holdingMaxMs", label: "Longest holding", kind: "duration", hint: "Longest time in one trade." },
    ],
  },
  {
    title: "Costs",
    items: [
      { key: "feesPaid", label: "Fees", kind: "money", better: "lower", hint: "Paid to the venue over the whole run." },
      {
        key: "slippagePaid",
        label: "Slippage",
        kind: "money",
        better: "lower",
        hint: "Lost to worse prices than the candle said, by the slippage that was set.",
      },
      {
        key: "fundingPaid",
        label: "Funding",
        kind: "gain",
        hint: "Paid for holding leveraged positions; negative was received.",
      },
      {
        key: "turnover",
        label: "Turnover a year",
        kind: "ratio",
        hint: "Traded amount a year over mean equity. The higher, the more the costs decide.",
      },
    ],
  },
];
