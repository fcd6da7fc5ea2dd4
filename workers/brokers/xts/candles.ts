import { z } from "zod";
import { emptyCandles } from "../../core/candle/candle.ts";
import { MINUTE_MS, type Timeframe, timeframeMs } from "../../core/candle/timeframe.ts";
import { parsePrice } from "../../core/ledger/decimal-text.ts";
import type { VenueMark } from "../broker.ts";
import type { CandlePage, MarketData } from "../market-data.ts";
import { readJson } from "../request/read-json.ts";
import type { VenueInstrument } from "../venue-client.ts";
import { barTimeText, utcOfBarTime, utcOfSocketTime } from "./ist-time.ts";
import { XTS_BARS_MS_MAX, XTS_MASTER_BYTES_MAX } from "./limits.ts";
import { readMaster } from "./master.ts";
import { instrumentId, instrumentKey, readAs, XTS_SEGMENTS } from "./parse.ts";
import type { XtsSession } from "./sign.ts";

/** Lengths of candles that the venue makes, in seconds. Days follow its own clock and are made of smaller ones. */
const COMPRESSION: Readonly<Partial<Record<Timeframe, string>>> = {
  "1m": "60",
  "3m": "180",
  "5m": "300",
  "15m": "900",
  "30m": "1800",
  "1h": "3600",
};
/** How often a price is expected while its market is open, ms. */
export const XTS_TICK_MS = 1_000;
/** Most instruments that prices are asked of at once. */
const QUOTES_MAX = 50;
const BARS_MAX = 20_000;

const Bars = z.object({
  dataResponse: z.string().optional(),
  // Some servers leave out a letter.
  dataReponse: z.string().optional(),
});
const Quotes = z.object({ listQuotes: z.array(z.union([z.string(), z.looseObject({})])).max(QUOTES_MAX) });
const Whole = z.string().regex(/^\d{1,12}$/, "must be a whole number");
const Touchline = z.looseObject({
  LastTradedPrice: z.string(),
  LastUpdateTime: Whole.optional(),
  LastTradedTime: Whole.optional(),
});
const Quote = z.looseObject({
  ExchangeSegment: Whole,
  ExchangeInstrumentID: Whole,
  Touchline: Touchline.optional(),
  LastTradedPrice: z.string().optional(),
  ExchangeTimeStamp: Whole.optional(),
  LastUpdateTime: Whole.optional(),
  LastTradedTime: Whole.optional(),
});

/** Market data of XTS, with prices by instruments' ids for the account's own client. */
export interface XtsMarketData extends MarketData {
  pricesOf(instruments: readonly string[]): Promise<readonly VenueMark[]>;
}

export function xtsMarketData(
  session: XtsSession,
  { segments, now }: { readonly segments: readonly string[]; readonly now: () => number },
): XtsMarketData {
  const pricesOf = async (instruments: readonly string[]): Promise<readonly VenueMark[]> => {
    const keys = instruments.flatMap((id) => instrumentKey(id) ?? []).slice(0, QUOTES_MAX);
    if (keys.length === 0) return [];
    const asked = keys.map(({ segment, number }) => ({
      exchangeSegment: Number(XTS_SEGMENTS[segment]),
      exchangeInstrumentID: Number(number),
    }));
    const body = { instruments: asked, xtsMessageCode: 1501, publishFormat: "JSON" };
    const call = { method: "POST", path: "/instruments/quotes", family: "data", kind: "data", body } as const;
    const { listQuotes: quotes } = readAs(Quotes, await session.call(call), "quotes");
    return quotes.flatMap((quote) => markOf(typeof quote === "string" ? readJson(quote) : quote, now()) ?? []);
  };
  return {
    venue: "XTS",
    timeframes: Object.keys(COMPRESSION) as Timeframe[],
    async instruments(): Promise<readonly VenueInstrument[]> {
      const body = { exchangeSegmentList: segments };
      const call = { method: "POST", path: "/instruments/master", family: "data", kind: "data", body } as const;
      const text = readAs(z.string(), await session.call({ ...call, bytesMax: XTS_MASTER_BYTES_MAX }), "instruments");
      return readMaster(text).instruments;
    },
    candles: (asked) => candlesOf(session, now, asked),
    prices: (instruments) => pricesOf(instruments.map(({ id }) => id)),
    pricesOf,
    async status() {
      await session.token();
      return { state: "open", message: "" };
    },
  };
}

