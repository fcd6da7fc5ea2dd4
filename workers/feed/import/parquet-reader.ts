/// <reference path="./compressor-modules.d.ts" />
import { decompress as decompressZstd } from "fzstd";
import type { AsyncBuffer, Compressors, FileMetaData } from "hyparquet";
import { parquetMetadataAsync, parquetRead } from "hyparquet";
import { decompressBrotli } from "hyparquet-compressors/src/brotli.js";
import { gunzip } from "hyparquet-compressors/src/gzip.js";
import { decompressLz4, decompressLz4Raw } from "hyparquet-compressors/src/lz4.js";
import type { ColumnRoles, PriceSide } from "./column-roles.ts";
import { rolesOfNames } from "./column-roles.ts";
import type { AnyColumn } from "./column-rows.ts";
import { rowsOfColumns } from "./column-rows.ts";
import { ImportError } from "./import-error.ts";
import { CHUNK_ROWS, COLUMNS_MAX, ROWS_MAX } from "./import-limits.ts";
import type { RawRows } from "./raw-rows.ts";
import type { TimeNotes } from "./scan-time.ts";

/** Largest page a column chunk may unpack to; writers make pages of about 1 MB, or one of a whole row group. */
const PAGE_BYTES_MAX = 64 * 1024 ** 2;

const COMPRESSORS: Compressors = {
  GZIP: (input, length) => gunzip(input, page(length)),
  BROTLI: (input, length) => decompressBrotli(input, page(length).length),
  ZSTD: (input, length) => decompressZstd(input, page(length)),
  LZ4: (input, length) => decompressLz4(input, page(length).length),
  LZ4_RAW: (input, length) => decompressLz4Raw(input, page(length).length),
};

/** The rows of a Parquet file, a row group at a time. Throws ImportError. */
export async function readParquet(
  bytes: Uint8Array<ArrayBuffer>,
  { price, timeNotes }: { readonly price: PriceSide; readonly timeNotes: TimeNotes },
): Promise<{ readonly roles: ColumnRoles; readonly rows: AsyncGenerator<RawRows> }> {
  const file: AsyncBuffer = {
    byteLength: bytes.length,
    slice: (start, end) => bytes.slice(start, end).buffer,
  };
  const metadata = await parquetMetadataAsync(file).catch((cause: unknown) => {
    throw broken(cause);
  });
  const names = metadata.schema.slice(1).map(({ name }) => name);
  if (names.length > COLUMNS_MAX) {
    throw new ImportError("too-many-columns", `a file may have at most ${COLUMNS_MAX} columns, had ${names.length}`);
  }
  if (metadata.num_rows > ROWS_MAX) {
    throw new ImportError("too-many-rows", `a file may have at most ${ROWS_MAX} rows, had ${metadata.num_rows}`);
  }
  const roles = rolesOfNames(names, price);
  return { roles, rows: rowsOf(file, { metadata, names, roles, timeNotes }) };
}

async function* rowsOf(
  file: AsyncBuffer,
  {
    metadata,
    names,
    roles,
    timeNotes,
  }: {
    readonly metadata: FileMetaData;
    readonly names: readonly string[];
    readonly roles: ColumnRoles;
    readonly timeNotes: TimeNotes;
  },
): AsyncGenerator<RawRows> {
  const used = [roles.time, roles.clock, ...roles.prices.flat(), roles.volume].filter((index) => index !== undefined);
  const wanted = [...new Set(used)];
  const total = Number(metadata.num_rows);
  for (let start = 0; start < total; start += CHUNK_ROWS) {
    const end = Math.min(total, start + CHUNK_ROWS);
    const table = await readRows(file, { metadata, columns: wanted.map((index) => names[index]), start, end });
    const columns: AnyColumn[] = [];
    wanted.forEach((index, at) => {
      columns[index] = table.map((row) => row[at]);
    });
    yield rowsOfColumns(columns, { roles, start: 0, end: table.length, firstRow: start + 1, timeNotes });
  }
}

async function readRows(
  file: AsyncBuffer,
  span: {
    readonly metadata: FileMetaData;
    readonly columns: string[];
    readonly start: number;
    readonly end: number;
  },
): Promise<readonly (readonly unknown[])[]> {
  const { metadata, columns, start: rowStart, end: rowEnd } = span;
  let table: readonly (readonly unknown[])[] = [];
  try {
    const onComplete = (rows: readonly (readonly unknown[])[]) => {
      table = rows;
    };
    await parquetRead({ file, metadata, columns, rowStart, rowEnd, compressors: COMPRESSORS, onComplete });
  } catch (cause) {
    throw broken(cause);
  }
  return table;
}

function page(length: number): Uint8Array {
  if (length > PAGE_BYTES_MAX) throw new RangeError(`a page may unpack to ${PAGE_BYTES_MAX} bytes, claimed ${length}`);
  return new Uint8Array(length);
}

function broken(cause: unknown): ImportError {
  const reason = cause instanceof Error ? ` (${cause.message.slice(0, 120)})` : "";
  return new ImportError("broken-file", `the Parquet file is damaged or cut off; write it again${reason}`, { cause });
}
