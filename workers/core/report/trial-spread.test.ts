import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomCandles } from "../testing/random-candles.ts";
import { definitionOf, runOn } from "../testing/runs.ts";
import { HAND_SMA_CROSS } from "../testing/test-strategies.ts";
import { deviation, expectedMaxSharpe, probabilisticSharpe } from "./formulas.ts";
import { dailyReturns, statisticsOf } from "./statistics.ts";
import { sharpeDeviationOf, TRIALS_FOR_SPREAD_MIN, trialSharpe } from "./trial-spread.ts";

function sumsOf(ratios: readonly number[]) {
  return {
    finished: ratios.length,
    sharpeSum: ratios.reduce((sum, ratio) => sum + ratio, 0),
    sharpeSquares: ratios.reduce((sum, ratio) => sum + ratio * ratio, 0),
  };
}

describe("the spread of trials", () => {
  it("from their sums is the standard deviation of the ratios themselves", () => {
    const ratio = fc.double({ min: -0.5, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(fc.array(ratio, { minLength: TRIALS_FOR_SPREAD_MIN, maxLength: 200 }), (ratios) => {
        expect(sharpeDeviationOf(sumsOf(ratios))).toBeCloseTo(deviation(ratios, 1), 7);
      }),
    );
  });

  it("is not taken from fewer than ten", () => {
    const ratios = Array.from({ length: TRIALS_FOR_SPREAD_MIN }, (_, index) => index / 100);
    expect(sharpeDeviationOf(sumsOf(ratios.slice(1)))).toBe(undefined);
    expect(sharpeDeviationOf(sumsOf(ratios))).toBeCloseTo(deviation(ratios, 1), 12);
  });

  it("counts no run that has no Sharpe ratio or whose candles are weeks", () => {
    const statistics = { sharpe: 1.9, daysPerYear: 361 };
    expect(trialSharpe({ timeframe: "1h", statistics })).toBeCloseTo(0.1, 12);
    expect(trialSharpe({ timeframe: "1w", statistics })).toBe(undefined);
    expect(trialSharpe({ timeframe: "1h", statistics: { ...statistics, sharpe: null } })).toBe(undefined);
  });
});

describe("the deflated Sharpe ratio of a run", () => {
  const definition = definitionOf(HAND_SMA_CROSS, { timeframe: "1h" });
  const result = runOn(definition, randomCandles(3_000, { step: 3_600_000 }));
  const returns = dailyReturns(result.main.daily, definition.settings.cash);
  const of = (trials: Parameters<typeof statisticsOf>[2]) => statisticsOf(result, result.main.trades.rows(), trials);

  it("is measured against the best that so many trials with their spread would show by luck", () => {
    const { deflatedSharpe, trialSpread } = of({ count: 40, sharpeDeviation: 0.03 });
    expect(trialSpread).toBe("trials");
    expect(deflatedSharpe).toBeCloseTo(probabilisticSharpe(returns, 0, expectedMaxSharpe(0.03, 40)), 12);
  });

  it("falls as the trials spread or become more", () => {
    const values = [0.01, 0.02, 0.05].map((sharpeDeviation) => of({ count: 40, sharpeDeviation }).deflatedSharpe ?? 0);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    const counts = [1, 10, 100].map((count) => of({ count, sharpeDeviation: 0.02 }).deflatedSharpe ?? 0);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect(counts[0]).toBe(of({ count: 1 }).probabilisticSharpe);
  });

  it("says where the error of the estimate stands in for a spread that is not known", () => {
    expect(of({ count: 40 }).trialSpread).toBe("estimate");
  });
});
