import { describe, expect, it } from "vitest";
import { candleOpen } from "../candle/timeframe.ts";
import { columnsOf, specOf } from "../testing/indicator-columns.ts";
import { randomCandles } from "../testing/random-candles.ts";

const candles = randomCandles(2_000, { seed: 11, step: 15 * 60_000 });
const { open, high, low, close, volume, time } = candles;
type At = (index: number) => number;

function window(at: At, index: number, period: number): number[] {
  return Array.from({ length: period }, (_, k) => at(index - period + 1 + k));
}
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const mean = (at: At, period: number) => (index: number) => sum(window(at, index, period)) / period;
const top = (period: number) => (index: number) => Math.max(...window((i) => high[i], index, period));
const bottom = (period: number) => (index: number) => Math.min(...window((i) => low[i], index, period));
const closeAt: At = (index) => close[index];
const weighted =
  (at: At, period: number): At =>
  (index) =>
    sum(window(at, index, period).map((value, k) => value * (k + 1))) / ((period * (period + 1)) / 2);
const deviation = (period: number) => (index: number) => {
  const middle = mean(closeAt, period)(index);
  return Math.sqrt(sum(window((i) => (close[i] - middle) ** 2, index, period)) / period);
};
const fast: At = (i) => (100 * (close[i] - bottom(14)(i))) / (top(14)(i) - bottom(14)(i));
const slow = mean(fast, 3);
const day = (index: number) => candleOpen(time[index], "1d");
const sameDay = (index: number) => {
  const rows: number[] = [];
  for (let i = index; i >= 0 && day(i) === day(index); i--) rows.push(i);
  return rows;
};
const dayBefore = (index: number) => {
  const first = Math.min(...sameDay(index));
  return first === 0 ? [] : sameDay(first - 1);
};
const pivot: At = (index) => {
  const rows = dayBefore(index);
  if (rows.length === 0) return Number.NaN;
  return (Math.max(...rows.map((i) => high[i])) + Math.min(...rows.map((i) => low[i])) + close[Math.max(...rows)]) / 3;
};
/** Exponential smoothing from its definition: the seed is the mean of the first `count` values. */
function smoothed(at: At, start: number, count: number, weight: number): At {
  return (index) => {
    let value = sum(window(at, start + count - 1, count)) / count;
    for (let i = start + count; i <= index; i++) value = weight * at(i) + (1 - weight) * value;
    return value;
  };
}
const range: At = (i) => Math.max(high[i] - low[i], Math.abs(high[i] - close[i - 1]), Math.abs(low[i] - close[i - 1]));
const atr = (period: number) => smoothed(range, 1, period, 1 / period);
const flow: At = (i) => ((close[i] - low[i] - (high[i] - close[i])) / (high[i] - low[i])) * volume[i];
const middleOf = (period: number) => (i: number) => (top(period)(i) + bottom(period)(i)) / 2;

const body: At = (i) => Math.abs(close[i] - open[i]);
const spread: At = (i) => high[i] - low[i];

