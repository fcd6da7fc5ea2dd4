import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  alphaBeta,
  deviation,
  expectedMaxSharpe,
  mean,
  median,
  normalCdf,
  normalInverse,
  probabilisticSharpe,
  quantile,
  shape,
  sharpeRatio,
  sortinoRatio,
} from "./formulas.ts";
import { sha256 } from "./sha256.ts";

const floats = (...values: number[]) => Float64Array.from(values);
const returnsArbitrary = fc
  .array(fc.integer({ min: -2_000, max: 2_000 }), { minLength: 3, maxLength: 60 })
  .filter((values) => new Set(values).size > 2)
  .map((values) => Float64Array.from(values, (value) => value / 10_000));

describe("formulas by hand", () => {
  it("mean, deviation and median of four numbers", () => {
    expect(mean([1, 2, 3, 6])).toBe(3);
    // Squares 4 + 1 + 0 + 9 = 14: over 3 for a sample, over 4 for a population.
    expect(deviation([1, 2, 3, 6], 1)).toBeCloseTo(Math.sqrt(14 / 3), 14);
    expect(deviation([1, 2, 3, 6], 0)).toBeCloseTo(Math.sqrt(14 / 4), 14);
    expect(median([6, 1, 3, 2])).toBe(2.5);
    expect(median([6, 1, 3])).toBe(3);
  });

  it("the 5 % quantile of twenty numbers is the smallest, of forty the second", () => {
    const rising = (count: number) => Array.from({ length: count }, (_, index) => index);
    expect(quantile(rising(20), 0.05)).toBe(0);
    expect(quantile(rising(40), 0.05)).toBe(1);
    expect(quantile(rising(21), 0.05)).toBe(1);
    expect(quantile([7], 0.05)).toBe(7);
  });

  it("Sharpe of +1 %, -1 %, +2 % with 1 % a year over 100 days", () => {
    // Mean 2/300, deviations 1/300, -5/300, 4/300: variance 42/90000/2.
    const expected = ((2 / 300 - 0.0001) / Math.sqrt(42 / 90_000 / 2)) * 10;
    expect(sharpeRatio(floats(0.01, -0.01, 0.02), 0.01, 100)).toBeCloseTo(expected, 12);
    expect(sharpeRatio(floats(0.01, 0.01), 0, 100)).toBeNaN();
  });

  it("Sortino counts falls alone, over all days", () => {
    const expected = (2 / 300 / Math.sqrt(0.0001 / 3)) * 10;
    expect(sortinoRatio(floats(0.01, -0.01, 0.02), 0, 100)).toBeCloseTo(expected, 12);
    expect(sortinoRatio(floats(0.01, 0.02), 0, 100)).toBeNaN();
  });

  it("beta of twice the market is two, and its alpha the constant added", () => {
    const market = floats(0.01, -0.02, 0.03, 0);
    const { alpha, beta } = alphaBeta(
      market.map((value) => 2 * value + 0.001),
      market,
      0,
      250,
    );
    expect(beta).toBeCloseTo(2, 12);
    expect(alpha).toBeCloseTo(0.25, 12);
  });

  it("kurtosis is the full one: two equal values apart have 1, not -2", () => {
    expect(shape(floats(-1, 1))).toEqual({ skewness: 0, kurtosis: 1 });
  });

  it("the normal distribution at known points", () => {
    // Abramowitz and Stegun, table 26.1.
    expect(normalCdf(0)).toBeCloseTo(0.5, 15);
    expect(normalCdf(1)).toBeCloseTo(0.841344746068543, 14);
    expect(normalCdf(-1.96)).toBeCloseTo(0.024997895148220428, 14);
    expect(normalCdf(5)).toBeCloseTo(0.9999997133484281, 14);
    expect(normalInverse(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect(normalInverse(0.0001)).toBeCloseTo(-3.719016485455709, 11);
  });

  it("the probabilistic Sharpe ratio of a symmetric series", () => {
    // Returns ±1 % with mean 0.2 %: SR 0.2/√0.96·..., written out with skewness and kurtosis.
    const returns = floats(0.01, 0.01, 0.01, -0.01, -0.01);
    const middle = 0.002;
    const spread = Math.sqrt((3 * 0.008 ** 2 + 2 * 0.012 ** 2) / 4);
    const population = Math.sqrt((3 * 0.008 ** 2 + 2 * 0.012 ** 2) / 5);
    const third = (3 * 0.008 ** 3 - 2 * 0.012 ** 3) / 5 / population ** 3;
    const fourth = (3 * 0.008 ** 4 + 2 * 0.012 ** 4) / 5 / population ** 4;
    const sharpe = middle / spread;
    const expected = normalCdf((sharpe * 2) / Math.sqrt(1 - third * sharpe + ((fourth - 1) / 4) * sharpe ** 2));
    expect(probabilisticSharpe(returns, 0, 0)).toBeCloseTo(expected, 12);
  });

  it("the best of more trials without skill is expected to look better", () => {
    expect(expectedMaxSharpe(0.1, 1)).toBe(0);
    // Bailey and López de Prado: about 2.5 deviations for 100 trials.
    expect(expectedMaxSharpe(1, 100)).toBeCloseTo(2.53, 2);
    expect(expectedMaxSharpe(1, 1_000)).toBeGreaterThan(expectedMaxSharpe(1, 100));
  });
});

describe("formulas on random series", () => {
  it("Sharpe and deviation follow their definitions", () => {
    fc.assert(
      fc.property(returnsArbitrary, fc.constantFrom(252, 365), (returns, days) => {
        const list = [...returns];
        const middle = list.reduce((a, b) => a + b, 0) / list.length;
        const variance = list.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (list.length - 1);
        expect(sharpeRatio(returns, 0.02, days)).toBeCloseTo(
          ((middle - 0.02 / days) / Math.sqrt(variance)) * Math.sqrt(days),
          8,
        );
      }),
    );
  });

  it("the quantile is the smallest value that the share asked for does not exceed", () => {
    fc.assert(
      fc.property(returnsArbitrary, fc.constantFrom(0.05, 0.25, 0.5, 0.95), (returns, q) => {
        const value = quantile(returns, q);
        const atMost = (limit: number) => returns.filter((entry) => entry <= limit).length / returns.length;
        expect(atMost(value)).toBeGreaterThanOrEqual(q - 1e-9);
        const below = returns.filter((entry) => entry < value).length / returns.length;
        expect(below).toBeLessThan(q);
      }),
    );
  });

  it("the inverse of the normal distribution undoes it", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (p) => {
        expect(Math.abs(normalCdf(normalInverse(p)) - p)).toBeLessThan(1e-12);
      }),
    );
  });

  it("SHA-256 equals the platform's on any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
        expect(sha256(text)).toBe(createHash("sha256").update(text).digest("hex"));
      }),
    );
  });
});
