import { describe, expect, test } from "vitest";
import type { CandleSeries } from "../../schema/wire/dataset.ts";
import type { MarketCandle } from "../../schema/wire/live.ts";
import { addMinute, drawnAsOf, withMinutes } from "./live-candles.ts";

const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 0, 5);

function minuteOf(at: number, close: number, volume = 1): MarketCandle {
  return { time: START + at * MINUTE_MS, open: close, high: close + 2, low: close - 2, close, volume };
}

const BASE: CandleSeries = {
  ...{ datasetId: "", timeframe: "5m", time: [START, START + 5 * MINUTE_MS] },
  ...{ open: [10, 11], high: [12, 13], low: [9, 10], close: [11, 12], volume: [5, 5] },
};

/** All that had closed when the market was at the end of the last of them. */
const KNOWN_TO = START + 10 * MINUTE_MS;

describe("candles that are still running", () => {
  test("minutes of a new candle begin it and make it higher, lower and of their close", () => {
    const { time, open, high, low, close, volume } = withMinutes(BASE, KNOWN_TO, [
      minuteOf(10, 20),
      minuteOf(11, 15),
      minuteOf(12, 17),
    ]).series;
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
    const { series, behind } = withMinutes(BASE, KNOWN_TO, [minuteOf(1, 99), minuteOf(4, 1)]);
    expect(series).toBe(BASE);
    expect(behind).toBe(false);
  });

  test("a minute inside the last candle moves its price and counts no volume twice", () => {
    const { time, high, close, volume } = withMinutes(BASE, KNOWN_TO, [minuteOf(9, 30)]).series;
    expect([time.length, high[1], close[1], volume[1]]).toEqual([2, 32, 30, 5]);
  });

  test("minutes that leave a candle out after what is known are not drawn, and say so", () => {
    const { series, behind } = withMinutes(BASE, KNOWN_TO, [minuteOf(10, 20), minuteOf(20, 21), minuteOf(25, 22)]);
    expect(behind).toBe(true);
    expect(series.time.map((time) => (time - START) / MINUTE_MS)).toEqual([0, 5, 10]);
  });

  test("where nothing traded until the moment that is known, the next minute continues the candles", () => {
    const monday = 2 * 24 * 60;
    const { series, behind } = withMinutes(BASE, START + (monday + 2) * MINUTE_MS, [minuteOf(monday + 1, 20)]);
    expect(behind).toBe(false);
    expect((series.time[2] - START) / MINUTE_MS).toBe(monday);
  });

  test("candles of a replay continue one another, each a whole candle", () => {
    const { series, behind } = withMinutes(BASE, KNOWN_TO, [minuteOf(10, 20), minuteOf(15, 21), minuteOf(20, 22)]);
    expect(behind).toBe(false);
    expect(series.close).toEqual([11, 12, 20, 21, 22]);
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

describe("the moment that drawn candles are of", () => {
  const NOW = { away: false, failed: false, behind: false, historyAt: 10, toldAt: 12 };

  test("is not named while they keep up, though a request failed or minutes have just been left out", () => {
    expect(drawnAsOf(NOW)).toBeNull();
    expect(drawnAsOf({ ...NOW, failed: true })).toBeNull();
    expect(drawnAsOf({ ...NOW, behind: true })).toBeNull();
  });

  test("is the last that was told while the connection is away", () => {
    expect(drawnAsOf({ ...NOW, away: true })).toBe(12);
    expect(drawnAsOf({ ...NOW, away: true, failed: true })).toBe(12);
    expect(drawnAsOf({ ...NOW, away: true, toldAt: null })).toBe(10);
  });

  test("is the end of what could be loaded where minutes are left out and cannot be asked for", () => {
    expect(drawnAsOf({ ...NOW, failed: true, behind: true })).toBe(10);
  });
});
