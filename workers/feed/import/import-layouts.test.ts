import { describe, expect, test } from "vitest";
import { candleAt } from "../../core/candle/candle.ts";
import { gzip, importBytes, MINUTE, type Options, plain, T0 } from "./import-testing.ts";

const FIRST = { time: T0, open: 10, high: 12.5, low: 9.25, close: 11, volume: 7 };

/** Two minute rows, 10/12.5/9.25/11/7 and 11/12/10/10.5/3, in the layout of each source. */
const LAYOUTS: readonly (readonly [string, string, Options?])[] = [
  [
    "ours",
    "time,open,high,low,close,volume\n2024-01-31T09:30:00Z,10,12.5,9.25,11,7\n2024-01-31T09:31:00Z,11,12,10,10.5,3\n",
  ],
  [
    "a file with CRLF and a byte order mark",
    "\uFEFFtime,open,high,low,close,volume\r\n2024-01-31 09:30,10,12.5,9.25,11,7\r\n2024-01-31 09:31,11,12,10,10.5,3",
  ],
  [
    "quoted fields",
    '"Date","Open","High","Low","Close","Volume"\n"2024-01-31 09:30:00","10","12.5","9.25","11","7"\n"2024-01-31 09:31:00","11","12","10","10.5","3"\n',
  ],
  [
    "semicolons and decimal commas",
    "Date;Open;High;Low;Close;Volume\n2024-01-31 09:30:00;10,0;12,5;9,25;11;7\n2024-01-31 09:31:00;11;12;10;10,5;3\n",
  ],
  ["Binance in milliseconds", `${T0},10,12.5,9.25,11,7,1,70,5,1,2,0\n${T0 + MINUTE},11,12,10,10.5,3,1,70,5,1,2,0\n`],
  [
    "Binance in microseconds",
    `${T0}000,10,12.5,9.25,11,7,1,70,5,1,2,0\n${T0 + MINUTE}000,11,12,10,10.5,3,1,70,5,1,2,0\n`,
  ],
  [
    "TradingView in seconds",
    `time,open,high,low,close,Volume\n${T0 / 1000},10,12.5,9.25,11,7\n${T0 / 1000 + 60},11,12,10,10.5,3\n`,
  ],
  [
    "TradingView with offsets",
    "time,open,high,low,close,Volume\n2024-01-31T04:30:00-05:00,10,12.5,9.25,11,7\n2024-01-31T04:31:00-05:00,11,12,10,10.5,3\n",
  ],
  [
    "Stooq",
    "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\nX,1,20240131,093000,10,12.5,9.25,11,7,0\nX,1,20240131,093100,11,12,10,10.5,3,0\n",
  ],
  [
    "MetaTrader 5",
    "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n2024.01.31\t09:30:00\t10\t12.5\t9.25\t11\t7\t0\t1\n2024.01.31\t09:31:00\t11\t12\t10\t10.5\t3\t0\t1\n",
  ],
  ["MetaTrader 4", "2024.01.31,09:30,10,12.5,9.25,11,7\n2024.01.31,09:31,11,12,10,10.5,3\n"],
  ["HistData", "20240131 093000;10;12.5;9.25;11;7\n20240131 093100;11;12;10;10.5;3\n"],
  [
    "freqtrade",
    "date,open,high,low,close,volume\n2024-01-31 09:30:00+00:00,10,12.5,9.25,11,7\n2024-01-31 09:31:00+00:00,11,12,10,10.5,3\n",
  ],
  [
    "ccxt",
    `timestamp,open,high,low,close,volume\n${T0}.0,10.0,12.5,9.25,11.0,7.0\n${T0 + MINUTE}.0,11.0,12.0,10.0,10.5,3.0\n`,
  ],
  [
    "CryptoDataDownload, newest first",
    `https://www.cryptodatadownload.com\nunix,date,symbol,open,high,low,close,Volume BTC,Volume USD\n${T0 + MINUTE},2024-01-31 09:31:00,BTC,11,12,10,10.5,3,9\n${T0},2024-01-31 09:30:00,BTC,10,12.5,9.25,11,7,9\n`,
  ],
  [
    "bid and ask: bid",
    "time,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close,volume\n2024-01-31T09:30:00Z,10,12.5,9.25,11,20,20,20,20,7\n2024-01-31T09:31:00Z,11,12,10,10.5,20,20,20,20,3\n",
  ],
  [
    "bid and ask: ask",
    "time,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close,volume\n2024-01-31T09:30:00Z,1,1,1,1,10,12.5,9.25,11,7\n2024-01-31T09:31:00Z,1,1,1,1,11,12,10,10.5,3\n",
    { price: "ask" },
  ],
  [
    "bid and ask: mid",
    "time,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close,volume\n2024-01-31T09:30:00Z,9,12,9,10,11,13,9.5,12,7\n2024-01-31T09:31:00Z,10,11,9,10,12,13,11,11,3\n",
    { price: "mid" },
  ],
];

describe("importCandles reads the usual layouts", () => {
  test.each(LAYOUTS.map(([name, text, options]) => ({ name, text, options })))("$name", async ({ text, options }) => {
    const { candles, report } = await importBytes(text, options);
    expect(report).toMatchObject({
      rowsRead: 2,
      rowsKept: 2,
      timeframe: "1m",
      from: T0,
      to: T0 + 2 * MINUTE,
      badRows: [],
    });
    expect(candleAt(candles, 0)).toEqual(FIRST);
    expect(candleAt(candles, 1)).toEqual({ time: T0 + MINUTE, open: 11, high: 12, low: 10, close: 10.5, volume: 3 });
    const packed = await importBytes(await gzip(text), options);
    expect(plain(packed.candles)).toEqual(plain(candles));
  });

  test("Yahoo's days, without its adjusted close", async () => {
    const text =
      "Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-30,10,12.5,9.25,11,1,7\n2024-01-31,11,12,10,10.5,1,3\n";
    const { candles, report } = await importBytes(text);
    expect(report.timeframe).toBe("1d");
    expect(candleAt(candles, 0)).toEqual({ ...FIRST, time: Date.UTC(2024, 0, 30) });
    expect(report.notes.join()).toContain("Adj Close is not used");
  });

  test.each([
    ["the session's open in New York", 14.5, 0],
    ["midnight in New York", 5, 0],
    ["midnight in Tokyo", -9, 0],
    ["the currency day's start at 17:00 in New York", -3, 0],
  ])("days stamped with %s belong to the UTC day they trade on", async (_, hours) => {
    const stamp = (day: number) => (Date.UTC(2024, 0, day) + hours * 3_600_000) / 1000;
    const rows = [9, 10, 11].map((day) => `${stamp(day)},10,12,9,11,5`).join("\n");
    const { candles, report } = await importBytes(`time,open,high,low,close,volume\n${rows}`);
    expect([...candles.time]).toEqual([9, 10, 11].map((day) => Date.UTC(2024, 0, day)));
    expect(report.notes.join()).toContain("3 times were moved");
  });
});
