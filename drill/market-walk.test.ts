import { describe, expect, it } from "vitest";
import { MarketWalk, type WalkStep } from "./market-walk.ts";

const TERMS = { seed: 7, price: 100, tick: "0.01", quantityDecimals: 4, thinMax: 0.05 };
const STEPS = 5_000;

function steps(seed: number): WalkStep[] {
  const walk = new MarketWalk({ ...TERMS, seed });
  return Array.from({ length: STEPS }, () => walk.next());
}

describe("a walk of a market", () => {
  it("goes the same steps for the same seed, and others for another", () => {
    expect(steps(7)).toEqual(steps(7));
    expect(steps(7)).not.toEqual(steps(8));
  });

  it("goes both ways, hundredths at a time, and never further than one of a hundred from where it began", () => {
    const prices = steps(7).map(({ price }) => Number(price));
    const moved = prices.slice(1).map((price, index) => price - prices[index]);
    expect(moved.filter((by) => by > 0).length).toBeGreaterThan(STEPS / 4);
    expect(moved.filter((by) => by < 0).length).toBeGreaterThan(STEPS / 4);
    expect(Math.max(...moved.map(Math.abs))).toBeLessThanOrEqual(0.071);
    expect(Math.min(...prices)).toBeGreaterThanOrEqual(99);
    expect(Math.max(...prices)).toBeLessThanOrEqual(101);
    // It gets far from where it began, too: a stop that is half of that away is met in the end.
    expect(Math.max(...prices) - Math.min(...prices)).toBeGreaterThan(1);
  });

  it("trades whole lots, at thin steps so few that an order takes several", () => {
    const thin = steps(7).flatMap(({ quantity }) => quantity ?? []);
    expect(thin.length).toBeGreaterThan(STEPS / 3);
    expect(thin.length).toBeLessThan(STEPS);
    for (const quantity of thin) expect(quantity).toMatch(/^0\.0\d{3}$/);
    expect(Math.min(...thin.map(Number))).toBeGreaterThan(0);
    expect(Math.max(...thin.map(Number))).toBeLessThanOrEqual(TERMS.thinMax);
  });
});
