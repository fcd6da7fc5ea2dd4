import { describe, expect, it } from "vitest";
import { formatDecimal, parsePrice } from "../../workers/core/ledger/decimal-text.ts";
import { AlpacaEmulator } from "./alpaca/alpaca-emulator.ts";
import { BinanceEmulator } from "./binance/binance-emulator.ts";
import type { EmulatedBook } from "./emulated-book.ts";
import { Mt5Emulator } from "./mt5/mt5-emulator.ts";
import { OandaEmulator } from "./oanda/oanda-emulator.ts";
import { testOrder } from "./test-order.ts";
import { XtsEmulator } from "./xts/xts-emulator.ts";

const MINUTE_MS = 60_000;
const NOW = 1_800_000_000_000;

type Market = readonly [EmulatedBook, string];

function venues() {
  const clock = { now: NOW };
  const parts = { now: () => clock.now, random: () => 0.5, after: () => undefined };
  const all: readonly [Market, ...Market[]] = [
    [new BinanceEmulator(parts).book, "BTCUSDT"],
    [new AlpacaEmulator(parts).book, "BTC/USD"],
    [new OandaEmulator(parts).book, "EUR_USD"],
    [new XtsEmulator(parts).book, "NSECM-22"],
    [new Mt5Emulator(parts).book, "BTCUSD"],
  ];
  return { clock, all };
}

function candleOf(book: EmulatedBook, symbol: string, time: number) {
  const tick = formatDecimal(book.instruments.get(symbol)?.tick ?? (0n as never));
  return book.tape.candle({ symbol, tick }, { time, lengthMs: MINUTE_MS });
}

const last = (book: EmulatedBook, symbol: string) => formatDecimal(book.prices.get(symbol) as never);

describe("a market of an emulator", () => {
  it("has a last price that each of its candles ends with, and none that a candle does not hold", () => {
    const { clock, all } = venues();
    for (const [book, symbol] of all) {
      clock.now = NOW;
      book.trade(symbol, parsePrice("100", "price"));
      for (let minute = 0; minute < 30; minute++) {
        const open = clock.now;
        const seen: number[] = [];
        for (let second = 0; second < 60; second++) {
          book.follow();
          seen.push(Number(last(book, symbol)));
          clock.now += 1_000;
        }
        const { high, low, close } = candleOf(book, symbol, open);
        clock.now -= 1;
        book.follow();
        clock.now += 1;
        expect(Number(last(book, symbol))).toBe(Number(close));
        expect([Math.min(...seen) >= Number(low), Math.max(...seen) <= Number(high)]).toEqual([true, true]);
      }
    }
  });

  it("goes on from where it is put, and its past leads there without a jump", () => {
    const { clock, all } = venues();
    for (const [book, symbol] of all) {
      clock.now = NOW;
      book.trade(symbol, parsePrice("70", "price"));
      const before = candleOf(book, symbol, NOW - MINUTE_MS);
      expect(Math.abs(Number(before.close) / 70 - 1)).toBeLessThan(0.001);
      clock.now += 90_000;
      book.trade(symbol, parsePrice("90", "price"));
      const jump = candleOf(book, symbol, NOW + MINUTE_MS);
      expect([Number(jump.open) < 75, Number(jump.high) >= 90, Number(jump.close) > 85]).toEqual([true, true, true]);
      // What was told of the past stays as it was.
      expect(candleOf(book, symbol, NOW - MINUTE_MS)).toEqual(before);
    }
  });

  it("fills what rests once it has come to its price by itself", () => {
    const { clock, all } = venues();
    const [[binance, name]] = all;
    binance.trade(name, parsePrice("100", "price"));
    const { quantity } = testOrder({ instrument: name });
    const limit = parsePrice("99.98", "limit");
    const order = binance.place({ clientId: "c1", symbol: name, side: "buy", kind: "limit", quantity, limit });
    expect(order.status).toBe("open");
    for (let second = 0; second < 86_400 && order.status === "open"; second++) {
      clock.now += 1_000;
      binance.follow();
    }
    expect(order.status).toBe("filled");
    expect(Number(last(binance, name))).toBeLessThanOrEqual(99.98);
  });
});
