import { describe, expect, it } from "vitest";
import { mapSymbol } from "./map-symbol.ts";

const BTC = { id: "SIM:BTC-USD", symbol: "BTC-USD", base: "BTC", quote: "USD" };
const ETH = { id: "BINANCE:ETHUSDT", symbol: "ETHUSDT", base: "ETH", quote: "USDT" };
const EUR = { id: "OANDA:EUR_USD", symbol: "EUR_USD", base: "EUR", quote: "USD" };
const ALL = { instruments: [BTC, ETH, EUR], names: { BTCUSDT: BTC.id } };

describe("the symbol of a sender", () => {
  it.each([
    ["SIM:BTC-USD", BTC.id],
    ["COINBASE:BTCUSD", BTC.id],
    ["BTC/USD", BTC.id],
    ["BINANCE:BTCUSDT.P", BTC.id],
    ["ethusdt", ETH.id],
    ["BINANCE:ETHUSDT.P", ETH.id],
    ["ETH-USDT-PERP", ETH.id],
    ["FX:EURUSD", EUR.id],
  ])("%s leads to %s", (symbol, instrument) => {
    expect(mapSymbol(symbol, ALL)).toEqual({ instrument });
  });

  it("may be left out where there is only one it can mean", () => {
    expect(mapSymbol(undefined, { ...ALL, instruments: [BTC] })).toEqual({ instrument: BTC.id });
    expect(mapSymbol(undefined, ALL)).toMatchObject({
      issue: { field: "symbol", rule: expect.stringContaining(ETH.id) },
    });
  });

  it("is refused where it fits nothing, or two, saying what was understood", () => {
    expect(mapSymbol("BINANCE:SOLUSDT.P", ALL)).toMatchObject({
      issue: { value: "BINANCE:SOLUSDT.P", rule: expect.stringMatching(/understood as SOLUSDT$/) },
    });
    const twice = { ...ALL, instruments: [ETH, { ...ETH, id: "OKX:ETH-USDT", symbol: "ETH-USDT" }], names: {} };
    expect(mapSymbol("ETHUSDT", twice)).toHaveProperty("issue");
    expect(mapSymbol("ETHUSDT", { ...twice, names: { ETHUSDT: "OKX:ETH-USDT" } })).toEqual({
      instrument: "OKX:ETH-USDT",
    });
  });
});
