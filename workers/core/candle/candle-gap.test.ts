import { describe, expect, test } from "vitest";
import { emptyCandles } from "./candle.ts";
import { CandleCoverage } from "./candle-coverage.ts";
import { findGaps } from "./candle-gap.ts";
import type { Timeframe } from "./timeframe.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "./timeframe.ts";
import type { TradingCalendar } from "./trading-calendar.ts";
import { ALWAYS_OPEN, eachExpectedCandle, FX_WEEK, US_STOCK } from "./trading-calendar.ts";

const FROM = Date.UTC(2023, 0, 2);
const TO = Date.UTC(2024, 0, 1);

function openTimes(calendar: TradingCalendar, timeframe: Timeframe): number[] {
  const times: number[] = [];
  eachExpectedCandle(calendar, { timeframe, from: FROM, to: TO }, (open) => times.push(open));
  return times;
}

function coverageOf(times: readonly number[], timeframe: Timeframe): CandleCoverage {
  const columns = emptyCandles(times.length);
  columns.time.set(times);
  const coverage = new CandleCoverage(timeframe);
  coverage.push(columns);
  return coverage;
}

const MARKETS: readonly (readonly [string, TradingCalendar, Timeframe])[] = [
  ["crypto minutes", ALWAYS_OPEN, "1m"],
  ["crypto days", ALWAYS_OPEN, "1d"],
  ["FX minutes", FX_WEEK, "1m"],
  ["FX hours", FX_WEEK, "1h"],
  ["stock minutes", US_STOCK, "1m"],
  ["stock days", US_STOCK, "1d"],
];

describe("findGaps", () => {
  test.each(MARKETS)("%s with nothing missing have no gap under their calendar", (_, calendar, timeframe) => {
    expect(findGaps(coverageOf(openTimes(calendar, timeframe), timeframe), calendar).gapCount).toBe(0);
  });

  test.each(MARKETS)(
    "%s: nights, weekends and holidays of an unknown market are no gaps",
    (name, calendar, timeframe) => {
      const found = findGaps(coverageOf(openTimes(calendar, timeframe), timeframe));
      // What cannot be told from lost data: early closes, and the weeks around a change of the clocks.
      const allowed = name === "stock minutes" ? 6 : name.startsWith("FX") ? 4 : 0;
      expect(found.gapCount).toBeLessThanOrEqual(allowed);
    },
  );

  test.each(MARKETS.filter(([, , timeframe]) => timeframe !== "1d"))(
    "%s: candles lost inside a session are found with and without a calendar",
    (_, calendar, timeframe) => {
      const length = timeframe === "1h" ? HOUR_MS : MINUTE_MS;
      const from = Date.UTC(2023, 5, 14, 15);
      const times = openTimes(calendar, timeframe).filter((time) => time < from || time >= from + 3 * length);
      const gap = { from, to: from + 3 * length, candles: 3 };
      expect(findGaps(coverageOf(times, timeframe), calendar)).toMatchObject({
        gapCount: 1,
        gapCandles: 3,
        gaps: [gap],
      });
      expect(findGaps(coverageOf(times, timeframe)).gaps).toContainEqual(gap);
    },
  );

  test("two lost weeks of daily stock candles are one gap, not holidays", () => {
    const from = Date.UTC(2023, 7, 7);
    const times = openTimes(US_STOCK, "1d").filter((time) => time < from || time >= from + 14 * DAY_MS);
    expect(findGaps(coverageOf(times, "1d"))).toMatchObject({ gapCount: 1, gapCandles: 10 });
  });
});