const CASES: [string, number[], Record<string, At>][] = [
  ["stochastic", [14, 3, 3], { k: slow, d: mean(slow, 3) }],
  ["hma", [16], { value: weighted((i) => 2 * weighted(closeAt, 8)(i) - weighted(closeAt, 16)(i), 4) }],
  ["stddev", [20], { value: deviation(20) }],
  ["bollinger", [20, 2], { upper: (i) => mean(closeAt, 20)(i) + 2 * deviation(20)(i) }],
  ["zscore", [20], { value: (i) => (close[i] - mean(closeAt, 20)(i)) / deviation(20)(i) }],
  [
    "vwma",
    [20],
    { value: (i) => sum(window((k) => close[k] * volume[k], i, 20)) / sum(window((k) => volume[k], i, 20)) },
  ],
  [
    "vwap",
    [],
    {
      value: (i) =>
        sum(sameDay(i).map((k) => ((high[k] + low[k] + close[k]) / 3) * volume[k])) /
        sum(sameDay(i).map((k) => volume[k])),
    },
  ],
  ["cmf", [20], { value: (i) => sum(window(flow, i, 20)) / sum(window((k) => volume[k], i, 20)) }],
  ["donchian", [20], { upper: top(20), lower: bottom(20), middle: (i) => (top(20)(i) + bottom(20)(i)) / 2 }],
  [
    "keltner",
    [20, 2],
    {
      upper: (i) => smoothed(closeAt, 0, 20, 2 / 21)(i) + 2 * atr(20)(i),
      lower: (i) => smoothed(closeAt, 0, 20, 2 / 21)(i) - 2 * atr(20)(i),
    },
  ],
  [
    "ichimoku",
    [9, 26, 52],
    {
      conversion: middleOf(9),
      base: middleOf(26),
      span_a: (i) => (middleOf(9)(i - 26) + middleOf(26)(i - 26)) / 2,
      span_b: (i) => middleOf(52)(i - 26),
    },
  ],
  [
    "pivot",
    [],
    {
      pivot,
      r1: (i) => 2 * pivot(i) - Math.min(...dayBefore(i).map((k) => low[k])),
      s1: (i) => 2 * pivot(i) - Math.max(...dayBefore(i).map((k) => high[k])),
    },
  ],
  ["doji", [], { value: (i) => (body(i) <= 0.1 * mean(spread, 10)(i - 1) ? 1 : 0) }],
  [
    "hammer",
    [],
    {
      value: (i) => {
        const floor = Math.min(open[i], close[i]);
        const small = body(i) < mean(body, 10)(i - 1);
        const tail = floor - low[i] > body(i) && high[i] - Math.max(open[i], close[i]) < 0.1 * mean(spread, 10)(i - 1);
        return small && tail && floor <= low[i - 1] + 0.2 * mean(spread, 5)(i - 2) ? 1 : 0;
      },
    },
  ],
  ["heikin_ashi", [], { close: (i) => (open[i] + high[i] + low[i] + close[i]) / 4 }],
];

describe("indicators against their definitions, computed window by window", () => {
  it.each(CASES)("%s(%j) equals its definition within 1e-9", (name, values, outputs) => {
    const columns = columnsOf(name, values, candles);
    const spec = specOf(name);
    for (const [output, at] of Object.entries(outputs)) {
      const column = columns[spec.outputs.indexOf(output)];
      for (let i = spec.first(values); i < 400; i++) {
        const expected = at(i);
        if (Number.isNaN(expected)) expect(column[i]).toBeNaN();
        else
          expect(Math.abs(column[i] - expected), `${output} at ${i}`).toBeLessThan(
            1e-9 * Math.max(1, Math.abs(expected)),
          );
      }
    }
  });

  it("heikin_ashi opens in the middle of the averaged body before", () => {
    const [averageClose, averageOpen, averageHigh, averageLow] = columnsOf("heikin_ashi", [], candles);
    expect(averageOpen[0]).toBe((open[0] + close[0]) / 2);
    for (let i = 1; i < 500; i++) {
      expect(averageOpen[i]).toBeCloseTo((averageOpen[i - 1] + averageClose[i - 1]) / 2, 12);
      expect(averageHigh[i]).toBe(Math.max(high[i], averageOpen[i], averageClose[i]));
      expect(averageLow[i]).toBe(Math.min(low[i], averageOpen[i], averageClose[i]));
    }
  });

  it("supertrend keeps its line on the far side of the close and ratchets while the direction holds", () => {
    const [line, direction] = columnsOf("supertrend", [10, 3], candles);
    for (let i = specOf("supertrend").first([10, 3]) + 1; i < candles.length; i++) {
      if (direction[i] > 0) expect(line[i]).toBeLessThanOrEqual(close[i]);
      else expect(line[i]).toBeGreaterThanOrEqual(close[i]);
      if (direction[i] === direction[i - 1]) {
        expect((line[i] - line[i - 1]) * direction[i]).toBeGreaterThanOrEqual(0);
      } else {
        const crossed = (close[i] - line[i - 1]) * direction[i];
        expect(crossed).toBeGreaterThan(0);
      }
    }
  });
});
