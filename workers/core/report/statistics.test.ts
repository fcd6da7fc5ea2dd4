import fc from "fast-check";
import { expect, it } from "vitest";
import { DAY_MS } from "../candle/timeframe.ts";
import { ENTER_LONG, ENTER_SHORT, EXIT_LONG, EXIT_SHORT } from "../strategy/strategy.ts";
import { randomCandles, seededRandom } from "../testing/random-candles.ts";
import { definitionOf, runOn } from "../testing/runs.ts";
import { handStrategy } from "../testing/test-strategies.ts";
import { buildReport } from "./build.ts";
import { normalCdf } from "./formulas.ts";

const META = {
  strategyTitle: "random",
  strategySource: "random",
  datasets: [{ datasetId: "d", simulated: true }],
  trials: { count: 1 },
  elapsedMs: null,
};
const CASH = 10_000;
const DAYS = 365;

function reportOf(seed: number, riskFree: number) {
  const random = seededRandom(seed);
  const flags = Array.from(
    { length: 400 },
    () => [0, 0, 0, ENTER_LONG, EXIT_LONG, ENTER_SHORT, EXIT_SHORT][Math.floor(random() * 7)],
  );
  const strategy = handStrategy(
    "random",
    [],
    () => ({ state: [], step: (_, i) => flags[i] }),
    (candles, i) => {
      const close = candles.close[i];
      return flags[i] === ENTER_LONG ? { stop: close * 0.95 } : flags[i] === ENTER_SHORT ? { stop: close * 1.05 } : {};
    },
  );
  const candles = randomCandles(400, { seed, step: DAY_MS, swing: 0.04 });
  const settings = { riskFree, end: "keep", sizing: { kind: "percent", percent: 60 } } as const;
  return { report: buildReport(runOn(definitionOf(strategy, { timeframe: "1d", settings }), candles), META), candles };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;
const deviation = (values: readonly number[]) =>
  Math.sqrt(sum(values.map((value) => (value - mean(values)) ** 2)) / (values.length - 1));
const returnsOf = (equity: readonly number[]) => equity.map((value, i) => value / (i === 0 ? CASH : equity[i - 1]) - 1);

/** Closeness by digits, since the statistics reach from 1e-4 to 1e6. */
function expectNear(actual: number | null, expected: number, name: string): void {
  if (!Number.isFinite(expected)) {
    expect(actual, name).toBeNull();
    return;
  }
  expect(Math.abs((actual ?? Number.NaN) - expected), name).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));
}

it("every statistic of the equity follows its definition on random runs", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(0, 0.03), (seed, riskFree) => {
      const { report } = reportOf(seed, riskFree);
      const { statistics: s } = report.overview;
      // So few closes that the curve holds every one of them.
      const { equity, time } = report.equity;
      const market = report.equity.buyHold ?? [];
      expect(equity.length).toBe(400);
      const r = returnsOf(equity);
      const m = returnsOf(market);
      const target = riskFree / DAYS;
      const peaks = equity.map((_, i) => Math.max(CASH, ...equity.slice(0, i + 1)));
      const falls = equity.map((value, i) => 1 - value / peaks[i]);
      const years = 400 / 365.25;
      const growth = (equity[399] / CASH) ** (1 / years) - 1;
      const deepest = Math.max(...falls);
      const sorted = [...r].sort((a, b) => a - b);
      const tail = sorted[Math.ceil(0.05 * 400) - 1];
      const beta =
        sum(r.map((value, i) => (value - mean(r)) * (m[i] - mean(m)))) / sum(m.map((value) => (value - mean(m)) ** 2));
      const sharpeDay = (mean(r) - target) / deviation(r);
      const population = Math.sqrt(mean(r.map((value) => (value - mean(r)) ** 2)));
      const third = mean(r.map((value) => ((value - mean(r)) / population) ** 3));
      const fourth = mean(r.map((value) => ((value - mean(r)) / population) ** 4));
      const spread = Math.sqrt(1 - third * sharpeDay + ((fourth - 1) / 4) * sharpeDay ** 2);
      expectNear(s.totalReturn, equity[399] / CASH - 1, "total return");
      expectNear(s.cagr, growth, "CAGR");
      expectNear(s.volatility, deviation(r) * Math.sqrt(DAYS), "volatility");
      expectNear(s.sharpe, sharpeDay * Math.sqrt(DAYS), "Sharpe");
      const downside = Math.sqrt(mean(r.map((value) => Math.min(value - target, 0) ** 2)));
      expectNear(s.sortino, ((mean(r) - target) / downside) * Math.sqrt(DAYS), "Sortino");
      expectNear(s.maxDrawdown, deepest, "max draw-down");
      expectNear(s.maxDrawdownCash, Math.max(...equity.map((value, i) => peaks[i] - value)), "draw-down in cash");
      expectNear(s.calmar, growth / deepest, "Calmar");
      expectNear(s.ulcer, Math.sqrt(mean(falls.map((fall) => fall ** 2))), "ulcer");
      expectNear(s.valueAtRisk, tail, "value at risk");
      expectNear(s.conditionalValueAtRisk, mean(sorted.filter((value) => value <= tail)), "conditional value at risk");
      expectNear(s.beta, beta, "beta");
      expectNear(s.alpha, (mean(r) - target - beta * (mean(m) - target)) * DAYS, "alpha");
      expectNear(s.probabilisticSharpe, normalCdf((sharpeDay * Math.sqrt(399)) / spread), "probabilistic Sharpe");
      expectNear(s.drawdownDurationMs, longestFall(equity, time), "draw-down duration");
    }),
    { numRuns: 25 },
  );
});

