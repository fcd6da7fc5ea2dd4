import fc from "fast-check";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { bytesInMemory, ReadAhead, readInside } from "./byte-ranges.ts";
import { arrowOf, numbered, parquetOf } from "./column-file-testing.ts";
import { guardedBytes } from "./guarded-bytes.ts";
import { importCandles } from "./import-candles.ts";
import { ImportError } from "./import-error.ts";
import { errorOf, gzip, importBytes, memoryStage } from "./import-testing.ts";
import { unpackPage } from "./parquet-page.ts";

const candles = numbered(500);
const PARQUET = parquetOf(candles, { groupRows: 200 });
const ARROW = arrowOf(candles, "file", 200);
const STREAM = arrowOf(candles, "stream", 200);

/** `bytes` with the four at `at` (from the end where negative) set to `value`. */
function patched(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setInt32(at < 0 ? copy.length + at : at, value, true);
  return copy;
}

function parquetWith(names: readonly string[], rows: number, pageSize = 1_000_000): Uint8Array {
  const writer = new ByteWriter();
  const columns = names.map((name) => ({ name, type: "DOUBLE" as const, repetition_type: "REQUIRED" as const }));
  const schema = [{ name: "root", num_children: names.length }, ...columns];
  const file = new ParquetWriter({ writer, codec: "UNCOMPRESSED", schema });
  const columnData = names.map((name) => ({
    name,
    data: new Float64Array(rows).map((_, i) => i + 1),
    encoding: "PLAIN" as const,
  }));
  file.write({ columnData, rowGroupSize: rows, pageSize });
  file.finish();
  return new Uint8Array(writer.getBuffer());
}

const CANDLE_NAMES = ["time", "open", "high", "low", "close"];

describe("a column file is refused as a whole", () => {
  test.each<readonly [string, () => Uint8Array | Promise<Uint8Array>, string, string]>([
    ["Parquet cut in half", () => PARQUET.subarray(0, PARQUET.length / 2), "broken-file", "its end is missing"],
    ["Parquet of its first four bytes", () => PARQUET.subarray(0, 4), "broken-file", "too short"],
    [
      "Parquet with an index longer than itself",
      () => patched(PARQUET, -8, 2 ** 30),
      "broken-file",
      "longer than the file",
    ],
    [
      "Parquet with an index of the wrong length",
      () => patched(PARQUET, -8, 20),
      "broken-file",
      "index cannot be read",
    ],
    ["Parquet whose pages are overwritten", () => PARQUET.slice().fill(0xff, 4, 400), "broken-file", "column time"],
    ["Parquet with an index of 3 MB", () => parquetIndexOf(3), "too-large", "row_group_size"],
    [
      "Parquet of 2 million values in a page",
      () => parquetWith(CANDLE_NAMES, 2_000_000, 1e9),
      "too-large",
      "row_group_size",
    ],
    [
      "Parquet of 201 columns",
      () =>
        parquetWith(
          Array.from({ length: 201 }, (_, i) => `c${i}`),
          1,
        ),
      "too-many-columns",
      "201",
    ],
    ["Parquet without prices", () => parquetWith(["time", "size"], 3), "unknown-layout", '"open" is missing'],
    ["an Arrow file cut in half", () => ARROW.subarray(0, ARROW.length / 2), "broken-file", "its end is missing"],
    [
      "an Arrow stream cut in half",
      () => STREAM.subarray(0, STREAM.length / 2),
      "broken-file",
      "ends inside a message",
    ],
    ["an Arrow file with a footer longer than itself", () => patched(ARROW, -10, 2 ** 30), "broken-file", "footer"],
    ["an Arrow stream with a head of 1 GB", () => patched(STREAM, 4, 2 ** 30), "broken-file", "ends inside a message"],
    ["gzip around a cut Arrow stream", () => gzip(STREAM.subarray(0, 3_000)), "broken-file", "ends inside"],
  ])("%s", async (_name, make, code, message) => {
    const error = await errorOf(await make());
    expect({ code: error.code, message: error.message }).toEqual({ code, message: expect.stringContaining(message) });
  });

  test("a file that unpacks to more than the largest, while it unpacks", async () => {
    const packed = await gzip(parquetWith(CANDLE_NAMES, 100_000));
    const stream = new Blob([packed as Uint8Array<ArrayBuffer>]).stream();
    const input = { stream, stage: memoryStage(), fileName: "file", price: "bid", bytesMax: 3 * 1024 ** 2 } as const;
    await expect(importCandles(input)).rejects.toMatchObject({
      code: "too-large",
      message: expect.stringContaining("unpack to at most 3 MB"),
    });
  });

  test("a batch that claims more rows than a file may have, before any of them is read", async () => {
    expect(await errorOf(arrowRowsOf(15_000_001))).toMatchObject({ code: "too-many-rows" });
  });

  test("a batch that claims more rows than it has values", async () => {
    expect((await errorOf(arrowRowsOf(11_000))).message).toContain("more rows than values");
  });
});

