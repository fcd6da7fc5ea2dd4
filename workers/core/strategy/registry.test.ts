import { describe, expect, it } from "vitest";
import { sliceCandles } from "../candle/candle.ts";
import { createRun, restoreRun } from "../engine/run.ts";
import { decodeSnapshot, encodeSnapshot } from "../engine/snapshot.ts";
import { randomCandles } from "../testing/random-candles.ts";
import { definitionOf, runOn } from "../testing/runs.ts";
import { findStrategy, STRATEGIES } from "./registry.ts";
import { checkRules } from "./rule/rules.ts";
import type { Strategy } from "./strategy.ts";

function named(id: string): Strategy {
  const strategy = findStrategy(id);
  if (strategy === undefined) throw new Error(`the library lacks ${id}`);
  return strategy;
}

describe("the library", () => {
  it("has strategies of distinct ids with a title, a sentence, and defaults within their ranges", () => {
    expect(new Set(STRATEGIES.map(({ strategy }) => strategy.id)).size).toBe(STRATEGIES.length);
    for (const { strategy } of STRATEGIES) {
      expect(strategy.title).not.toBe("");
      expect(strategy.summary).toMatch(/^[A-Z].*\.$/);
      for (const spec of strategy.parameters) {
        expect(spec.default).toBeGreaterThanOrEqual(spec.min);
        expect(spec.default).toBeLessThanOrEqual(spec.max);
        expect(spec.step).toBeGreaterThan(0);
      }
    }
  });

  it("has rule texts without a single finding", () => {
    for (const { document } of STRATEGIES) if (document !== null) expect(checkRules(document).diagnostics).toEqual([]);
  });

  it.each(STRATEGIES.map(({ strategy }) => strategy))(
    "$id trades, and goes on from a snapshot as if it had never stopped",
    (strategy) => {
      const symbols = strategy.scope === "all" ? ["A", "B", "C"] : ["A"];
      const definition = definitionOf(strategy, { symbols, timeframe: "1m" });
      const candles = symbols.map((_, index) => randomCandles(3_000, { seed: 40 + index, swing: 0.02 }));
      const whole = runOn(definition, ...candles);
      expect(whole.main.trades.length + whole.main.open.length).toBeGreaterThan(0);
      const first = createRun(definition);
      first.push(candles.map((columns) => sliceCandles(columns, 0, 1_234)));
      const second = restoreRun(definition, decodeSnapshot(encodeSnapshot(first.snapshot())));
      second.push(candles.map((columns) => sliceCandles(columns, 1_234, 3_000)));
      expect(second.finish().main.finalEquity).toBe(whole.main.finalEquity);
    },
  );
});

describe("momentum rotation", () => {
  it("holds the instruments that rose most, and warms up on history before the first traded candle", () => {
    const start = Date.UTC(2024, 0, 1);
    const trends = [1.001, 1.003, 0.999].map((growth) => {
      const candles = randomCandles(400, { swing: 0 });
      for (let i = 0; i < 400; i++) {
        const price = 100 * growth ** i;
        for (const field of ["open", "high", "low", "close"] as const) candles[field][i] = price;
      }
      return candles;
    });
    const parameters = { lookback: 90, hold: 30, top: 1 };
    const from = start + 200 * 60_000;
    const strategy = named("momentum-rotation");
    const definition = definitionOf(strategy, {
      symbols: ["A", "B", "C"],
      parameters,
      from,
      settings: { end: "keep" },
    });
    const { main } = runOn(definition, ...trends);
    expect(main.trades.length).toBe(0);
    expect(main.open.map((trade) => [trade.instrument, trade.entryTime])).toEqual([[1, from + 2 * 60_000]]);
  });
});

describe("regular buying", () => {
  it("buys its share every so many candles and never sells", () => {
    const definition = definitionOf(named("dca"), { parameters: { every: 100, share: 2 }, settings: { end: "keep" } });
    const { main } = runOn(definition, randomCandles(1_000));
    expect(main.trades.length).toBe(0);
    expect(main.open.length).toBe(10);
  });
});

describe("the grid", () => {
  it("sells each step one spacing above the price at which it was decided", () => {
    const parameters = { spacing: 1, levels: 4 };
    const { main } = runOn(definitionOf(named("grid"), { parameters }), randomCandles(3_000, { swing: 0.01 }));
    const sold = [...main.trades.rows()].filter((trade) => trade.reason === "target");
    expect(sold.length).toBeGreaterThan(10);
    for (const { entryPrice, exitPrice } of sold) expect(exitPrice / entryPrice).toBeGreaterThan(1.005);
  });
});
