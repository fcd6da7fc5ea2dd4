import { describe, expect, it } from "vitest";
import { SIM_INSTRUMENTS } from "../sim/sim-instrument.ts";
import { findStrategy, STRATEGIES } from "../strategy/registry.ts";
import { compileRules } from "../strategy/rule/rules.ts";
import { DEFAULT_PROGRAM_COST, type Strategy } from "../strategy/strategy.ts";
import { candleCostNs } from "./candle-cost.ts";
import { completeParameters } from "./definition.ts";
import { DEFAULT_SETTINGS, type RunDefinition } from "./settings.ts";

const [instrument] = SIM_INSTRUMENTS;
const PLAIN = "enter long when close > 1\nexit long when close < 1";

function costOf(strategy: Strategy, changed: Partial<RunDefinition> = {}): number {
  return candleCostNs({
    instruments: [{ instrument, timeframe: "1m" }],
    ...{ timeframe: "1m", strategy, parameters: completeParameters(strategy.parameters, {}) },
    settings: DEFAULT_SETTINGS,
    ...changed,
  });
}

describe("the estimated cost of a candle", () => {
  it("of every library strategy is some microseconds at most, in all variants of a full run", () => {
    for (const { strategy } of STRATEGIES) {
      expect(costOf(strategy)).toBeGreaterThan(500);
      expect(costOf(strategy)).toBeLessThan(15_000);
    }
  });

  it("grows with a window that is read again at each candle by nanoseconds a value", () => {
    const cci = (period: number) =>
      costOf(compileRules(`enter long when cci(${period}) > 1\nexit long when close < 1`));
    expect((cci(1_000) - cci(20)) / 980).toBeGreaterThan(2);
    const sma = (period: number) =>
      costOf(compileRules(`enter long when sma(${period}) > 1\nexit long when close < 1`));
    expect(sma(1_000)).toBe(sma(20));
  });

  it("counts rules that look at their position once for each variant, others at most twice", () => {
    const conditions = Array.from({ length: 60 }, (_, i) => `close > ${i}.5`).join(" and ");
    const columns = compileRules(`enter long when ${conditions}\nexit long when close < 1`);
    const stepped = compileRules(`enter long when ${conditions}\nexit long when close < position()`);
    const bare = { checks: "bare" } as const;
    expect(costOf(stepped) / costOf(stepped, bare)).toBeCloseTo(4, 1);
    expect(costOf(columns)).toBeLessThan(costOf(stepped) / 4);
  });

  it("takes the strategy's part only for the candles that it sees", () => {
    const strategy = compileRules("enter long when cci(1000) > 1\nexit long when close < 1");
    const hourly = costOf(strategy, { timeframe: "1h" });
    expect(costOf(strategy) - hourly).toBeGreaterThan(0.9 * (costOf(strategy) - costOf(compileRules(PLAIN))));
  });

  it("of a strategy that does not tell is the default", () => {
    const dca = findStrategy("dca");
    if (dca === undefined) throw new Error("dca is missing");
    const { cost: _, ...silent } = compileRules(PLAIN);
    expect(costOf({ ...silent, cost: () => DEFAULT_PROGRAM_COST })).toBe(costOf(silent));
    expect(costOf(dca)).toBe(costOf(silent));
  });
});
