import { describe, expect, test } from "vitest";
import type { CandleColumns } from "../core/candle/candle.ts";
import { CANDLE_FIELDS } from "../core/candle/candle.ts";
import type { Timeframe } from "../core/candle/timeframe.ts";
import { DAY_MS, HOUR_MS } from "../core/candle/timeframe.ts";
import { simCandles } from "../core/sim/sim-candles.ts";
import { chartCandles } from "./chart-candles.ts";
import { simSource, simSources } from "./sim-source.ts";
import type { CandleSource } from "./source.ts";
import { readRange } from "./source.ts";

const FROM = Date.UTC(2021, 10, 17, 9, 30);
const TO = Date.UTC(2022, 1, 11, 4, 15);
const SERIES = { seed: 9, symbol: "ORBT", timeframe: "5m", from: FROM, to: TO } as const;

function plain(candles: CandleColumns) {
  return CANDLE_FIELDS.map((field) => [...candles[field].subarray(0, candles.length)]);
}

/** The same sources, noting which of them are read. */
function watched(sources: readonly CandleSource[]): { readonly sources: CandleSource[]; readonly reads: string[] } {
  const reads: string[] = [];
  const spies = sources.map((source) => ({
    ...source,
    read: (month: string) => {
      reads.push(`${source.timeframe} ${month}`);
      return source.read(month);
    },
  }));
  return { sources: spies, reads };
}

describe("simSource", () => {
  test.each<Timeframe>(["5m", "1h", "1d"])(
    "%s: its stretches joined are the candles of its span, counted right",
    async (timeframe) => {
      const source = simSource({ ...SERIES, timeframe });
      const expected = simCandles({ ...SERIES, timeframe });
      const times: number[] = [];
      for await (const part of readRange(source, { from: FROM, to: TO }))
        times.push(...part.time.subarray(0, part.length));
      expect(times).toEqual([...expected.time.subarray(0, expected.length)]);
      expect(source.candles).toBe(expected.length);
      expect(source.from).toBe(expected.time[0]);
    },
  );
});

describe("chartCandles", () => {
  test.each<readonly [number, Timeframe]>([
    [50_000, "5m"],
    [5_000, "30m"],
    [2_200, "1h"],
    [600, "4h"],
    [100, "1d"],
    [20, "1w"],
  ])("with room for %d candles the whole span is shown at %s, equal to that series", async (limit, timeframe) => {
    const chart = await chartCandles({ sources: simSources(SERIES), limit });
    expect(chart.timeframe).toBe(timeframe);
    expect(chart.candles.length).toBeLessThanOrEqual(limit);
    const inner = { from: FROM + 8 * DAY_MS, to: TO - 8 * DAY_MS };
    const expected = simCandles({ ...SERIES, timeframe, ...inner });
    const from = [...chart.candles.time].indexOf(expected.time[0]);
    for (const [field, column] of plain(expected).entries()) {
      expect(plain(chart.candles)[field].slice(from, from + expected.length)).toEqual(column);
    }
  });

  test("a wide span reads the large series, never the small one", async () => {
    const { sources, reads } = watched(simSources(SERIES));
    await chartCandles({ sources, limit: 100 });
    expect(reads).toEqual(["1d 2021", "1d 2022"]);
  });

  test("a narrow span reads only the month that holds it", async () => {
    const { sources, reads } = watched(simSources(SERIES));
    const from = Date.UTC(2021, 11, 7, 15);
    const { timeframe, candles } = await chartCandles({ sources, from, to: from + 3 * HOUR_MS, limit: 100 });
    expect(reads).toEqual(["5m 2021-12"]);
    expect(timeframe).toBe("5m");
    expect(candles.length).toBe(36);
  });

  test("a larger timeframe that is asked for is kept while it fits", async () => {
    const { timeframe } = await chartCandles({ sources: simSources(SERIES), timeframe: "1d", limit: 5_000 });
    expect(timeframe).toBe("1d");
  });
});
