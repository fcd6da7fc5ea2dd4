import { describe, expect, test } from "vitest";
import type { CandleSeries } from "../../schema/wire/dataset.ts";
import type { MarketCandle } from "../../schema/wire/live.ts";
import { addMinute, withMinutes } from "./live-candles.ts";

const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 0, 5);

function minuteOf(at: number, close: number, volume = 1): MarketCandle {
  return { time: START + at * MINUTE_MS, open: close, high: close + 2, low: close - 2, close, volume };
}

const BASE: CandleSeries = {
  ...{ datasetId: "", timeframe: "5m", time: [START, START + 5 * MINUTE_MS] },
  ...{ open: [10, 11], high: [12, 13], low: [9, 10], close: [11, 12], volume: [5, 5] },
};

describe("candles that are still running", () => {
  test("minutes of a new candle begin it and make it higher, lower and of their close", () => {
    const { time, open, high, low, close, volume } = withMinutes(BASE, [
      minuteOf(10, 20),
      minuteOf(11, 15),
      minuteOf(12, 17),
    ]);
    expect(time.length).toBe(3);
    expect([time[2], open[2], high[2], low[2], close[2], volume[2]]).toEqual([
      START + 10 * MINUTE_MS,
      20,
      22,
      13,
      17,
      3,
    ]);
  });

  test("minutes that the candles hold already change nothing", () => {
    expect(withMinutes(BASE, [minuteOf(1, 99), minuteOf(4, 1)])).toBe(BASE);
  });

  test("a minute inside the last candle moves its price and counts no volume twice", () => {
    const { time, high, close, volume } = withMinutes(BASE, [minuteOf(9, 30)]);
    expect([time.length, high[1], close[1], volume[1]]).toEqual([2, 32, 30, 5]);
  });

  test("a later word on the same minute takes its place, in whatever order they come", () => {
    const minutes = [minuteOf(10, 20), minuteOf(11, 21), minuteOf(10, 25, 9)].reduce(
      (known: readonly MarketCandle[], minute) => addMinute(known, minute, 10),
      [],
    );
    expect(minutes.map(({ close }) => close)).toEqual([25, 21]);
  });

  test("no more minutes are kept than asked for", () => {
    let minutes: readonly MarketCandle[] = [];
    for (let at = 0; at < 50; at++) minutes = addMinute(minutes, minuteOf(at, at), 8);
    expect(minutes.map(({ close }) => close)).toEqual([42, 43, 44, 45, 46, 47, 48, 49]);
  });
});
