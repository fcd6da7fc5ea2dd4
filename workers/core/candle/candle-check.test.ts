import { describe, expect, test } from "vitest";
import type { Candle } from "./candle.ts";
import { candlesOf, sliceCandles } from "./candle.ts";
import type { CandleRule } from "./candle-check.ts";
import { BAD_ROWS_LISTED_MAX, CandleCheck } from "./candle-check.ts";
import { DAY_MS, HOUR_MS } from "./timeframe.ts";

const GOOD: Candle = { time: 20_000 * DAY_MS, open: 10, high: 12, low: 9, close: 11, volume: 5 };

const BAD: readonly (readonly [CandleRule, Partial<Candle>])[] = [
  ["time must be a date or an epoch", { time: Number.NaN }],
  ["time must be a date or an epoch", { time: 9e15 }],
  ["time must be on the grid of the timeframe", { time: GOOD.time + HOUR_MS + 1 }],
  ["open, high, low and close must be finite numbers", { close: Number.NaN }],
  ["open, high, low and close must be finite numbers", { high: Number.POSITIVE_INFINITY }],
  ["prices must be above 0", { low: -1 }],
  ["prices must be above 0", { open: 0 }],
  ["high must be at least open, close and low", { high: 10.5 }],
  ["low must be at most open and close", { low: 10.5 }],
  ["volume must be a number of 0 or more", { volume: -1 }],
  ["volume must be a number of 0 or more", { volume: Number.NaN }],
  ["time must rise from row to row", { time: GOOD.time - HOUR_MS }],
  ["rows of one time must not differ", { time: GOOD.time }],
];

describe("CandleCheck", () => {
  test.each(BAD)("%s: %o is counted, listed by row number, and left out", (rule, change) => {
    const check = new CandleCheck({ timeframe: "1h" });
    const bad = { ...GOOD, time: GOOD.time + HOUR_MS, volume: 6, ...change };
    const kept = check.push(candlesOf([GOOD, bad, { ...GOOD, time: GOOD.time + 2 * HOUR_MS }]));
    expect(kept.length).toBe(2);
    expect(check.broken).toEqual([{ rule, count: 1, rows: [2] }]);
  });

  test("a repeated row is a duplicate, also over the edge of two chunks", () => {
    const check = new CandleCheck({ timeframe: "1d" });
    const rows = candlesOf([GOOD, GOOD, { ...GOOD, time: GOOD.time + DAY_MS }]);
    expect(check.push(sliceCandles(rows, 0, 1)).length).toBe(1);
    expect(check.push(sliceCandles(rows, 1, 3)).length).toBe(1);
    expect(check.duplicates).toBe(1);
    expect(check.broken).toEqual([]);
  });

  test("counts every bad row and lists only the first", () => {
    const check = new CandleCheck({ timeframe: "1d" });
    const bad = candlesOf(Array.from({ length: 100 }, () => ({ ...GOOD, high: 1 })));
    check.push(bad);
    check.push(bad);
    const [broken] = check.broken;
    expect(broken.count).toBe(200);
    expect(broken.rows).toEqual(Array.from({ length: BAD_ROWS_LISTED_MAX }, (_, index) => index + 1));
  });
});
