import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candle, type CandleColumns, candlesOf } from "../candle/candle.ts";
import { DAY_MS } from "../candle/timeframe.ts";
import type { RunSettings } from "../engine/settings.ts";
import { ENTER_LONG, EXIT_LONG } from "../strategy/strategy.ts";
import { randomCandles } from "../testing/random-candles.ts";
import { definitionOf, runOn } from "../testing/runs.ts";
import { HAND_SMA_CROSS, handStrategy } from "../testing/test-strategies.ts";
import { buildReport } from "./build.ts";

const META = {
  strategyTitle: "By the calendar",
  strategySource: "calendar",
  datasets: [{ datasetId: "d", simulated: true }],
  trials: { count: 1 },
  elapsedMs: null,
};
const FREE = { maker: 0, taker: 0, perUnit: 0, minimum: 0 };
const START = Date.UTC(2024, 0, 30);

/** Daily candles that open where the last one closed. */
function days(...closes: number[]): CandleColumns {
  const rows = closes.map((close, index): Candle => {
    const open = index === 0 ? close : closes[index - 1];
    return {
      time: START + index * DAY_MS,
      open,
      high: Math.max(open, close),
      low: Math.min(open, close),
      close,
      volume: 1,
    };
  });
  return candlesOf(rows);
}

/** Flags by number of day. */
function byDay(flags: readonly number[]) {
  return handStrategy("calendar", [], () => ({
    state: [],
    step: (candles, i) => flags[Math.round((candles.time[i] - START) / DAY_MS)] ?? 0,
  }));
}

function reportOf(flags: readonly number[], candles: CandleColumns, settings: Partial<RunSettings> = {}) {
  const strategy = byDay(flags);
  const definition = definitionOf(strategy, { timeframe: "1d", settings: { cash: 1_000, fees: FREE, ...settings } });
  return buildReport(runOn(definition, candles), META);
}

