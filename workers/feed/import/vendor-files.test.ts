import { describe, expect, test } from "vitest";
import { importCandles } from "./import-candles.ts";
import { memoryStage } from "./import-testing.ts";

/** Node's file functions; named by a variable, since this ring is typed for the Workers runtime. */
const NODE_FS: string = "node:fs";
const fs: { existsSync(path: string): boolean; readFileSync(path: string): Uint8Array<ArrayBuffer> } = await import(
  NODE_FS
);

/** Files of several vendors that stand beside the checkout where the project is developed; not part of it. Tests run from its root. */
const FOLDER = "../shared/data/";

/** File, rows (all are good), timeframe, open of the first and close of the last candle, longest gap. */
const FILES: readonly (readonly [string, number, string, string, string, string | undefined])[] = [
  ["backtrader_ESTX50idx_5m", 2142, "5m", "2006-01-02T09:05", "2006-01-30T17:35", undefined],
  ["backtrader_ORCL_1d", 5036, "1d", "1995-01-03T00:00", "2015-01-01T00:00", undefined],
  ["freqtrade_ETHBTC_5m", 5760, "5m", "2018-01-10T04:55", "2018-01-30T04:55", undefined],
  ["kernc_EURUSD_1h", 5000, "1h", "2017-04-19T09:00", "2018-02-07T16:00", "2017-12-25T00:00"],
  ["kernc_GOOG_1d", 2148, "1d", "2004-08-19T00:00", "2013-03-02T00:00", undefined],
  ["lean_NSE_YESBANK_1m", 1130, "1m", "2019-07-09T03:45", "2019-07-11T10:11", undefined],
  ["lean_QQQ_1d", 3964, "1d", "1999-03-10T00:00", "2021-04-01T00:00", "2004-12-01T00:00"],
  ["lean_SPY_1d", 5849, "1d", "1998-01-02T00:00", "2021-04-01T00:00", undefined],
  ["lean_SPY_1m", 5786, "1m", "2013-10-04T08:06", "2023-08-04T00:00", undefined],
  ["lean_binance_BTCBUSD_1m", 1440, "1m", "2022-12-13T00:00", "2022-12-14T00:00", undefined],
  ["lean_coinbase_BTCUSD_1d", 1318, "1d", "2014-12-01T00:00", "2018-08-14T00:00", "2014-12-19T00:00"],
  ["lean_coinbase_BTCUSD_1m", 12423, "1m", "2016-10-07T00:00", "2018-04-07T00:00", undefined],
  ["lean_oanda_EURUSD_1h", 74439, "1h", "2007-01-01T21:00", "2018-12-31T22:00", "2016-12-11T22:00"],
  ["nautilus_FTX_BTC-PERP_1m", 45031, "1m", "2021-12-31T23:01", "2022-02-01T05:32", undefined],
];

describe.skipIf(!fs.existsSync(FOLDER))("importCandles on files of vendors", () => {
  test.each(FILES)("%s comes in whole, with its timeframe, span and longest gap", async (...expected) => {
    const [name, rows, timeframe, from, to, gap] = expected;
    const stream = new Blob([fs.readFileSync(`${FOLDER}${name}.csv.gz`)]).stream();
    const reading = await importCandles({ stream, stage: memoryStage(), fileName: name, price: "bid" });
    let candles = 0;
    for await (const chunk of reading.chunks) candles += chunk.length;
    const report = reading.report();
    expect(candles).toBe(rows);
    expect(report).toMatchObject({ rowsRead: rows, rowsKept: rows, timeframe, duplicates: 0, badRows: [] });
    expect(report.from).toBe(Date.parse(`${from}Z`));
    expect(report.to).toBe(Date.parse(`${to}Z`));
    const longest = [...report.gaps].sort((a, b) => b.candles - a.candles)[0];
    if (gap !== undefined) expect(longest.from).toBe(Date.parse(`${gap}Z`));
  });
});