it("every statistic of the trades follows its definition on random runs", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
      const { report } = reportOf(seed, 0);
      const { statistics: s } = report.overview;
      const closed = report.trades.filter((trade) => trade.exitTime !== null);
      const profits = closed.map((trade) => trade.profit);
      const wins = profits.filter((profit) => profit > 0);
      const losses = profits.filter((profit) => profit < 0);
      const share = wins.length / closed.length;
      const payoff = mean(wins) / Math.abs(mean(losses));
      const holdings = closed.map((trade) => (trade.exitTime ?? 0) - trade.entryTime).sort((a, b) => a - b);
      const half = holdings.length / 2;
      expectNear(s.winRate, share, "win rate");
      expectNear(s.profitFactor, sum(wins) / Math.abs(sum(losses)), "profit factor");
      expectNear(s.expectancy, mean(profits), "expectancy");
      expectNear(s.payoff, payoff, "payoff");
      expectNear(s.sqn, (Math.sqrt(profits.length) * mean(profits)) / deviation(profits), "SQN");
      expectNear(s.kelly, share - (1 - share) / payoff, "Kelly");
      expectNear(s.best, Math.max(...profits), "best");
      expectNear(s.worst, Math.min(...profits), "worst");
      expectNear(s.holdingMeanMs, mean(holdings), "mean holding");
      expectNear(s.holdingMedianMs, (holdings[Math.ceil(half) - 1] + holdings[Math.floor(half)]) / 2, "median holding");
      expectNear(s.meanMae, mean(closed.map((trade) => trade.mae)), "mean MAE");
      expectNear(s.meanMfe, mean(closed.map((trade) => trade.mfe)), "mean MFE");
      const risked = closed.map((trade) => trade.r).filter((r) => r !== null);
      expectNear(s.expectancyR, mean(risked), "expectancy in R");
      const outcome = profits.map((profit) => (profit > 0 ? "w" : profit < 0 ? "l" : "-")).join("");
      expect(s.winStreak).toBe(Math.max(0, ...(outcome.match(/w+/g) ?? []).map((run) => run.length)));
      expect(s.lossStreak).toBe(Math.max(0, ...(outcome.match(/l+/g) ?? []).map((run) => run.length)));
      expectNear(s.feesPaid, sum(report.trades.map((trade) => trade.fees)), "fees");
    }),
    { numRuns: 25 },
  );
});

/** Longest time from a peak, the start included, to the close that is not below it; to the end where there is none. */
function longestFall(equity: readonly number[], time: readonly number[]): number {
  let longest = 0;
  for (let from = -1; from < equity.length; from++) {
    const peak = from < 0 ? CASH : equity[from];
    const start = from < 0 ? time[0] - DAY_MS : time[from];
    if (
      from >= 0 &&
      equity
        .slice(0, from)
        .concat(CASH)
        .some((value) => value > peak)
    )
      continue;
    const fallen = equity[from + 1] < peak;
    if (!fallen) continue;
    const back = equity.findIndex((value, i) => i > from && value >= peak);
    longest = Math.max(longest, (back < 0 ? time[time.length - 1] : time[back]) - start);
  }
  return longest;
}