describe("a report worked out by hand", () => {
  // In at 100 (day 1 open), out at 120 (day 3 open); in at 120 (day 4 open), out at 90 (day 6 open).
  const candles = days(100, 110, 120, 120, 105, 90, 90);
  const report = reportOf([ENTER_LONG, 0, EXIT_LONG, ENTER_LONG, 0, EXIT_LONG, 0], candles);
  const { statistics } = report.overview;

  it("has the trades with their profit, excursions and holding", () => {
    expect(report.trades).toMatchObject([
      {
        side: "long",
        quantity: 10,
        entryPrice: 100,
        exitPrice: 120,
        profit: 200,
        profitShare: 0.2,
        mae: 0,
        candles: 2,
      },
      {
        side: "long",
        quantity: 10,
        entryPrice: 120,
        exitPrice: 90,
        profit: -300,
        profitShare: -0.25,
        mae: -0.25,
        mfe: 0,
      },
    ]);
    expect(report.trades[0].mfe).toBeCloseTo(0.2, 12);
    expect(report.trades.map((trade) => trade.exitReason)).toEqual(["signal", "signal"]);
  });

  it("has every statistic of the equity 1000, 1100, 1200, 1200, 1050, 900, 900", () => {
    const daily = [0, 0.1, 100 / 1_100, 0, -0.125, -150 / 1_050, 0];
    const middle = daily.reduce((a, b) => a + b) / 7;
    const variance = daily.reduce((sum, value) => sum + (value - middle) ** 2, 0) / 6;
    expect(statistics).toMatchObject({ finalEquity: 900, netProfit: -100, days: 7, daysPerYear: 365 });
    expect(statistics.totalReturn).toBeCloseTo(-0.1, 12);
    expect(statistics.years).toBeCloseTo(7 / 365.25, 12);
    expect(statistics.cagr).toBeCloseTo(0.9 ** (365.25 / 7) - 1, 12);
    expect(statistics.volatility).toBeCloseTo(Math.sqrt(variance * 365), 12);
    expect(statistics.sharpe).toBeCloseTo((middle / Math.sqrt(variance)) * Math.sqrt(365), 12);
    const downside = Math.sqrt((0.125 ** 2 + (150 / 1_050) ** 2) / 7);
    expect(statistics.sortino).toBeCloseTo((middle / downside) * Math.sqrt(365), 12);
    expect(statistics.maxDrawdown).toBeCloseTo(0.25, 12);
    expect(statistics.maxDrawdownCash).toBeCloseTo(300, 9);
    expect(statistics.calmar).toBeCloseTo((0.9 ** (365.25 / 7) - 1) / 0.25, 12);
    expect(statistics.ulcer).toBeCloseTo(Math.sqrt((0.125 ** 2 + 2 * 0.25 ** 2) / 7), 12);
    expect(statistics.recoveryFactor).toBeCloseTo(-100 / 300, 12);
    expect(statistics.drawdownDurationMs).toBe(4 * DAY_MS - DAY_MS);
    expect(statistics.drawdownOpen).toBe(true);
    expect(statistics.valueAtRisk).toBeCloseTo(-150 / 1_050, 12);
    expect(statistics.conditionalValueAtRisk).toBeCloseTo(-150 / 1_050, 12);
    // Held at the closes of days 1, 2, 4 and 5.
    expect(statistics.exposure).toBeCloseTo(4 / 7, 12);
    const meanEquity = (1_000 + 1_100 + 1_200 + 1_200 + 1_050 + 900 + 900) / 7;
    expect(statistics.turnover).toBeCloseTo((1_000 + 1_200 + 1_200 + 900) / meanEquity / (7 / 365.25), 9);
  });

  it("has every statistic of the trades +200 and -300", () => {
    expect(statistics).toMatchObject({
      trades: 2,
      closedTrades: 2,
      openTrades: 0,
      winRate: 0.5,
      profitFactorInfinite: false,
      expectancy: -50,
      expectancyR: null,
      winStreak: 1,
      lossStreak: 1,
      holdingMeanMs: 2 * DAY_MS,
      holdingMedianMs: 2 * DAY_MS,
      holdingMaxMs: 2 * DAY_MS,
      best: 200,
      worst: -300,
    });
    expect(statistics.profitFactor).toBeCloseTo(2 / 3, 12);
    expect(statistics.payoff).toBeCloseTo(2 / 3, 12);
    expect(statistics.kelly).toBeCloseTo(0.5 - 0.5 / (2 / 3), 12);
    expect(statistics.sqn).toBeCloseTo((Math.SQRT2 * -50) / Math.sqrt(2 * 250 ** 2), 12);
  });

  it("stands beside buying at the first open and holding", () => {
    expect(statistics.buyHoldReturn).toBeCloseTo(-0.1, 12);
    expect(statistics.buyHoldMaxDrawdown).toBeCloseTo(0.25, 12);
  });

  it("has the months: January to 1100, February to 900", () => {
    expect(report.tables.monthly.map(({ year, month }) => [year, month])).toEqual([
      [2024, 1],
      [2024, 2],
    ]);
    expect(report.tables.monthly[0].return).toBeCloseTo(0.1, 12);
    expect(report.tables.monthly[1].return).toBeCloseTo(900 / 1_100 - 1, 12);
    expect(report.tables.yearly).toMatchObject([{ year: 2024, trades: 2 }]);
  });

  it("has the one draw-down, open, from its peak", () => {
    const peak = START + 3 * DAY_MS + DAY_MS;
    expect(report.tables.drawdowns).toMatchObject([{ to: null, from: peak }]);
    expect(report.tables.drawdowns[0].depth).toBeCloseTo(0.25, 12);
  });

  it("says it in one sentence, and of a loss never that it holds up", () => {
    expect(report.overview.verdict).toMatch(
      /^−10\.0 % in 7 days, worst fall 25\.0 %\. A loss, whose figures pass \d of \d checks\. Not: .*\. Buying and holding made the same: −10\.0 %, worst fall 25\.0 %\.$/,
    );
  });
});

