import { describe, expect, it } from "vitest";
import { type Check, verdictOf } from "./checks.ts";
import type { Statistics } from "./statistics.ts";

const TITLES: Record<Check["id"], string> = {
  ...{ path: "Path inside candles", "look-ahead": "Look-ahead", "warm-up": "Warm-up" },
  ...{ cost: "Costs", "monte-carlo": "Luck of the draw", sample: "Sample size" },
};
const IDS = Object.keys(TITLES) as Check["id"][];

/** The verdict of a run that gained 38.2 %, with these checks failed. */
function verdict(failed: readonly Check["id"][], change: Partial<Statistics> = {}): string {
  const checks = IDS.map((id) => ({ id, title: TITLES[id], passed: !failed.includes(id), finding: "" }));
  const statistics = {
    ...{ totalReturn: 0.382, maxDrawdown: 0.124, years: 3.1, trades: 60, deflatedSharpe: 0.97 },
    ...{ buyHoldReturn: null, buyHoldMaxDrawdown: null },
    ...change,
  } as Statistics;
  return verdictOf(statistics, checks, []);
}

describe("the verdict of a run that gained", () => {
  it("holds up where every check passes and luck is unlikely", () => {
    expect(verdict([])).toBe("+38.2 % in 3.1 years, worst fall 12.4 %. Holds up: 6 of 6 checks.");
    expect(verdict(["warm-up"])).toContain("Holds up: 5 of 6 checks. Not: warm-up.");
  });

  it("does not hold up where costs, luck, the path or a look into the future speak against it, whatever else passes", () => {
    for (const id of ["cost", "monte-carlo", "path", "look-ahead"] as const) {
      expect(verdict([id])).toMatch(/12\.4 %\. Does not hold up: 5 of 6 checks\. Not: /);
    }
    expect(verdict(["cost", "monte-carlo"])).toContain("4 of 6 checks. Not: costs, luck of the draw.");
  });

  it("is left open where its trades are few, or its Sharpe ratio is no better than that of many tries", () => {
    expect(verdict(["sample"])).toContain("Too few trades to tell: 5 of 6 checks. Not: sample size.");
    expect(verdict([], { deflatedSharpe: 0.949 })).toContain(
      "May be luck: 6 of 6 checks, but a deflated Sharpe of 94 %, where 95 % would convince.",
    );
    expect(verdict([], { deflatedSharpe: null })).toContain("Holds up");
  });
});

describe("beside buying and holding", () => {
  it.each([
    [0.6114, 0.34, "Buying and holding did better: +61.1 %, worst fall 34.0 %."],
    [-0.05, 0.4, "Buying and holding did worse: −5.0 %, worst fall 40.0 %."],
    [0.38201, 0.2, "Buying and holding made the same: +38.2 %, worst fall 20.0 %."],
  ])("a run says which did better, and by which figures", (buyHoldReturn, buyHoldMaxDrawdown, words) => {
    expect(verdict([], { buyHoldReturn, buyHoldMaxDrawdown }).endsWith(words)).toBe(true);
    expect(verdict([], { totalReturn: -0.5, buyHoldReturn, buyHoldMaxDrawdown })).toContain("A loss, whose figures");
  });
});
