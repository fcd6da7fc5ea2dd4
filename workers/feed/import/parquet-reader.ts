/// <reference path="./compressor-modules.d.ts" />
import { decompress as decompressZstd } from "fzstd";
import type { AsyncBuffer, Compressors, FileMetaData } from "hyparquet";
import { parquetMetadataAsync, parquetRead, snappyUncompress } from "hyparquet";
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

/** Most rows of a row group, which is held whole: the largest that common writers make by default. */
const GROUP_ROWS_MAX = 1024 * 1024;

const COMPRESSORS: Compressors = {
  SNAPPY: (input, length) => {
    const output = page(length);
    snappyUncompress(input, output);
    return output;
  },
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
  const names = metadata.schema.slice(1).map(({ name }) => String(name));
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
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const groupRows = Number(group.num_rows);
    if (!(groupRows >= 0 && groupRows <= GROUP_ROWS_MAX)) {
      throw new ImportError("too-large", `a row group may have at most ${GROUP_ROWS_MAX} rows, had ${groupRows}`);
    }
    const span = { metadata, start: groupStart, rows: groupRows };
    const read = await readGroup(file, { ...span, columns: wanted.map((index) => names[index]) });
    const columns: AnyColumn[] = [];
    wanted.forEach((index, at) => {
      columns[index] = read[at];
    });
    for (let start = 0; start < groupRows; start += CHUNK_ROWS) {
      const end = Math.min(groupRows, start + CHUNK_ROWS);
      yield rowsOfColumns(columns, { roles, start, end, firstRow: groupStart + start + 1, timeNotes });
    }
    groupStart += groupRows;
  }
}

/** Whole columns of one row group, in the order asked. A group is unpacked once: reading parts of it would repeat that. */
async function readGroup(
  file: AsyncBuffer,
  span: {
    readonly metadata: FileMetaData;
    readonly columns: string[];
    readonly start: number;
    readonly rows: number;
  },
): Promise<readonly AnyColumn[]> {
  const { metadata, columns, start: rowStart, rows } = span;
  const read = new Map<string, unknown[]>(columns.map((name) => [name, new Array(rows)]));
  try {
    await parquetRead({
      file,
      metadata,
      columns,
      rowStart,
      rowEnd: rowStart + rows,
      compressors: COMPRESSORS,
      onChunk: ({ columnName, columnData, rowStart: at }) => {
        const column = read.get(columnName);
        if (column === undefined) return;
        const count = Math.min(columnData.length, rows - (at - rowStart));
        for (let i = 0; i < count; i++) column[at - rowStart + i] = columnData[i];
      },
    });
  } catch (cause) {
    throw broken(cause);
  }
  return columns.map((name) => read.get(name) ?? []);
}

function page(length: number): Uint8Array {
  if (length > PAGE_BYTES_MAX) throw new RangeError(`a page may unpack to ${PAGE_BYTES_MAX} bytes, claimed ${length}`);
  return new Uint8Array(length);
}

function broken(cause: unknown): ImportError {
  const reason = cause instanceof Error ? ` (${cause.message.slice(0, 120)})` : "";
  return new ImportError("broken-file", `the Parquet file is damaged or cut off; write it again${reason}`, { cause });
}
