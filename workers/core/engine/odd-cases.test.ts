import { describe, expect, it } from "vitest";
import { type Candle, candlesOf } from "../candle/candle.ts";
import { DAY_MS, WEEK_MS } from "../candle/timeframe.ts";
import { buildReport } from "../report/build.ts";
import { findStrategy } from "../strategy/registry.ts";
import { compileRules } from "../strategy/rule/rules.ts";
import type { Signal, SteppedProgram, Strategy, StrategyView } from "../strategy/strategy.ts";
import { ENTER_LONG, ENTER_SHORT } from "../strategy/strategy.ts";
import { randomCandles } from "../testing/random-candles.ts";
import { definitionOf, runOn } from "../testing/runs.ts";
import { handStrategy } from "../testing/test-strategies.ts";

const FREE = { maker: 0, taker: 0, perUnit: 0, minimum: 0 };
const META = {
  strategyTitle: "odd",
  strategySource: "odd",
  datasets: [{ datasetId: "d", simulated: true }],
  trials: { count: 1 },
  elapsedMs: null,
};
type Prices = readonly [open: number, high: number, low: number, close: number, volume?: number];

function minutes(rows: readonly Prices[], stepMs = 60_000) {
  return candlesOf(
    rows.map(
      ([open, high, low, close, volume = 1_000], i): Candle => ({ time: i * stepMs, open, high, low, close, volume }),
    ),
  );
}

/** Asks what `at` says at the nth close. */
function scripted(at: (n: number, view: StrategyView) => readonly Signal[]): Strategy {
  return {
    id: "scripted",
    title: "scripted",
    summary: "",
    parameters: [],
    scope: "all",
    pathSensitive: false,
    shorts: false,
    warmup: () => 1,
    create: (): SteppedProgram => {
      let n = 0;
      return {
        form: "stepped",
        onCandle: (view) => at(n++, view),
        readings: () => [],
        snapshot: () => n,
        restore: (saved) => {
          n = Number(saved);
        },
      };
    },
  };
}

describe("several instruments", () => {
  it("decide nothing at an open by what another does later in the same candle", () => {
    const strategy = scripted((n) =>
      n === 0
        ? [{ instrument: 0, side: "buy", share: 0.5 }]
        : n === 1
          ? [{ instrument: 1, side: "buy", share: 0.25 }]
          : [],
    );
    const flat: Prices = [100, 101, 99, 100];
    const bought = [50, 100, 200].map((close) => {
      const moving: Prices = [100, Math.max(101, close), Math.min(99, close), close];
      const definition = definitionOf(strategy, {
        symbols: ["A", "B"],
        checks: "bare",
        settings: { fees: FREE, end: "keep" },
      });
      const result = runOn(definition, minutes([flat, flat, moving]), minutes([flat, flat, flat]));
      return result.main.open.find((trade) => trade.instrument === 1)?.quantity;
    });
    expect(bought).toEqual([25, 25, 25]);
  });

  it("free no cash inside a candle for an order that met its open", () => {
    const strategy = scripted((n) =>
      n === 0
        ? [{ instrument: 0, side: "buy", share: 0.9, stop: 95 }]
        : n === 1
          ? [{ instrument: 1, side: "buy", share: 0.5 }]
          : [],
    );
    const flat: Prices = [100, 101, 99, 100];
    const definition = definitionOf(strategy, {
      symbols: ["A", "B"],
      checks: "bare",
      settings: { fees: FREE, end: "keep", whenShort: "refuse" },
    });
    const result = runOn(definition, minutes([flat, flat, [100, 101, 94, 96]]), minutes([flat, flat, flat]));
    expect(result.main.trades.rows().map((trade) => trade.reason)).toEqual(["stop"]);
    expect(result.main.open).toEqual([]);
    expect(result.main.refused.map((row) => row.rule)).toEqual(["cash"]);
  });
});

