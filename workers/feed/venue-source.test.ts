import { expect, it } from "vitest";
import type { MarketData } from "../brokers/market-data.ts";
import type { VenueInstrument } from "../brokers/venue-client.ts";
import { candlesOf } from "../core/candle/candle.ts";
import { MINUTE_MS } from "../core/candle/timeframe.ts";
import { readCandles } from "./venue-source.ts";

it("a candle that breaks a rule reaches nobody, whatever the venue, and those around it do", async () => {
  const from = Date.UTC(2026, 0, 5);
  const candle = { open: 100, high: 101, low: 99, close: 100, volume: 1 };
  const spoilt = [candle, { ...candle, high: 98 }, candle, { ...candle, low: Number.NaN }, candle];
  const candles = candlesOf(spoilt.map((one, at) => ({ ...one, time: from + at * MINUTE_MS })));
  const data = { candles: async () => ({ candles, next: undefined }) } as Partial<MarketData> as MarketData;
  const series = { data, instrument: {} as VenueInstrument, timeframe: "1m" } as const;
  const read = await readCandles(series, { from, to: from + 5 * MINUTE_MS });
  expect([...read.time.slice(0, read.length)].map((time) => (time - from) / MINUTE_MS)).toEqual([0, 2, 4]);
});
