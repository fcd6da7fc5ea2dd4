import { describe, expect, it } from "vitest";
import { candlesOf } from "../core/candle/candle.ts";
import { DAY_MS, MINUTE_MS, WEEK_MS } from "../core/candle/timeframe.ts";
import { ALWAYS_OPEN, US_STOCK } from "../core/candle/trading-calendar.ts";
import { missingOpens, stretchesOf } from "./missing-candles.ts";

const MONDAY = Date.UTC(2026, 0, 5);
const candlesAt = (times: readonly number[]) =>
  candlesOf(times.map((time) => ({ time, open: 1, high: 1, low: 1, close: 1, volume: 1 })));

describe("candles that a series lacks", () => {
  it("are those of hours in which the market traded, within the stretch that was asked about", () => {
    const open = MONDAY + 14.5 * 3_600_000;
    const series = { timeframe: "1m", calendar: US_STOCK } as const;
    const held = candlesAt([open, open + 2 * MINUTE_MS]);
    expect(missingOpens(held, { ...series, from: MONDAY, to: open + 4 * MINUTE_MS })).toEqual([
      open + MINUTE_MS,
      open + 3 * MINUTE_MS,
    ]);
    expect(missingOpens(held, { ...series, from: open + 2 * MINUTE_MS, to: open + 3 * MINUTE_MS })).toEqual([]);
    expect(missingOpens(candlesAt([]), { ...series, from: MONDAY - 2 * DAY_MS, to: MONDAY })).toEqual([]);
  });

  it("of weeks are told one by one, whatever the days of the market", () => {
    const range = { from: MONDAY - 1, to: MONDAY + 3 * WEEK_MS, timeframe: "1w", calendar: US_STOCK } as const;
    expect(missingOpens(candlesAt([MONDAY + WEEK_MS]), range)).toEqual([MONDAY, MONDAY + 2 * WEEK_MS]);
  });

  it("are asked for together as long as one page may bring them, and without a break however many", () => {
    const at = (minutes: number) => MONDAY + minutes * MINUTE_MS;
    const opens = [0, 999, 1_000, 5_000].map(at);
    expect(stretchesOf(opens, "1m")).toEqual([
      { from: at(0), to: at(1_001) },
      { from: at(5_000), to: at(5_001) },
    ]);
    const long = missingOpens(candlesAt([]), { from: at(0), to: at(4_000), timeframe: "1m", calendar: ALWAYS_OPEN });
    expect(stretchesOf(long, "1m")).toEqual([{ from: at(0), to: at(4_000) }]);
  });
});
