import { describe, expect, it } from "vitest";
import { formatDecimal, parsePrice } from "../../workers/core/ledger/decimal-text.ts";
import { ALPACA_KEYS } from "./alpaca/alpaca-emulator.ts";
import { OANDA_KEYS } from "./oanda/oanda-emulator.ts";
import { beginMarket } from "./stand-in-market.ts";
import type { VenueEmulator } from "./venue-emulator.ts";
import { VENUES } from "./venues.ts";

const MINUTE_MS = 60_000;
/** A Wednesday, while every exchange trades. */
const NOW = Date.UTC(2026, 0, 14, 15, 0, 30);
const TRADED = ["alpaca", "binance", "mt5", "oanda", "xts"];

function started(name: string, at = NOW) {
  const clock = { now: at };
  const venue = VENUES[name]?.({ now: () => clock.now, random: () => 0.5, after: () => undefined });
  if (venue === undefined) throw new Error(`there must be a venue ${name}`);
  beginMarket(venue);
  return { clock, venue, symbols: [...venue.book.instruments.keys()] };
}

function minute({ book }: VenueEmulator, symbol: string, time: number) {
  const tick = formatDecimal(book.instruments.get(symbol)?.tick ?? (0n as never));
  const { open, close } = book.tape.candle({ symbol, tick }, { time, lengthMs: MINUTE_MS });
  return { open: Number(open), close: Number(close) };
}

const last = ({ book }: VenueEmulator, symbol: string) => Number(formatDecimal(book.prices.get(symbol) as never));
const apart = (left: number, right: number) => Math.abs(left / right - 1);

describe.each(TRADED)("the stand-in of %s", (name) => {
  it("has a price of each instrument from its start on, where its past candles end, and it goes on by itself", () => {
    const { clock, venue, symbols } = started(name);
    expect(symbols.length).toBeGreaterThan(0);
    const first = symbols.map((symbol) => last(venue, symbol));
    for (const [at, symbol] of symbols.entries()) {
      expect(apart(minute(venue, symbol, NOW - 90_000).close, first[at] ?? 0)).toBeLessThan(0.003);
    }
    clock.now = NOW + 600_000 - 30_001;
    venue.book.follow();
    for (const [at, symbol] of symbols.entries()) {
      expect(last(venue, symbol)).not.toBe(first[at]);
      expect(minute(venue, symbol, clock.now + 1 - MINUTE_MS).close).toBe(last(venue, symbol));
    }
  });

  it("keeps its past where it is started again or its price is set: servers have kept it", () => {
    const { venue, symbols } = started(name);
    for (const symbol of symbols) {
      const hourAgo = minute(venue, symbol, NOW - 3_600_000).open;
      expect(apart(minute(started(name, NOW + 7_200_000).venue, symbol, NOW - 3_600_000).open, hourAgo)).toBeLessThan(
        1e-4,
      );
      venue.book.trade(symbol, parsePrice("7", "price"));
      expect(minute(venue, symbol, NOW - 3_600_000).open).toBe(hourAgo);
    }
  });

  it("gives no id again that it gave before it was started again", () => {
    const { venue } = started(name);
    const ids = Array.from({ length: 1_000 }, () => venue.book.nextId());
    expect(started(name, NOW + 3_600_000).venue.book.nextId()).toBeGreaterThan(ids.at(-1) ?? 0n);
  });
});

describe("what a stand-in answers at its start", () => {
  it("are candles of the past minutes at Alpaca, each of them", () => {
    const { venue } = started("alpaca");
    const start = new Date(NOW - 600_000).toISOString();
    const headers = { "apca-api-key-id": ALPACA_KEYS.keyId, "apca-api-secret-key": ALPACA_KEYS.secret };
    const rawQuery = `symbols=AAPL&timeframe=1Min&start=${start}`;
    const { body } = venue.handle({ method: "GET", path: "/v2/stocks/bars", rawQuery, headers, body: "" });
    const { bars } = JSON.parse(body) as { bars: { AAPL: { c: number }[] } };
    expect(bars.AAPL).toHaveLength(10);
    for (const { c } of bars.AAPL) expect(apart(c, last(venue, "AAPL"))).toBeLessThan(0.01);
  });

  it("are candles at OANDA that stand where its price is", () => {
    const { venue } = started("oanda");
    const rawQuery = `granularity=M1&count=10&from=${new Date(NOW - 600_000).toISOString()}`;
    const headers = { authorization: `Bearer ${OANDA_KEYS.token}` };
    const request = { method: "GET", path: "/v3/instruments/EUR_USD/candles", rawQuery, headers, body: "" };
    const { candles } = JSON.parse(venue.handle(request).body) as { candles: { mid: { c: string } }[] };
    expect(candles).toHaveLength(10);
    expect(Number(candles[0]?.mid.c)).toBeGreaterThan(0.8);
    for (const { mid } of candles) expect(apart(Number(mid.c), last(venue, "EUR_USD"))).toBeLessThan(0.01);
  });
});
