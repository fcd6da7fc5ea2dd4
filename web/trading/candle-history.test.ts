import { describe, expect, test } from "vitest";
import { CHART_CANDLES_MAX } from "../../schema/wire/dataset.ts";
import type { MarketCandleSeries } from "../../schema/wire/market.ts";
import {
  type CandleAsk,
  type CandleHistory,
  completedCandles,
  continuedCandles,
  isCloseUp,
  isTooShort,
  latestCandles,
  missingCandles,
  wantedCandles,
} from "./candle-history.ts";

const MINUTE_MS = 60_000;
const LENGTH_MS = 5 * MINUTE_MS;
const DAY_MS = 86_400_000;
const BEGIN = Date.UTC(2018, 0, 10, 4, 55);
const LENGTHS = { "5m": LENGTH_MS, "15m": 3 * LENGTH_MS } as const;

/** The API over a market that begins at `BEGIN` and knows a candle for each five minutes since. */
function answered(ask: CandleAsk, marketAt: number): MarketCandleSeries {
  const from = Math.max(BEGIN, ask.from);
  const fits = (marketAt - from) / LENGTH_MS + 1 <= CHART_CANDLES_MAX;
  const timeframe = ask.timeframe === "5m" && fits ? "5m" : "15m";
  const lengthMs = LENGTHS[timeframe];
  const time: number[] = [];
  for (let at = Math.floor(from / lengthMs) * lengthMs; at + lengthMs <= marketAt; at += lengthMs) time.push(at);
  const price = time.map((at) => at / LENGTH_MS);
  return {
    ...{ instrument: "IMPORT:ETH-BTC", timeframe, marketAt, time, volume: price },
    ...{ open: price, high: price, low: price, close: price },
  };
}

/** What a chart knows after it was looked at, at each of these moments of the market. */
function watched(moments: readonly number[], since: number | null) {
  let known: CandleHistory | undefined;
  const asks: CandleAsk[] = [];
  for (const now of moments) {
    const wanted = wantedCandles("5m", { since, now });
    for (let missing = missingCandles(known, wanted); missing !== undefined; ) {
      asks.push(missing);
      const next = continuedCandles(known, missing, answered(missing, now));
      known = next;
      missing = missingCandles(known, wanted);
    }
  }
  if (known === undefined) throw new Error("nothing was asked for");
  return { known, asks };
}

function everyCandle(known: CandleHistory): boolean {
  const lengthMs = LENGTHS[known.series.timeframe === "15m" ? "15m" : "5m"];
  const { time, close } = known.series;
  return time.every(
    (at, index) => close[index] === at / LENGTH_MS && (index === 0 || at === time[index - 1] + lengthMs),
  );
}

const days = (count: number) => BEGIN + count * DAY_MS;

