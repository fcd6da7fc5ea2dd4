import { CompressionType, setCompressionCodec, type Table, Type, tableFromIPC } from "@uwdata/flechette";
import type { ColumnRoles, PriceSide } from "./column-roles.ts";
import { rolesOfNames } from "./column-roles.ts";
import type { AnyColumn } from "./column-rows.ts";
import { rowsOfColumns } from "./column-rows.ts";
import { ImportError } from "./import-error.ts";
import { CHUNK_ROWS, COLUMN_FILE_BYTES_MAX, COLUMNS_MAX, ROWS_MAX } from "./import-limits.ts";
import { decompressLz4Frame } from "./lz4-frame.ts";
import type { RawRows } from "./raw-rows.ts";
import type { TimeNotes } from "./scan-time.ts";
import { decompressZstdBounded } from "./zstd-bounded.ts";

/** Largest buffer a compressed column may unpack to: the columns of a file of the largest size, packed four to one. */
const BUFFER_BYTES_MAX = 4 * COLUMN_FILE_BYTES_MAX;

setCompressionCodec(CompressionType.LZ4_FRAME, {
  decode: (bytes) => aligned(decompressLz4Frame(bytes, BUFFER_BYTES_MAX)),
  encode: unsupportedEncode,
});
setCompressionCodec(CompressionType.ZSTD, {
  decode: (bytes) => decompressZstdBounded(bytes, BUFFER_BYTES_MAX),
  encode: unsupportedEncode,
});

/** The rows of an Arrow IPC file or stream (Feather version 2 is one). Throws ImportError. */
export function readArrow(
  bytes: Uint8Array,
  { price, timeNotes }: { readonly price: PriceSide; readonly timeNotes: TimeNotes },
): { readonly roles: ColumnRoles; readonly rows: Generator<RawRows> } {
  const table = decode(bytes);
  if (table.numCols > COLUMNS_MAX) {
    throw new ImportError("too-many-columns", `a file may have at most ${COLUMNS_MAX} columns, had ${table.numCols}`);
  }
  if (table.numRows > ROWS_MAX) {
    throw new ImportError("too-many-rows", `a file may have at most ${ROWS_MAX} rows, had ${table.numRows}`);
  }
  const roles = rolesOfNames(
    table.schema.fields.map((field) => field.name),
    price,
  );
  return { roles, rows: rowsOf(table, roles, timeNotes) };
}

function* rowsOf(table: Table, roles: ColumnRoles, timeNotes: TimeNotes): Generator<RawRows> {
  const used = [roles.time, roles.clock, ...roles.prices.flat(), roles.volume];
  const columns: AnyColumn[] = [];
  for (const index of used) {
    if (index !== undefined && columns[index] === undefined) columns[index] = reading(() => valuesOf(table, index));
  }
  for (let start = 0; start < table.numRows; start += CHUNK_ROWS) {
    const end = Math.min(table.numRows, start + CHUNK_ROWS);
    yield rowsOfColumns(columns, { roles, start, end, firstRow: start + 1, timeNotes });
  }
}

function valuesOf(table: Table, index: number): AnyColumn {
  const column = table.getChildAt(index);
  const values: AnyColumn = column.toArray();
  const typeId = column.type.typeId;
  // Dates and timestamps come as milliseconds; as Date objects they are not mistaken for epochs of another unit.
  if (typeId === Type.Timestamp || typeId === Type.Date) {
    return Array.from(values, (value) => (typeof value === "number" ? new Date(value) : value));
  }
  return values;
}

function decode(bytes: Uint8Array): Table {
  return reading(() => tableFromIPC(bytes, { useDate: false }));
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new ImportError("broken-file", "the Arrow file is damaged or cut off; write it again", { cause });
  }
}

/** Columns of 64-bit values are views on the buffer, which must start at a multiple of eight bytes. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
}

function unsupportedEncode(): never {
  throw new Error("candles are written without compression");
}
