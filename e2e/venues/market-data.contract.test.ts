import { openAlpaca } from "../../workers/brokers/alpaca/open-alpaca.ts";
import { openBinance } from "../../workers/brokers/binance/open-binance.ts";
import type { MarketData } from "../../workers/brokers/market-data.ts";
import { openOanda } from "../../workers/brokers/oanda/open-oanda.ts";
import type { RequestParts } from "../../workers/brokers/request/venue-requests.ts";
import { type MarketDataStage, marketDataContract } from "../../workers/brokers/testing/market-data-contract.ts";
import { openTwelveData } from "../../workers/brokers/twelvedata/open-twelvedata.ts";
import { type Candle, candlesOf } from "../../workers/core/candle/candle.ts";
import { MINUTE_MS } from "../../workers/core/candle/timeframe.ts";
import { parsePrice } from "../../workers/core/ledger/decimal-text.ts";
import { ALPACA_KEYS, AlpacaEmulator } from "./alpaca/alpaca-emulator.ts";
import { ALPACA_TEST_HOSTS } from "./alpaca/alpaca-stage.ts";
import { BinanceEmulator } from "./binance/binance-emulator.ts";
import { EMULATED_HOSTS } from "./binance/binance-stage.ts";
import { candleRow } from "./binance/emulated-candles.ts";
import { emulatedFetch } from "./emulated-fetch.ts";
import { NOWHERE, NOWHERE_SOCKET } from "./emulated-hosts.ts";
import type { EmulatorParts } from "./emulator-parts.ts";
import { OANDA_KEYS, OandaEmulator } from "./oanda/oanda-emulator.ts";
import { TWELVEDATA_KEY, TwelveDataEmulator } from "./twelvedata/twelvedata-emulator.ts";
import type { VenueEmulator } from "./venue-emulator.ts";

/** A Monday with four days of trade behind it, in the middle of a minute. */
const BEGIN = Date.UTC(2026, 0, 5);
const NOW = Date.UTC(2026, 0, 15, 12, 0, 30);
const HOLE = { from: BEGIN + 700 * MINUTE_MS, to: BEGIN + 710 * MINUTE_MS };
const isGap = (time: number) => time >= HOLE.from && time < HOLE.to;

interface Venue<E extends VenueEmulator> {
  readonly emulator: (parts: EmulatorParts) => E;
  readonly open: (parts: Pick<RequestParts, "fetch" | "now" | "after">) => MarketData;
  /** The symbol as the instrument's id has it, and as `candleRow` is asked for it. */
  readonly symbol: string;
  /** Part of the path of a request for candles. */
  readonly path: string;
  /** More than the page of the venue holds. */
  readonly minutes: number;
  readonly hasVolume?: boolean;
  /** Has the emulator know the candles. */
  readonly fill?: (emulator: E, candles: readonly Candle[]) => void;
}

async function stageOf<E extends VenueEmulator>(venue: Venue<E>): Promise<MarketDataStage> {
  const clock = { now: NOW };
  const now = () => clock.now;
  const emulator = venue.emulator({ now, random: () => 0.5, after: () => undefined });
  let requests = 0;
  const fetch = emulatedFetch(emulator, { now, record: () => requests++ });
  const data = venue.open({ fetch, now, after: () => () => undefined });
  const source = (from: number, to: number) => candlesOf(minutesOf(venue, from, to));
  venue.fill?.(
    emulator,
    minutesOf(venue, BEGIN, BEGIN + venue.minutes * MINUTE_MS).concat(minutesOf(venue, NOW - 3_600_000, NOW)),
  );
  const instrument = (await data.instruments()).find(({ id }) => id === `${data.venue}:${venue.symbol}`);
  if (instrument === undefined) throw new Error(`${venue.symbol} must be listed, was not`);
  return {
    ...{ data, instrument, timeframe: "1m", hole: HOLE, source, now },
    range: { from: BEGIN, to: BEGIN + venue.minutes * MINUTE_MS },
    requests: () => requests,
    fail: (fault) => emulator.faults.arm(fault, { path: venue.path }),
    pass: (ms) => {
      clock.now += ms;
    },
  };
}

function minutesOf<E extends VenueEmulator>(
  { symbol, hasVolume = true }: Venue<E>,
  from: number,
  to: number,
): Candle[] {
  const candles: Candle[] = [];
  for (let time = Math.ceil(from / MINUTE_MS) * MINUTE_MS; time < to; time += MINUTE_MS) {
    const [, open = 0, high = 0, low = 0, close = 0, volume = 0] = candleRow(symbol, time, MINUTE_MS).map(Number);
    if (!isGap(time)) candles.push({ time, open, high, low, close, volume: hasVolume ? volume : 0 });
  }
  return candles;
}

const BINANCE: Venue<BinanceEmulator> = {
  ...{ symbol: "BTCUSDT", path: "klines", minutes: 3_500 },
  emulator: (parts) => Object.assign(new BinanceEmulator(parts), { isGap }),
  open: (parts) => openBinance({ ...parts, environment: "live", key: undefined, hosts: EMULATED_HOSTS }).market,
};

const ALPACA: Venue<AlpacaEmulator> = {
  ...{ symbol: "BTC/USD", path: "/bars", minutes: 11_000 },
  emulator: (parts) => new AlpacaEmulator(parts),
  open: (parts) => openAlpaca({ ...parts, environment: "paper", key: ALPACA_KEYS, hosts: ALPACA_TEST_HOSTS }).market,
  fill(emulator, candles) {
    const bars = candles.map(({ time, open: o, high: h, low: l, close: c, volume: v }) => ({ time, o, h, l, c, v }));
    emulator.data.bars.set("BTC/USD", bars);
    emulator.book.prices.set("BTC/USD", parsePrice("100", "price"));
  },
};

const OANDA: Venue<OandaEmulator> = {
  ...{ symbol: "EUR_USD", path: "/candles", minutes: 5_700 },
  emulator: (parts) => new OandaEmulator(parts),
  open: (parts) =>
    openOanda({ ...parts, environment: "practice", key: OANDA_KEYS, hosts: { rest: NOWHERE, stream: NOWHERE } }).market,
  fill(emulator, candles) {
    const text = (price: number) => String(price);
    const kept = candles.map(({ time, open, high, low, close, volume }) => ({
      ...{ time, mid: { o: text(open), h: text(high), l: text(low), c: text(close) }, volume },
    }));
    emulator.reads.candles.set("EUR_USD", kept);
    emulator.book.prices.set("EUR_USD", parsePrice("1.1", "price"));
  },
};

const TWELVEDATA: Venue<TwelveDataEmulator> = {
  ...{ symbol: "BTC/USD", path: "time_series", minutes: 6_000 },
  emulator: (parts) => Object.assign(new TwelveDataEmulator(parts), { isGap, creditsAMinute: 55 }),
  open: (parts) => {
    const hosts = { rest: NOWHERE, stream: NOWHERE_SOCKET };
    return openTwelveData({ ...parts, apiKey: TWELVEDATA_KEY, hosts }).market;
  },
};

marketDataContract("Binance", () => stageOf(BINANCE));
marketDataContract("Alpaca", () => stageOf(ALPACA));
marketDataContract("OANDA", () => stageOf(OANDA));
marketDataContract("Twelve Data", () => stageOf(TWELVEDATA));
