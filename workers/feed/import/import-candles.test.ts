import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DataReport } from "../../../schema/wire/dataset.ts";
import type { CandleColumns } from "../../core/candle/candle.ts";
import { CANDLE_FIELDS, candleAt, joinCandles, sliceCandles } from "../../core/candle/candle.ts";
import { simCandles } from "../../core/sim/sim-candles.ts";
import { type ExportFormat, exportCandles } from "../export/export-candles.ts";
import { type ImportInput, importCandles } from "./import-candles.ts";
import { ImportError } from "./import-error.ts";
import { SORT_ROWS_MAX, UPLOAD_BYTES_MAX } from "./import-limits.ts";

type Options = Partial<Pick<ImportInput, "timeframe" | "price" | "onProgress">>;

async function importBytes(
  bytes: Uint8Array | string,
  options: Options = {},
): Promise<{ readonly candles: CandleColumns; readonly report: DataReport }> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream() as ReadableStream<Uint8Array>;
  const reading = await importCandles({ stream, fileName: "file", price: "bid", ...options });
  const parts: CandleColumns[] = [];
  for await (const chunk of reading.chunks) parts.push(sliceCandles(chunk, 0, chunk.length));
  return { candles: joinCandles(parts), report: reading.report() };
}

async function errorOf(bytes: Uint8Array | string, options: Options = {}): Promise<ImportError> {
  const error = await importBytes(bytes, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ImportError)) throw new Error("the import must fail with an ImportError", { cause: error });
  return error;
}

