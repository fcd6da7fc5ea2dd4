import { expect, test } from "vitest";
import { baseName } from "./instrument-name.ts";

test.each([
  ["SIM:BTC-USD", "USD", "BTC"],
  ["ALPACA:BTC/USD", "USD", "BTC"],
  ["OANDA:EUR_USD", "USD", "EUR"],
  ["BINANCE:BTCUSDT", "USDT", "BTC"],
  ["MT5:EURUSD", "USD", "EUR"],
  ["BINANCE:BTCUSDT", "", "BTCUSDT"],
  ["ALPACA:AAPL", "USD", "AAPL"],
  ["XTS:NSECM-22", "INR", "NSECM-22"],
  ["ALPACA:BRK-A", "USD", "BRK-A"],
  ["X:USD", "USD", "USD"],
])("an amount of %s, which is paid in %s, is one of %s", (instrument, currency, base) => {
  expect(baseName(instrument, currency)).toBe(base);
});
