import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { CANDLE_FIELDS, sliceCandles } from "../../core/candle/candle.ts";
import { ParquetCandles } from "../export/parquet-candles.ts";
import { bytesInMemory } from "./byte-ranges.ts";
import { arrowOf, numbered, parquetOf } from "./column-file-testing.ts";
import { importCandles } from "./import-candles.ts";
import { BLOCK_BYTES } from "./import-limits.ts";
import { gzip, importBytes, MINUTE, plain, T0 } from "./import-testing.ts";

describe("a column file comes in as it was written", () => {
  const candles = numbered(300_000);
  test.each<readonly [string, () => Uint8Array]>([
    ["Parquet in one row group and many pages", () => parquetOf(candles, { pageSize: 100_000 })],
    ["Parquet in one row group and one page a column", () => parquetOf(candles)],
    ["Parquet in row groups of 1,000 rows", () => parquetOf(candles, { groupRows: 1_000 })],
    [
      "Parquet without packing or absent values",
      () => parquetOf(candles, { codec: "UNCOMPRESSED", repetition: "REQUIRED" }),
    ],
    ["Parquet among other columns", () => parquetOf(candles, { extra: true, groupRows: 70_000 })],
    ["an Arrow file of one batch", () => arrowOf(candles, "file")],
    ["an Arrow stream of one batch", () => arrowOf(candles, "stream")],
    ["an Arrow file of batches of 1,000 rows", () => arrowOf(candles, "file", 1_000)],
    ["an Arrow stream of batches of 70,000 rows", () => arrowOf(candles, "stream", 70_000)],
  ])("%s", async (_name, make) => {
    const { candles: back, report } = await importBytes(make());
    expect(report).toMatchObject({ rowsRead: candles.length, rowsKept: candles.length, timeframe: "1m", gapCount: 0 });
    for (const field of CANDLE_FIELDS) expect(back[field].every((value, i) => value === candles[field][i])).toBe(true);
  });

  test("gzip around a column file is taken off", async () => {
    const small = numbered(2_000);
    for (const bytes of [parquetOf(small), arrowOf(small, "stream")]) {
      expect(plain((await importBytes(await gzip(bytes))).candles)).toEqual(plain(small));
    }
  });

  test("an absent value is a bad row, named by its number", async () => {
    const writer = new ByteWriter();
    const names = ["time", "open", "high", "low", "close"];
    const file = new ParquetWriter({
      writer,
      schema: [
        { name: "root", num_children: names.length },
        ...names.map((name) => ({ name, type: "DOUBLE" as const, repetition_type: "OPTIONAL" as const })),
      ],
    });
    const columnData = names.map((name) => ({
      name,
      data: [0, 1, 2].map((i) => (name === "time" ? T0 + i * MINUTE : name === "close" && i === 1 ? null : 5)),
    }));
    file.write({ columnData });
    file.finish();
    const { report } = await importBytes(new Uint8Array(writer.getBuffer()));
    expect(report.badRows).toEqual([{ rule: "open, high, low and close must be finite numbers", count: 1, rows: [2] }]);
  });
});

describe("a file of two million rows", () => {
  const candles = numbered(2_000_000);

  function exported(): Uint8Array {
    const file = new ParquetCandles();
    const parts: Uint8Array[] = [];
    for (let at = 0; at < candles.length; at += 100_000)
      parts.push(file.write(sliceCandles(candles, at, at + 100_000)));
    parts.push(file.finish());
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  test.each<readonly [string, () => Uint8Array]>([
    ["Parquet in twenty row groups", exported],
    [
      "Parquet in one row group",
      () => parquetOf(candles, { codec: "UNCOMPRESSED", repetition: "REQUIRED", pageSize: 1_000_000 }),
    ],
    ["Arrow in one batch", () => arrowOf(candles, "file")],
    ["Arrow in batches of 65,536", () => arrowOf(candles, "stream", 65_536)],
  ])("is read in parts of at most a block, and about once: %s", async (_name, make) => {
    const bytes = make();
    const held = bytesInMemory(bytes);
    const asked = { largest: 0, all: 0 };
    const reading = await importCandles({
      stream: new Blob([bytes.subarray(0, 64) as Uint8Array<ArrayBuffer>]).stream(),
      fileName: "big",
      price: "bid",
      stage: {
        hold: async () => ({
          byteLength: held.byteLength,
          read(start, end) {
            asked.largest = Math.max(asked.largest, end - start);
            asked.all += end - start;
            return held.read(start, end);
          },
        }),
      },
    });
    let row = 0;
    for await (const { length, time, high } of reading.chunks) {
      expect([time[0], high[length - 1]]).toEqual([T0 + row * MINUTE, 300 + (row + length - 1) / 1024]);
      row += length;
    }
    expect(row).toBe(candles.length);
    expect(asked.largest).toBeLessThanOrEqual(BLOCK_BYTES);
    expect(asked.all).toBeLessThan(1.1 * bytes.length);
  });
});
