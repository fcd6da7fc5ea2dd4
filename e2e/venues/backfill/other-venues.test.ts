import { expect, it } from "vitest";
import { openOanda } from "../../../workers/brokers/oanda/open-oanda.ts";
import { RateBudget } from "../../../workers/brokers/request/rate-budget.ts";
import { TWELVEDATA_WINDOWS } from "../../../workers/brokers/twelvedata/limits.ts";
import { openTwelveData } from "../../../workers/brokers/twelvedata/open-twelvedata.ts";
import { instrumentOf } from "../../../workers/brokers/twelvedata/parse.ts";
import type { VenueInstrument } from "../../../workers/brokers/venue-client.ts";
import { type Candle, candlesOf } from "../../../workers/core/candle/candle.ts";
import { DAY_MS, MINUTE_MS } from "../../../workers/core/candle/timeframe.ts";
import { FX_WEEK, isOpen } from "../../../workers/core/candle/trading-calendar.ts";
import { seededRandom } from "../../../workers/core/testing/random-candles.ts";
import { candleRow } from "../binance/emulated-candles.ts";
import { NOWHERE } from "../emulated-hosts.ts";
import { OANDA_KEYS, OandaEmulator } from "../oanda/oanda-emulator.ts";
import { TWELVEDATA_KEY, TwelveDataEmulator } from "../twelvedata/twelvedata-emulator.ts";
import { TWELVEDATA_TEST_HOSTS } from "../twelvedata/twelvedata-stage.ts";
import { BackfillStage } from "./backfill-stage.ts";
import { differenceOf } from "./same-candles.ts";

/** Ten days with a weekend in them. */
const FROM = Date.UTC(2026, 0, 5);
const TO = FROM + 10 * DAY_MS;
const NOW = Date.UTC(2026, 0, 20, 9, 0, 1);
const EUR_USD: VenueInstrument = {
  ...{ id: "OANDA:EUR_USD", venue: "OANDA", symbol: "EUR_USD", nativeId: "EUR_USD", kind: "fx", base: "EUR" },
  ...{ quote: "USD", tick: 0.00001, lot: 1, quantityMin: 1, notionalMin: 0, daysPerYear: 252 },
  ...{ quantityMax: undefined, kinds: [], calendar: FX_WEEK, status: "trading" },
};

/** Minutes of a market that is closed at weekends, and has none where nothing happened. */
function minutes(symbol: string, isQuiet: (time: number) => boolean, hasVolume = true): Candle[] {
  return Array.from({ length: (TO - FROM) / MINUTE_MS }, (_, at) => FROM + at * MINUTE_MS)
    .filter((time) => isOpen(FX_WEEK, time) && !isQuiet(time))
    .map((time) => {
      const [, open = 0, high = 0, low = 0, close = 0, volume = 0] = candleRow(symbol, time, MINUTE_MS).map(Number);
      return { time, open, high, low, close, volume: hasVolume ? volume : 0 };
    });
}

it("minutes of OANDA come whole over a weekend, which is no gap, with those missing in which nothing changed", async () => {
  const clock = { now: NOW };
  const random = seededRandom(5);
  const venue = new OandaEmulator({ now: () => clock.now, random, after: () => undefined });
  const source = minutes("EUR_USD", (time) => time % (997 * MINUTE_MS) === 0);
  const text = ({ open, high, low, close }: Candle) => ({ o: `${open}`, h: `${high}`, l: `${low}`, c: `${close}` });
  venue.reads.candles.set(
    "EUR_USD",
    source.map((candle) => ({ ...candle, mid: text(candle) })),
  );
  const hosts = { rest: NOWHERE, stream: NOWHERE };
  const stage = new BackfillStage({
    ...{ venue, clock, random, deaths: 0.005, doubledMessages: 0.2, limits: { messagePagesMax: 2 } },
    open: (deps) => openOanda({ ...deps, environment: "practice", key: OANDA_KEYS, hosts }).market,
  });
  const row = await stage.finish(await stage.begin({ instrument: EUR_USD, timeframe: "1m", from: FROM, to: TO }));
  expect(differenceOf(await stage.candles(row, "1m"), candlesOf(source))).toBeUndefined();
  const quiet = minutes("EUR_USD", () => false).length - source.length;
  expect((await stage.dataset(row))?.report).toMatchObject({ gapCandles: quiet, gapCount: quiet });
});

it("minutes of Twelve Data come within the credits of its smallest plan, over the end of a day's credits", async () => {
  const clock = { now: NOW };
  const random = seededRandom(6);
  const venue = new TwelveDataEmulator({ now: () => clock.now, random, after: () => undefined });
  venue.creditsADay = 3;
  const budget = new RateBudget(TWELVEDATA_WINDOWS);
  const stage = new BackfillStage({
    ...{ venue, clock, random },
    open: (deps) => openTwelveData({ ...deps, apiKey: TWELVEDATA_KEY, hosts: TWELVEDATA_TEST_HOSTS, budget }).market,
  });
  const instrument = instrumentOf("EUR/USD", "fx", "") as VenueInstrument;
  const row = await stage.finish(await stage.begin({ instrument, timeframe: "1m", from: FROM, to: TO }));
  const source = candlesOf(minutes("EUR/USD", () => false, false));
  expect(row).toMatchObject({ status: "done", candles: source.length, missing: 0 });
  expect(differenceOf(await stage.candles(row, "1m"), source)).toBeUndefined();
  // Three credits a day: the first refusal of each day is the only one.
  expect(venue.refusals).toBe(row.rateWaits);
  expect(clock.now - NOW).toBeLessThan(2 * DAY_MS);
});