async function gzip(data: Uint8Array | string): Promise<Uint8Array> {
  const packed = new Blob([data as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

function plain(candles: CandleColumns) {
  return CANDLE_FIELDS.map((field) => [...candles[field].subarray(0, candles.length)]);
}

const T0 = Date.UTC(2024, 0, 31, 9, 30);
const MINUTE = 60_000;
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

describe("importCandles and the exports", () => {
  test.each<ExportFormat>(["csv", "arrow", "parquet"])("%s written by the export comes back equal", async (format) => {
    const symbol = "EUR-USD";
    const span = { seed: 3, symbol, timeframe: "1m", from: Date.UTC(2021, 5, 1), to: Date.UTC(2021, 8, 20) } as const;
    const candles = simCandles(span);
    async function* chunks() {
      for (let at = 0; at < candles.length; at += 40_000) {
        yield sliceCandles(candles, at, Math.min(candles.length, at + 40_000));
      }
    }
    const parts: Uint8Array[] = [];
    for await (const bytes of exportCandles(chunks(), format)) parts.push(bytes);
    const file = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
    const back = await importBytes(file);
    expect(plain(back.candles)).toEqual(plain(candles));
    expect(back.report).toMatchObject({ rowsRead: candles.length, timeframe: "1m", duplicates: 0, badRows: [] });
    expect(plain((await importBytes(await gzip(file))).candles)).toEqual(plain(candles));
  });
});

const HEADER = "time,open,high,low,close,volume\n";

function row(minute: number, cells = "10,12,9,11,5"): string {
  return `${new Date(T0 + minute * MINUTE).toISOString()},${cells}\n`;
}

describe("importCandles reports what is wrong with rows", () => {
  test("bad rows are left out and listed by rule with the row number of the file", async () => {
    const rows = [row(0), row(1, "10,x,9,11,5"), row(2, "-1,12,-2,11,5"), row(3, "10,9,9,11,5"), row(4, "10,12,9,11")];
    const { report } = await importBytes(HEADER + rows.join("") + row(5));
    expect(report.rowsKept).toBe(2);
    expect(report.badRows).toEqual([
      { rule: "open, high, low and close must be finite numbers", count: 1, rows: [2] },
      { rule: "prices must be above 0", count: 1, rows: [3] },
      { rule: "high must be at least open, close and low", count: 1, rows: [4] },
      { rule: "volume must be a number of 0 or more", count: 1, rows: [5] },
    ]);
  });

  test("rows in any order come out sorted, repeats dropped, contradictions listed, however they were shuffled", async () => {
    const minutes = Array.from({ length: 40 }, (_, minute) => minute);
    const order = fc.shuffledSubarray([...minutes, 3, 7], { minLength: 42 });
    await fc.assert(
      fc.asyncProperty(order, async (shuffled) => {
        const { candles, report } = await importBytes(HEADER + shuffled.map((minute) => row(minute)).join(""));
        expect([...candles.time]).toEqual(minutes.map((minute) => T0 + minute * MINUTE));
        expect(report.duplicates).toBe(2);
      }),
      { numRuns: 25 },
    );
    const { report } = await importBytes(HEADER + row(0) + row(1) + row(1, "10,12,9,11,6"));
    expect(report.badRows).toEqual([{ rule: "rows of one time must not differ", count: 1, rows: [3] }]);
  });

  test("a gap is listed with its bounds and the candles it lacks", async () => {
    const minutes = Array.from({ length: 60 }, (_, minute) => minute).filter((minute) => minute < 20 || minute > 24);
    const { report } = await importBytes(HEADER + minutes.map((minute) => row(minute)).join(""));
    expect(report).toMatchObject({ gapCount: 1, gapCandles: 5 });
    expect(report.gaps).toEqual([{ from: T0 + 20 * MINUTE, to: T0 + 25 * MINUTE, candles: 5 }]);
  });

  test("progress tells bytes and rows", async () => {
    const seen: number[] = [];
    await importBytes(HEADER + row(0) + row(1), { onProgress: ({ bytes, rows }) => seen.push(bytes, rows) });
    expect(seen.at(-1)).toBe(2);
  });
});

/** Files that must fail, each with its code and a part of the message that says what to do. */
const BROKEN: readonly (readonly [
  string,
  () => Uint8Array | string | Promise<Uint8Array>,
  string,
  string,
  Options?,
])[] = [
  ["an empty file", () => "", "empty-file", "empty"],
  ["an empty gzip file", () => gzip(""), "empty-file", "holds nothing"],
  ["a header without rows", () => HEADER, "empty-file", "no rows"],
  [
    "a wrong header",
    () => "when,first,top,bottom,last\n1,2,3,4,5\n",
    "unknown-layout",
    '"open" is missing, columns were: when',
  ],
  ["prose", () => "It was a dark and stormy night\nand\nthe\nrain\nfell", "unknown-layout", "must name columns"],
  ["one row of unknown timeframe", () => HEADER + row(0), "timeframe-unknown", "say which it is"],
  [
    "rows 45 s apart",
    () => `${HEADER}${[0, 45, 90, 135].map((s) => `${T0 / 1000 + s},10,12,9,11,5`).join("\n")}`,
    "timeframe-unknown",
    "45 s apart",
  ],
  [
    "a timeframe larger than the rows",
    () => HEADER + row(0) + row(1),
    "timeframe-unknown",
    "import as 1m",
    { timeframe: "1h" },
  ],
  [
    "only bad rows",
    () => HEADER + row(0, "10,9,9,11,5") + row(1, "10,9,9,11,5"),
    "no-candles",
    '2 of 2 broke "high must',
  ],
  [
    "dates with the day first",
    () => `${HEADER}31/01/2024,10,12,9,11,5\n30/01/2024,10,12,9,11,5\n`,
    "no-candles",
    "2024-01-31",
  ],
  ["a CSV of 10 million columns", () => `${"a,".repeat(10_000_000)}b\n`, "line-too-long", "at most"],
  ["a header of 300 columns", () => `${"a,".repeat(300)}b\n`, "too-many-columns", "at most 200 columns"],
  ["a gzip file cut off", () => cutGzip(), "broken-file", "cut off"],
  ["a gzip bomb", () => gzip(gzipBombText()), "too-large", "times its size"],
  ["a zip archive", () => "PK\x03\x04aaaaaaaaaaaa", "unknown-format", "unpack it"],
  ["a damaged Parquet file", () => `PAR1${"x".repeat(500)}PAR1`, "broken-file", "damaged"],
  ["a damaged Arrow file", () => `ARROW1\0\0${"x".repeat(500)}ARROW1`, "broken-file", "damaged"],
];

async function cutGzip(): Promise<Uint8Array> {
  const rows = Array.from({ length: 5000 }, (_, minute) => row(minute, `${minute + 1},9999,1,2,${minute}`));
  return (await gzip(HEADER + rows.join(""))).subarray(0, 9000);
}

function gzipBombText(): Uint8Array {
  const text = new TextEncoder().encode(HEADER + row(0) + row(1));
  const bomb = new Uint8Array(200_000_000).fill(10);
  bomb.set(text);
  return bomb;
}

describe("importCandles refuses a file as a whole", () => {
  test.each(BROKEN.map(([name, file, code, message, options]) => ({ name, file, code, message, options })))(
    "$name",
    async ({ file, code, message, options }) => {
      const bytes = await file();
      const start = performance.now();
      const error = await errorOf(bytes, options);
      expect(error.code).toBe(code);
      expect(error.message).toContain(message);
      expect(performance.now() - start).toBeLessThan(1000);
    },
  );

  test("binary data that is no known format", async () => {
    const noise = new Uint8Array(3000).map((_, i) => (i % 97 === 0 ? 10 : (i * 31) % 256));
    expect(["unknown-format", "unknown-layout"]).toContain((await errorOf(noise)).code);
  });

  test("a file over the upload limit stops being read at the limit", async () => {
    let given = 0;
    const piece = new TextEncoder().encode(row(0).repeat(20_000));
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        given += piece.length;
        controller.enqueue(given === piece.length ? new TextEncoder().encode(HEADER) : piece);
      },
    });
    const read = async () => {
      const reading = await importCandles({ stream, fileName: "endless.csv", timeframe: "1m", price: "bid" });
      for await (const _ of reading.chunks);
    };
    await expect(read()).rejects.toMatchObject({ code: "too-large" });
    expect(given).toBeLessThan(UPLOAD_BYTES_MAX + 10 * piece.length);
  });

  test("rows out of order in a file too long to sort", async () => {
    const seconds = T0 / 1000;
    const rows = Array.from(
      { length: SORT_ROWS_MAX + 70_000 },
      (_, i) => `${seconds + 60 * (i === 400_000 ? 1 : i)},2,2,2,2,0`,
    );
    const error = await errorOf(`${HEADER}${rows.join("\n")}`);
    expect(error.code).toBe("unsorted");
    expect(error.message).toContain("oldest first");
  });
});
