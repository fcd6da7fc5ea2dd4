import type { ColumnMetaData, SchemaTree } from "hyparquet";
import { describe, expect, test } from "vitest";
import { unpackedBytes } from "./arrow-batch.ts";
import { ReadAhead } from "./byte-ranges.ts";
import { UNPACK_RATIO_FROM_BYTES, UNPACK_RATIO_MAX, UNPACKED_BYTES_MAX } from "./import-limits.ts";
import { gzip } from "./import-testing.ts";
import { ParquetColumn } from "./parquet-column.ts";
import { UnpackMeter } from "./unpack-meter.ts";

const MIB = 1024 ** 2;

describe("what the parts of a file unpack to together", () => {
  test.each([
    ["a short file of equal rows", 1, UNPACK_RATIO_FROM_BYTES],
    ["as often its size as is honest", MIB, MIB * UNPACK_RATIO_MAX],
    ["the most of any file", 100 * MIB, UNPACKED_BYTES_MAX],
  ])("may be as much as it should, and not a byte more: %s", (_name, packed, most) => {
    const meter = new UnpackMeter(() => packed);
    meter.add(most - 1);
    meter.add(1);
    expect(() => meter.add(1)).toThrow(expect.objectContaining({ code: "too-large" }));
  });

  test("ends the reading of a Parquet column of many small pages without values", async () => {
    const page = await emptyPage(4 * MIB);
    const pages = new Uint8Array(page.length * 100);
    for (let at = 0; at < pages.length; at += page.length) pages.set(page, at);
    const asked: number[] = [];
    const file = {
      byteLength: pages.length,
      read: async (start: number, end: number) => {
        asked.push(start);
        return pages.slice(start, end);
      },
    };
    const bytes = new ReadAhead(file, { blockBytes: 1024, endMax: pages.length });
    const column = new ParquetColumn(bytes, {
      ...priceColumn(pages.length),
      rows: 1,
      meter: new UnpackMeter(() => MIB / 8),
    });
    await expect(column.read(1)).rejects.toMatchObject({ code: "too-large" });
    expect(Math.max(...asked)).toBeLessThan(8 * page.length);
  });

  test("is what the buffers of an Arrow batch say of themselves, packed or left plain", () => {
    const body = new Uint8Array(40);
    const view = new DataView(body.buffer);
    view.setBigInt64(0, 5_000_000n, true);
    view.setBigInt64(16, -1n, true);
    const regions = [
      { offset: 0, length: 16 },
      { offset: 16, length: 24 },
      { offset: 40, length: 0 },
    ];
    expect(unpackedBytes({ regions, body }, { compression: { codec: 1, method: 0 } })).toBe(5_000_024);
    expect(unpackedBytes({ regions, body }, {})).toBe(40);
  });
});

/** A dictionary page of no values that unpacks to `bytes` zeros; its header is Thrift's compact form. */
async function emptyPage(bytes: number): Promise<Uint8Array> {
  const packed = await gzip(new Uint8Array(bytes));
  const number = (value: number) => [0x15, ...zigzag(value)];
  const dictionary = [0x4c, ...number(0), ...number(0), 0];
  return Uint8Array.from([...number(2), ...number(bytes), ...number(packed.length), ...dictionary, 0, ...packed]);
}

function zigzag(value: number): number[] {
  const bytes: number[] = [];
  let left = value * 2;
  for (; left >= 0x80; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  return [...bytes, left];
}

function priceColumn(byteLength: number): { metadata: ColumnMetaData; path: SchemaTree[] } {
  const element = { name: "close", type: "DOUBLE", repetition_type: "REQUIRED" } as const;
  const leaf: SchemaTree = { children: [], count: 1, element, path: ["close"] };
  const metadata: ColumnMetaData = {
    type: "DOUBLE",
    encodings: ["PLAIN"],
    path_in_schema: ["close"],
    codec: "GZIP",
    num_values: 1n,
    total_uncompressed_size: 1n,
    total_compressed_size: BigInt(byteLength),
    data_page_offset: 0n,
  };
  return { metadata, path: [leaf, leaf] };
}