describe("the candles of a running market", () => {
  test("go back to where the bot began, and on to the market's moment, without a hole", () => {
    for (const life of [0.5, 3.5, 7.5, 40]) {
      const { known } = watched([days(life)], BEGIN);
      expect(known.series.time[0]).toBeLessThanOrEqual(BEGIN + LENGTH_MS);
      expect(known.series.time[0]).toBeGreaterThan(BEGIN - 15 * MINUTE_MS);
      expect(days(life) - (known.series.time.at(-1) ?? 0)).toBeLessThanOrEqual(30 * MINUTE_MS);
      expect(everyCandle(known)).toBe(true);
      expect(known.series.time.length).toBeLessThanOrEqual(CHART_CANDLES_MAX);
    }
  });

  test("begin no later however often the market is looked at, nor after an hour or days of not looking", () => {
    const { known } = watched([0.1, 0.101, 1, 1.04, 3.5, 3.501, 7.5].map(days), BEGIN);
    expect(known.series.time[0]).toBe(BEGIN);
    expect(everyCandle(known)).toBe(true);
    expect(known.series.time.length).toBe((7.5 * DAY_MS) / LENGTH_MS);
  });

  test("are asked for once as a whole, and then from the last one known", () => {
    const moments = Array.from({ length: 50 }, (_, at) => days(3) + at * LENGTH_MS);
    const { asks, known } = watched(moments, BEGIN);
    expect(asks.map(({ whole }) => whole)).toEqual([true, ...Array.from({ length: 49 }, () => false)]);
    expect(asks[1].from).toBe(days(3) - LENGTH_MS);
    expect(known.series.time.length).toBe((3 * DAY_MS) / LENGTH_MS + 49);
  });

  test("are not asked for before another has closed", () => {
    const { known } = watched([days(3)], BEGIN);
    const soon = wantedCandles("5m", { since: BEGIN, now: days(3) + LENGTH_MS - 1 });
    expect(missingCandles(known, soon)).toBeUndefined();
    const closed = wantedCandles("5m", { since: BEGIN, now: days(3) + LENGTH_MS });
    expect(missingCandles(known, closed)?.whole).toBe(false);
  });

  test("are taken at a larger timeframe once they are too many for a chart, and asked for as a whole once for that", () => {
    const moments = Array.from({ length: 60 }, (_, at) => days(17) + at * 12 * LENGTH_MS);
    const { asks, known } = watched(moments, BEGIN);
    expect(asks.filter(({ whole }) => whole).length).toBe(2);
    expect(known.series.timeframe).toBe("15m");
    expect(everyCandle(known)).toBe(true);
  });

  test("that do not go back far enough are asked for as a whole, as when the bot's begin becomes known", () => {
    const { known } = watched([days(7)], null);
    const wanted = wantedCandles("5m", { since: BEGIN, now: days(7) });
    expect(isTooShort(known, wanted)).toBe(true);
    expect(missingCandles(known, wanted)).toMatchObject({ whole: true, timeframe: "5m" });
  });

  test("of a market that has not begun are asked for once it moves", () => {
    const known = continuedCandles(
      undefined,
      { whole: true, timeframe: "5m", from: 0 },
      answered({ whole: true, timeframe: "5m", from: 0 }, BEGIN),
    );
    expect(known?.series.time).toEqual([]);
    expect(missingCandles(known, wantedCandles("5m", { since: null, now: BEGIN }))).toBeUndefined();
    expect(missingCandles(known, wantedCandles("5m", { since: null, now: BEGIN + 1 }))?.whole).toBe(true);
  });

  test("are the same after a request that failed, and what was missed comes with the next", async () => {
    const { known } = watched([days(2)], BEGIN);
    const later = wantedCandles("5m", { since: BEGIN, now: days(3) });
    const lost = async () => Promise.reject(new Error("the server could not be reached"));
    await expect(completedCandles(known, later, lost)).rejects.toThrow("could not be reached");
    const healed = await completedCandles(known, later, async (missing) => answered(missing, days(3)));
    expect(healed.series.time[0]).toBe(BEGIN);
    expect(healed.series.time.length).toBe((3 * DAY_MS) / LENGTH_MS);
    expect(everyCandle(healed)).toBe(true);
  });

  test("are asked for as a whole where what followed comes at another timeframe", async () => {
    const { known } = watched([days(2)], BEGIN);
    const asks: boolean[] = [];
    const wanted = wantedCandles("5m", { since: BEGIN, now: days(2.1) });
    const next = await completedCandles(known, wanted, async (missing) => {
      asks.push(missing.whole);
      return answered({ ...missing, timeframe: "15m" }, days(2.1));
    });
    expect(asks).toEqual([false, true]);
    expect(next.series.timeframe).toBe("15m");
    expect(everyCandle(next)).toBe(true);
  });

  test("of a long life are the latest at their own timeframe while no others are on screen", () => {
    const now = days(40);
    const latest = latestCandles("5m", now);
    expect((now - latest.from) / LENGTH_MS).toBe(1_000);
    expect(isCloseUp({ fromMs: latest.from + 1, toMs: now }, latest.from)).toBe(true);
    expect(isCloseUp({ fromMs: BEGIN, toMs: now }, latest.from)).toBe(false);
    expect(isCloseUp(null, latest.from)).toBe(false);
    expect(isCloseUp({ fromMs: BEGIN, toMs: now }, undefined)).toBe(false);
  });
});
