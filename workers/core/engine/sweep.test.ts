import { describe, expect, it } from "vitest";
import { findStrategy } from "../strategy/registry.ts";
import { compileRules } from "../strategy/rule/rules.ts";
import { randomCandles } from "../testing/random-candles.ts";
import { definitionOf, runOn } from "../testing/runs.ts";
import { sweep } from "./sweep.ts";

const candles = randomCandles(40_000, { seed: 12 });

describe("a sweep", () => {
  it.each(["sma-cross", "rsi-reversion", "donchian", "supertrend", "bollinger-reversion"])(
    "of %s gives each set what a run of its own gives",
    (id) => {
      const strategy = findStrategy(id) ?? compileRules("");
      const [first] = strategy.parameters;
      const sets = [0, 1, 2, 0].map((steps) => ({ [first.name]: first.default + steps * first.step }));
      const settings = { end: "keep" } as const;
      const rows = sweep(definitionOf(strategy, { settings, checks: "bare" }), sets, candles);
      expect(rows.length).toBe(4);
      rows.forEach((row, index) => {
        const alone = runOn(definitionOf(strategy, { settings, parameters: sets[index], checks: "bare" }), candles);
        expect(row).toMatchObject({
          finalEquity: alone.main.finalEquity,
          trades: alone.main.trades.length,
          maxDrawdown: alone.drawdown.maxDepth,
        });
      });
      expect(rows[0].finalEquity).toBe(rows[3].finalEquity);
    },
  );

  it("shares nothing between indicators over computed values", () => {
    const rules = compileRules(
      "param n = 5 (2..50 step 1)\nenter long when sma(rsi(close, $n), 5) > 55\nexit long when sma(rsi(close, $n), 5) < 45",
    );
    const settings = { end: "keep" } as const;
    const sets = [{ n: 5 }, { n: 9 }];
    const rows = sweep(definitionOf(rules, { settings, checks: "bare" }), sets, candles);
    const alone = sets.map((parameters) =>
      runOn(definitionOf(rules, { settings, parameters, checks: "bare" }), candles),
    );
    expect(rows.map((row) => row.finalEquity)).toEqual(alone.map((result) => result.main.finalEquity));
  });

  it("refuses a set out of range and a strategy that is asked candle by candle", () => {
    const cross = findStrategy("sma-cross") ?? compileRules("");
    expect(() => sweep(definitionOf(cross), [{ fast: -1 }], candles)).toThrow("parameter fast must be from");
    const grid = findStrategy("grid") ?? compileRules("");
    expect(() => sweep(definitionOf(grid), [{}], candles)).toThrow("candle by candle");
  });
});