describe("one-sided runs", () => {
  it("leave a position where the strategy turns to the side that they may not trade", () => {
    const turning = handStrategy("turning", [], () => ({
      state: [],
      step: (_, i) => (i % 4 === 0 ? ENTER_LONG : i % 4 === 2 ? ENTER_SHORT : 0),
    }));
    const trades = (direction: "both" | "long" | "short") =>
      runOn(definitionOf(turning, { checks: "bare", settings: { direction } }), randomCandles(80)).main.trades.rows();
    expect(trades("long").length).toBe(20);
    expect(trades("long").every((trade) => trade.quantity > 0 && trade.candles <= 2)).toBe(true);
    expect(trades("short").every((trade) => trade.quantity < 0)).toBe(true);
    expect(trades("both").length).toBeGreaterThan(35);
  });
});

describe("liquidity", () => {
  const flat: Prices = [100, 101, 99, 100];

  it("is one candle's for its walk and its close together", () => {
    const strategy = scripted((n) =>
      n === 0
        ? [{ instrument: 0, side: "buy", quantity: 100, limit: 99.5 }]
        : n === 1
          ? [{ instrument: 0, side: "buy", quantity: 100, add: true }]
          : [],
    );
    const settings = { fees: FREE, end: "keep", fill: "close", volumeLimit: 0.1, cash: 1e6 } as const;
    const result = runOn(definitionOf(strategy, { checks: "bare", settings }), minutes([flat, flat]));
    expect(result.main.open.reduce((sum, trade) => sum + trade.quantity, 0)).toBe(100);
  });

  it("that is missing cancels a market entry where the run carries nothing over", () => {
    const strategy = scripted((n) => (n === 0 ? [{ instrument: 0, side: "buy", quantity: 1 }] : []));
    const settings = { fees: FREE, end: "keep", volumeLimit: 0.1, remainder: "cancel" } as const;
    const result = runOn(
      definitionOf(strategy, { checks: "bare", settings }),
      minutes([flat, [100, 101, 99, 100, 0], flat]),
    );
    expect(result.main.open).toEqual([]);
  });

  it("arriving after the stop has fired buys nothing more for the entry it belongs to", () => {
    const strategy = scripted((n) =>
      n === 0 ? [{ instrument: 0, side: "buy", quantity: 50, limit: 100, stop: 95 }] : [],
    );
    const settings = { fees: FREE, end: "keep", volumeLimit: 0.01 } as const;
    const low: Prices = [99, 99.5, 98, 99];
    const rows = minutes([flat, low, low, [99, 99.5, 90, 91], [91, 92, 90.5, 91, 5_000], low, low]);
    const result = runOn(definitionOf(strategy, { checks: "bare", settings }), rows);
    expect(result.main.open).toEqual([]);
    expect(result.main.trades.rows().reduce((sum, trade) => sum + trade.quantity, 0)).toBeLessThanOrEqual(30);
  });
});

describe("sizing by risk", () => {
  it("refuses an entry that has gapped through its stop", () => {
    const strategy = scripted((n) => (n === 0 ? [{ instrument: 0, side: "buy", stop: 98 }] : []));
    const settings = { fees: FREE, leverage: 10, sizing: { kind: "risk", percent: 1 } } as const;
    const result = runOn(
      definitionOf(strategy, { checks: "bare", settings }),
      minutes([
        [100, 101, 99, 100],
        [97.99, 98, 97, 97.5],
      ]),
    );
    expect(result.main.trades.length).toBe(0);
    expect(result.main.refused.map((row) => row.rule)).toEqual(["sizing"]);
  });

  it("loses that share of equity at the stop, fees both ways and slippage counted", () => {
    const strategy = scripted((n) => (n === 0 ? [{ instrument: 0, side: "buy", stop: 95 }] : []));
    const fees = { maker: 0.001, taker: 0.001, perUnit: 0, minimum: 0 };
    const settings = { fees, sizing: { kind: "risk", percent: 1 }, slippage: { kind: "bps", bps: 10 } } as const;
    const result = runOn(
      definitionOf(strategy, { checks: "bare", settings }),
      minutes([
        [100, 101, 99, 100],
        [100, 101, 94, 96],
      ]),
    );
    expect(result.main.trades.at(0).profit).toBeCloseTo(-100, 6);
  });
});

