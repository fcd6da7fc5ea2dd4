import { expect, test } from "vitest";
import { guessFromFileName } from "./file-guess.ts";

test("the names that exchanges and charting programs give their exports are understood", () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ["BTCUSDT-1h-2024-01.csv", "BTC-USDT", "crypto", "USDT"],
    ["EURUSD_M5.csv.gz", "EUR-USD", "fx", "USD"],
    ["AAPL.csv", "AAPL", "stock", "USD"],
    ["ethbtc.parquet", "ETH-BTC", "crypto", "BTC"],
    ["candles.csv", "", "crypto", "USD"],
  ];
  for (const [fileName, symbol, kind, quote] of cases) {
    expect(guessFromFileName(fileName), fileName).toMatchObject({ symbol, kind, quote });
  }
});

test("the name of the dataset is the file's without its endings", () => {
  expect(guessFromFileName("EURUSD_M5.csv.gz").name).toBe("EURUSD_M5");
});