describe("a report", () => {
  it("leaves undefined what is not defined: no trades, no variance, no loss", () => {
    const idle = reportOf([], days(100, 110, 120)).overview;
    expect(idle.statistics).toMatchObject({ winRate: null, profitFactor: null, sharpe: null, sqn: null, kelly: null });
    expect(idle.verdict).toContain("No trades");
    const won = reportOf([ENTER_LONG, 0, EXIT_LONG, 0], days(100, 110, 120, 120)).overview.statistics;
    expect(won).toMatchObject({ profitFactor: null, profitFactorInfinite: true, winRate: 1 });
  });

  it("counts profit in units of the risk at the stop", () => {
    const strategy = handStrategy(
      "risky",
      [],
      () => ({ state: [], step: (_, i) => (i === 0 ? ENTER_LONG : i === 2 ? EXIT_LONG : 0) }),
      () => ({ stop: 90 }),
    );
    const definition = definitionOf(strategy, { timeframe: "1d", settings: { cash: 1_000, fees: FREE } });
    const report = buildReport(runOn(definition, days(100, 110, 120, 120)), META);
    // In at 100 with a stop at 90, out at 120: twice the risk.
    expect(report.trades[0].r).toBeCloseTo(2, 12);
    expect(report.overview.statistics.expectancyR).toBeCloseTo(2, 12);
  });

  it("has the same receipt for the same inputs and another for any change", () => {
    const candles = randomCandles(500, { seed: 4 });
    const receiptOf = (change: { fast?: number; cash?: number; price?: number }) => {
      const changed = { ...candles, close: candles.close.slice() };
      changed.close[7] += change.price ?? 0;
      const definition = definitionOf(HAND_SMA_CROSS, {
        parameters: { fast: change.fast ?? 20 },
        settings: { cash: change.cash ?? 10_000 },
      });
      return buildReport(runOn(definition, changed), META).overview.receipt.receipt;
    };
    const receipts = [receiptOf({}), receiptOf({ fast: 21 }), receiptOf({ cash: 9_999 }), receiptOf({ price: 1e-9 })];
    expect(receiptOf({})).toBe(receipts[0]);
    expect(new Set(receipts).size).toBe(4);
  });

  it("gives a curve of at most 2,000 points that keeps the highest, lowest and most fallen of all closes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_000 }), fc.integer({ min: 1, max: 1_000 }), (count, seed) => {
        const candles = randomCandles(count, { seed });
        const strategy = handStrategy("hold", [], () => ({ state: [], step: (_, i) => (i === 0 ? ENTER_LONG : 0) }));
        const report = buildReport(runOn(definitionOf(strategy, { settings: { fees: FREE } }), candles), META);
        const { time, equity, drawdown } = report.equity;
        expect(time.length).toBeLessThanOrEqual(2_000);
        const quantity = 10_000 / candles.open[Math.min(1, count - 1)];
        const marks = Array.from(candles.close, (close, i) => (i === 0 ? 10_000 : quantity * close));
        expect(Math.max(...equity)).toBeCloseTo(Math.max(...marks), 6);
        expect(Math.min(...equity)).toBeCloseTo(Math.min(...marks), 6);
        expect(Math.max(...drawdown)).toBeCloseTo(report.overview.statistics.maxDrawdown ?? 0, 12);
        expect(time).toEqual([...time].sort((a, b) => a - b));
      }),
      { numRuns: 25 },
    );
  });

  it("draws the same bands from the same seed, in the order of their quantiles", () => {
    const candles = randomCandles(3_000, { seed: 8 });
    const bands = (seed: number) =>
      buildReport(runOn(definitionOf(HAND_SMA_CROSS, { settings: { seed } }), candles), META).robustness.monteCarlo;
    const [one, again, other] = [bands(1), bands(1), bands(2)];
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    one?.trade.forEach((_, at) => {
      const levels = [one.p05[at], one.p25[at], one.p50[at], one.p75[at], one.p95[at]];
      expect(levels).toEqual([...levels].sort((a, b) => a - b));
    });
  });

  it("is plain JSON without a number that is not finite", () => {
    const text = JSON.stringify(reportOf([ENTER_LONG], days(100, 110)), (_, value) => {
      if (typeof value === "number" && !Number.isFinite(value)) throw new Error("not finite");
      return value;
    });
    expect(JSON.parse(text).overview.statistics.trades).toBe(1);
  });
});