async function candlesOf(
  session: XtsSession,
  now: () => number,
  { instrument, timeframe, from, to }: Parameters<MarketData["candles"]>[0],
): Promise<CandlePage> {
  const key = instrumentKey(instrument.id);
  const compression = COMPRESSION[timeframe];
  if (key === undefined || compression === undefined)
    throw new RangeError(`timeframe must be one of XTS, was ${timeframe}`);
  const end = Math.min(to, now(), from + XTS_BARS_MS_MAX);
  const query = new URLSearchParams({
    exchangeSegment: XTS_SEGMENTS[key.segment] ?? "",
    exchangeInstrumentID: key.number,
    startTime: barTimeText(from),
    endTime: barTimeText(end),
    compressionValue: compression,
  });
  const call = { method: "GET", path: `/instruments/ohlc?${query}`, family: "data", kind: "data" } as const;
  const bars = readAs(Bars, await session.call(call), "candles");
  const rows = readBars(bars.dataResponse ?? bars.dataReponse ?? "", timeframe).filter(
    ({ time }) => time >= from && time < end && time + timeframeMs(timeframe) <= now(),
  );
  const candles = emptyCandles(rows.length);
  for (const [index, { time, values }] of rows.entries()) {
    candles.time[index] = time;
    for (const [column, name] of (["open", "high", "low", "close", "volume"] as const).entries()) {
      candles[name][index] = Number(values[column]);
    }
  }
  return { candles, next: end < to && end < now() - MINUTE_MS ? end : undefined };
}

const BAR = /^\d{1,12}(?:\|\d{1,15}(?:\.\d{1,8})?){5,6}\|?$/;

/** Rows "time|open|high|low|close|volume|interest|", comma between. A time may be that of a candle's last second. */
export function readBars(text: string, timeframe: Timeframe): { time: number; values: readonly string[] }[] {
  const length = timeframeMs(timeframe);
  const rows = new Map<number, readonly string[]>();
  for (const line of text.trim().split(",", BARS_MAX)) {
    const row = line.trim();
    // A row that cannot be read is a candle that is missing, which is asked for again.
    if (!BAR.test(row)) continue;
    const [stamp = "", ...values] = row.split("|");
    const [open, high, low, close] = values.map(Number);
    if (!(low > 0 && high >= Math.max(open, close) && low <= Math.min(open, close))) continue;
    rows.set(Math.floor(utcOfBarTime(Number(stamp)) / length) * length, values);
  }
  return [...rows].map(([time, values]) => ({ time, values })).sort((left, right) => left.time - right.time);
}

/** A price as sockets and questions tell it; undefined for what tells none. */
export function markOf(value: unknown, heardAt: number): VenueMark | undefined {
  const parsed = Quote.safeParse(value);
  if (!parsed.success) return undefined;
  const { Touchline: touch, ...quote } = parsed.data;
  const text = touch?.LastTradedPrice ?? quote.LastTradedPrice;
  const stamp =
    touch?.LastUpdateTime ??
    quote.LastUpdateTime ??
    quote.ExchangeTimeStamp ??
    touch?.LastTradedTime ??
    quote.LastTradedTime;
  if (text === undefined || stamp === undefined || !(Number(text) > 0)) return undefined;
  try {
    return {
      instrument: instrumentId(quote.ExchangeSegment, quote.ExchangeInstrumentID),
      price: parsePrice(text, "LastTradedPrice"),
      at: utcOfSocketTime(Number(stamp)),
      heardAt,
      intervalMs: XTS_TICK_MS,
    };
  } catch {
    return undefined;
  }
}