describe("reports of odd runs", () => {
  it("scale weekly returns by weeks", () => {
    const hold = handStrategy("hold", [], () => ({ state: [], step: (_, i) => (i === 0 ? ENTER_LONG : 0) }));
    const daily = randomCandles(700, { seed: 5, step: DAY_MS, start: 4 * DAY_MS, swing: 0.05 });
    const volatility = (timeframe: "1d" | "1w") =>
      buildReport(runOn(definitionOf(hold, { timeframe, base: "1d", settings: { fees: FREE } }), daily), META).overview
        .statistics.volatility ?? 0;
    expect(volatility("1w") / volatility("1d")).toBeGreaterThan(0.7);
    expect(volatility("1w") / volatility("1d")).toBeLessThan(1.3);
    expect(WEEK_MS).toBe(7 * DAY_MS);
  });

  it("say that entries were asked for and refused", () => {
    const eager = handStrategy("eager", [], () => ({ state: [], step: () => ENTER_LONG }));
    const definition = definitionOf(eager, { settings: { sizing: { kind: "risk", percent: 1 } } });
    const { verdict } = buildReport(runOn(definition, randomCandles(50)), META).overview;
    expect(verdict).toMatch(/No trades in 1 days: \d+ orders refused \(sizing\)\./);
  });

  it("count a candle as held where a trade began and ended inside it", () => {
    const brief = scripted((n) => (n === 0 ? [{ instrument: 0, side: "buy", stop: 99 }] : []));
    const result = runOn(
      definitionOf(brief, { checks: "bare", settings: { fees: FREE } }),
      minutes([
        [100, 101, 99.5, 100],
        [100, 101, 98, 99],
        [99, 100, 98, 99],
      ]),
    );
    expect([result.main.trades.length, result.main.candlesHeld]).toEqual([1, 1]);
  });

  it("name hours and weekdays before 1970", () => {
    const often = handStrategy("often", [], () => ({ state: [], step: (_, i) => (i % 2 === 0 ? ENTER_LONG : 2) }));
    const candles = randomCandles(200, { step: 3_600_000, start: Date.UTC(1960, 5, 1) });
    const { tables } = buildReport(runOn(definitionOf(often, { timeframe: "1h" }), candles), META);
    for (const { key } of tables.byHour) expect(key).toMatch(/^(?:[01]\d|2[0-3])$/);
    for (const { key } of tables.byWeekday) expect(key).toMatch(/day$/);
  });

  it("check the warm-up of rules that look at their position", () => {
    const rules = compileRules(
      "enter long when position() == 0 and close > ema(close, 20)\nexit long when close < ema(close, 20)",
    );
    const { checks } = buildReport(runOn(definitionOf(rules), randomCandles(1_000)), META).overview;
    const check = checks.find((entry) => entry.id === "warm-up");
    expect(check).toMatchObject({ passed: true, finding: expect.stringMatching(/^\d+ candles of history settle/) });
  });
});

describe("the grid", () => {
  it("buys a step again after it was sold", () => {
    const grid = findStrategy("grid");
    if (grid === undefined) throw new Error("the library has no grid");
    const rows: Prices[] = [[100, 100.1, 99.9, 100]];
    for (let k = 0; k < 5; k++)
      rows.push([100, 100.2, 97.8, 98], [98, 98.2, 97.9, 98], [98, 100.6, 97.9, 100.5], [100.5, 100.6, 99.9, 100]);
    const result = runOn(definitionOf(grid, { checks: "bare", settings: { fees: FREE, end: "keep" } }), minutes(rows));
    expect(result.main.trades.rows().filter((trade) => trade.reason === "target").length).toBeGreaterThanOrEqual(5);
  });
});
