/// <reference path="./compressor-modules.d.ts" />
import { decompress as decompressZstd } from "fzstd";
import type { CompressionCodec, Compressors, PageHeader } from "hyparquet";
import { snappyUncompress } from "hyparquet";
import { decompressPage } from "hyparquet/src/datapage.js";
import { decompressBrotli } from "hyparquet-compressors/src/brotli.js";
import { gunzip } from "hyparquet-compressors/src/gzip.js";
import { decompressLz4, decompressLz4Raw } from "hyparquet-compressors/src/lz4.js";
import { PAGE_BYTES_MAX } from "./import-limits.ts";

const COMPRESSORS: Compressors = {
  SNAPPY: (input, length) => {
    const output = unpacked(length);
    snappyUncompress(input, output);
    return output;
  },
  GZIP: (input, length) => gunzip(input, unpacked(length)),
  BROTLI: (input, length) => decompressBrotli(input, unpacked(length).length),
  ZSTD: (input, length) => decompressZstd(input, unpacked(length)),
  LZ4: (input, length) => decompressLz4(input, unpacked(length).length),
  LZ4_RAW: (input, length) => decompressLz4Raw(input, unpacked(length).length),
};

/** A page whose bytes are not packed, and its header as it would be then. */
export interface PlainPage {
  readonly header: PageHeader;
  readonly bytes: Uint8Array;
}

/**
 * Unpacks a page and sees that no run of repeated values in it is longer than the page: a run of a few bytes can claim
 * two thousand million values, and the decoder believes it. `optional` says whether values may be absent, which a page
 * notes in runs too. The layout is that of https://parquet.apache.org/docs/file-format/data-pages/. Throws RangeError
 * or what the decompressor throws.
 */
export function unpackPage(
  header: PageHeader,
  packed: Uint8Array,
  { codec, optional }: { readonly codec: CompressionCodec; readonly optional: boolean },
): PlainPage {
  const second = header.data_page_header_v2;
  if (second === undefined) {
    const bytes = decompressPage(packed, header.uncompressed_page_size, codec, COMPRESSORS);
    const first = header.data_page_header;
    if (first !== undefined) checkFirstForm(bytes, { values: first.num_values, encoding: first.encoding, optional });
    return { header: { ...header, compressed_page_size: bytes.length }, bytes };
  }
  // The levels of this form stand before the packed part.
  const levels = second.definition_levels_byte_length + second.repetition_levels_byte_length;
  const { num_values: values, num_nulls: nulls } = second;
  if (!(levels >= 0 && levels <= packed.length && nulls >= 0 && nulls <= values)) {
    throw new RangeError("a page's levels are longer than the page");
  }
  const body = packed.subarray(levels);
  const plain =
    second.is_compressed === false
      ? body
      : decompressPage(body, header.uncompressed_page_size - levels, codec, COMPRESSORS);
  const bytes = new Uint8Array(levels + plain.length);
  bytes.set(packed.subarray(0, levels));
  bytes.set(plain, levels);
  if (optional) checkRuns(bytes, { start: second.repetition_levels_byte_length, width: 1, values });
  if (isDictionary(second.encoding)) checkIndices(bytes, levels, values - nulls);
  const plainHeader = { ...second, is_compressed: false };
  return { header: { ...header, compressed_page_size: bytes.length, data_page_header_v2: plainHeader }, bytes };
}

function checkFirstForm(
  bytes: Uint8Array,
  page: { readonly values: number; readonly encoding: string; readonly optional: boolean },
): void {
  let start = 0;
  let values = page.values;
  if (page.optional) {
    const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0, true);
    values -= checkRuns(bytes, { start: 4, width: 1, values });
    start = 4 + length;
  }
  if (isDictionary(page.encoding)) checkIndices(bytes, start, values);
}

function isDictionary(encoding: string): boolean {
  return encoding === "PLAIN_DICTIONARY" || encoding === "RLE_DICTIONARY";
}

/** Places in the dictionary: the bits of one in a byte, then runs. */
function checkIndices(bytes: Uint8Array, start: number, values: number): void {
  if (values <= 0) return;
  if (start >= bytes.length) throw new RangeError("a page ends before its values");
  if (bytes[start] > 0) checkRuns(bytes, { start: start + 1, width: bytes[start], values });
}

/**
 * Walks the runs of `values` numbers of `width` bits, https://parquet.apache.org/docs/file-format/data-pages/encodings/
 * (RLE and bit-packing hybrid), and returns how many of them are known to be 0. Throws RangeError where a run is longer
 * than what is left, or the bytes end.
 */
function checkRuns(
  bytes: Uint8Array,
  { start, width, values }: { readonly start: number; readonly width: number; readonly values: number },
): number {
  let at = start;
  let left = values;
  let zeros = 0;
  while (left > 0) {
    let header = 0;
    let shift = 0;
    let byte = 0x80;
    for (; byte >= 0x80; shift += 7) {
      if (at >= bytes.length || shift > 28) throw new RangeError("a page ends inside its runs");
      byte = bytes[at++];
      header += (byte & 0x7f) * 2 ** shift;
    }
    const packed = header % 2 === 1;
    const run = packed ? Math.floor(header / 2) * 8 : header / 2;
    // The last packed run is filled up to a multiple of eight values.
    if (run === 0 || run > left + (packed ? 7 : 0)) {
      throw new RangeError(`a run of ${run} values stands where ${left} are left`);
    }
    if (packed) {
      if (width === 1) zeros += zeroBits(bytes, at, Math.min(run, left));
      at += (run / 8) * width;
    } else {
      if (width === 1 && bytes[at] === 0) zeros += run;
      at += Math.ceil(width / 8);
    }
    left -= run;
  }
  return zeros;
}

function zeroBits(bytes: Uint8Array, start: number, count: number): number {
  let zeros = 0;
  for (let i = 0; i < count; i++) zeros += ((bytes[start + (i >> 3)] ?? 0) >> (i & 7)) & 1 ? 0 : 1;
  return zeros;
}

/** Room for what a page unpacks to, as its header claims it. */
function unpacked(length: number): Uint8Array {
  if (length > PAGE_BYTES_MAX) throw new RangeError(`a page may unpack to ${PAGE_BYTES_MAX} bytes, claimed ${length}`);
  return new Uint8Array(length);
}
