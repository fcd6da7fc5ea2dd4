import { describe, expect, test } from "vitest";
import type { CandleSeries } from "../../schema/wire/dataset.ts";
import { changedRows } from "./candle-rows.ts";

const MINUTE_MS = 60_000;

function seriesOf(closes: readonly number[], from = 0): CandleSeries {
  return {
    datasetId: "",
    timeframe: "1m",
    time: closes.map((_, at) => from + at * MINUTE_MS),
    open: [...closes],
    high: closes.map((close) => close + 1),
    low: closes.map((close) => close - 1),
    close: [...closes],
    volume: closes.map(() => 1),
  };
}

describe("candles that grow at their end", () => {
  test("another last candle and a new one are told, and nothing before them", () => {
    const rows = changedRows(seriesOf([5, 6, 7]), seriesOf([5, 6, 8, 9]));
    expect(rows?.map(({ time, close }) => [time, close])).toEqual([
      [120, 8],
      [180, 9],
    ]);
  });

  test("a change before the last candle, another window or another market is drawn anew", () => {
    expect(changedRows(seriesOf([5, 6, 7]), seriesOf([5, 5, 7]))).toBeNull();
    expect(changedRows(seriesOf([5, 6, 7]), seriesOf([5, 6, 7], MINUTE_MS))).toBeNull();
    expect(changedRows(seriesOf([5, 6, 7]), seriesOf([5, 6]))).toBeNull();
    expect(changedRows(undefined, seriesOf([5]))).toBeNull();
    expect(changedRows(seriesOf([5]), { ...seriesOf([5]), timeframe: "5m" })).toBeNull();
  });
});