/** A Parquet file whose index takes `mib` MiB. */
function parquetIndexOf(mib: number): Uint8Array {
  const length = mib * 1024 ** 2;
  const bytes = new Uint8Array(length + 12);
  bytes.set([0x50, 0x41, 0x52, 0x31]);
  bytes.set([0x50, 0x41, 0x52, 0x31], length + 8);
  return patched(bytes, -8, length);
}

/** An Arrow stream of one batch that claims `rows` rows and has ten. */
function arrowRowsOf(rows: number): Uint8Array {
  const bytes = arrowOf(numbered(10), "stream").slice();
  const view = new DataView(bytes.buffer);
  // The length of the batch and of each column stand in its head as 64-bit integers.
  for (let at = 0; at + 8 <= bytes.length; at += 4) {
    if (view.getInt32(at, true) === 10 && view.getInt32(at + 4, true) === 0) view.setInt32(at, rows, true);
  }
  return bytes;
}

describe("a damaged column file", () => {
  const files: readonly (readonly [string, Uint8Array])[] = [
    ["Parquet", PARQUET],
    ["plain Parquet", parquetOf(candles, { codec: "UNCOMPRESSED", repetition: "REQUIRED" })],
    ["Arrow file", ARROW],
    ["Arrow stream", STREAM],
  ];

  test.each(files)("S54 is read or refused, wherever it is damaged: %s", async (_name, bytes) => {
    const damage = fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 })), { maxLength: 6 });
    const run = fc.asyncProperty(damage, fc.nat({ max: bytes.length }), fc.boolean(), async (places, end, cut) => {
      const copy = bytes.slice();
      for (const [at, value] of places) copy[at] = value;
      const outcome = await importBytes(cut ? copy.subarray(0, end) : copy).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(outcome === undefined || outcome instanceof ImportError ? undefined : outcome).toBeUndefined();
    });
    await fc.assert(run, { numRuns: 300 });
  });
});

describe("what a column file says of itself", () => {
  test("a run that claims more values than its page is refused before they are made", () => {
    // One optional value, whose levels are a run of 2^27 ones.
    const levels = [0x80, 0x80, 0x80, 0x80, 0x01, 1];
    const bytes = Uint8Array.from([levels.length, 0, 0, 0, ...levels, 0, 0, 0, 0, 0, 0, 0, 0]);
    const header = {
      type: "DATA_PAGE",
      uncompressed_page_size: bytes.length,
      compressed_page_size: bytes.length,
      data_page_header: {
        num_values: 1,
        encoding: "PLAIN",
        definition_level_encoding: "RLE",
        repetition_level_encoding: "RLE",
      },
    } as const;
    const how = { codec: "UNCOMPRESSED", optional: true } as const;
    expect(() => unpackPage(header, bytes, how)).toThrow("a run of 134217728 values stands where 1 are left");
  });

  test("a description may be read about as often as it is long, and nowhere outside", () => {
    const bytes = guardedBytes(new Uint8Array(100));
    expect(() => bytes[100]).toThrow(RangeError);
    expect(() => {
      for (let i = 0; i < 1_000_000; i++) expect(bytes[i % 100]).toBe(0);
    }).toThrow("refers to itself");
  });

  test("bytes outside of the file are never asked for", async () => {
    const file = bytesInMemory(new Uint8Array(100));
    for (const [start, end] of [
      [-1, 5],
      [5, 101],
      [7, 6],
      [0.5, 3],
      [Number.NaN, 3],
    ]) {
      await expect(readInside(file, start, end)).rejects.toMatchObject({ code: "broken-file" });
    }
  });

  test("reading ahead gives the bytes of the file, whatever is asked for in whatever order", async () => {
    const content = Uint8Array.from({ length: 1_000 }, (_, i) => i * 7);
    const spans = fc.array(fc.tuple(fc.nat({ max: 1_000 }), fc.nat({ max: 300 })), { minLength: 1, maxLength: 30 });
    const run = fc.asyncProperty(spans, async (asked) => {
      const ahead = new ReadAhead(bytesInMemory(content), { blockBytes: 100, endMax: 1_000 });
      for (const [start, length] of asked) {
        const end = Math.min(1_000, start + length);
        expect([...(await ahead.read(start, end))]).toEqual([...content.subarray(start, end)]);
      }
    });
    await fc.assert(run, { numRuns: 100 });
  });
});
