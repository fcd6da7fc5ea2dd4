import type { FileMetaData, RowGroup, SchemaTree } from "hyparquet";
import { parquetMetadata, parquetSchema } from "hyparquet";
import type { ByteRanges } from "./byte-ranges.ts";
import { ReadAhead, readInside } from "./byte-ranges.ts";
import type { ColumnRoles, PriceSide } from "./column-roles.ts";
import { rolesOfNames, usedColumns } from "./column-roles.ts";
import type { AnyColumn } from "./column-rows.ts";
import { rowsOfColumns } from "./column-rows.ts";
import { ImportError } from "./import-error.ts";
import {
  BLOCK_BYTES,
  CHUNK_ROWS,
  COLUMN_BLOCK_BYTES,
  COLUMNS_MAX,
  DESCRIPTION_BYTES_MAX,
  ROWS_MAX,
} from "./import-limits.ts";
import { columnBytes, damaged, ParquetColumn } from "./parquet-column.ts";
import type { RawRows } from "./raw-rows.ts";
import type { TimeNotes } from "./scan-time.ts";
import { UnpackMeter } from "./unpack-meter.ts";

/** The end of a file: the length of its index in four bytes, and the mark `PAR1`. */
const TAIL_BYTES = 8;

/**
 * The rows of a Parquet file. Only the columns that make a candle are read, a page of each at a time. Throws
 * ImportError, here or while rows are read.
 */
export async function readParquet(
  file: ByteRanges,
  { price, timeNotes }: { readonly price: PriceSide; readonly timeNotes: TimeNotes },
): Promise<{ readonly roles: ColumnRoles; readonly rows: AsyncGenerator<RawRows> }> {
  const metadata = await readMetadata(file);
  const root = schemaOf(metadata);
  const names = root.children.map(({ element }) => String(element.name));
  if (names.length > COLUMNS_MAX) {
    throw new ImportError("too-many-columns", `a file may have at most ${COLUMNS_MAX} columns, had ${names.length}`);
  }
  const rowCount = metadata.row_groups.reduce((sum, group) => sum + rowsOf(group), 0);
  if (rowCount > ROWS_MAX) {
    throw new ImportError("too-many-rows", `a file may have at most ${ROWS_MAX} rows, had ${rowCount}; split it`);
  }
  if (rowCount !== Number(metadata.num_rows)) {
    throw damaged(`it says that it has ${metadata.num_rows} rows, its row groups have ${rowCount}`);
  }
  const roles = rolesOfNames(names, price);
  return { roles, rows: readRows(file, { groups: metadata.row_groups, root, roles, timeNotes }) };
}

async function* readRows(
  file: ByteRanges,
  table: {
    readonly groups: readonly RowGroup[];
    readonly root: SchemaTree;
    readonly roles: ColumnRoles;
    readonly timeNotes: TimeNotes;
  },
): AsyncGenerator<RawRows> {
  const { groups, root, roles, timeNotes } = table;
  const used = usedColumns(roles);
  // Small row groups that follow each other come with one request.
  const shared = new ReadAhead(file, { blockBytes: BLOCK_BYTES, endMax: file.byteLength });
  const meter = new UnpackMeter(() => file.byteLength);
  let firstRow = 1;
  for (const group of groups) {
    const rows = rowsOf(group);
    const columns = await openColumns(group, { file, shared, root, used, meter });
    for (let start = 0; start < rows; start += CHUNK_ROWS) {
      const length = Math.min(CHUNK_ROWS, rows - start);
      const values: AnyColumn[] = [];
      for (const [index, column] of columns) values[index] = await column.read(length);
      const instants = columns.get(roles.time)?.isInstant ?? false;
      yield rowsOfColumns(values, { roles, start: 0, end: length, firstRow: firstRow + start, instants, timeNotes });
    }
    firstRow += rows;
  }
}

/** The columns of a row group that are used, each at its start. */
async function openColumns(
  group: RowGroup,
  from: {
    readonly file: ByteRanges;
    readonly shared: ReadAhead;
    readonly root: SchemaTree;
    readonly used: readonly number[];
    readonly meter: UnpackMeter;
  },
): Promise<ReadonlyMap<number, ParquetColumn>> {
  const { file, shared, root, used, meter } = from;
  const chunks = used.map((index) => {
    const leaf = root.children[index];
    const name = leaf.element.name;
    if (leaf.children.length > 0 || leaf.element.repetition_type === "REPEATED") {
      throw new ImportError("unknown-layout", `column ${name} must hold one value a row, was nested`, { field: name });
    }
    const chunk = group.columns.find((held) => held.meta_data?.path_in_schema.join(".") === name);
    if (chunk?.meta_data === undefined || chunk.file_path !== undefined) {
      throw damaged(`a row group lacks the column ${name}`);
    }
    return { index, leaf, metadata: chunk.meta_data };
  });
  const bounds = chunks.map(({ metadata }) => columnBytes(metadata));
  const start = Math.min(...bounds.map(([from]) => from));
  const end = Math.max(...bounds.map(([, to]) => to));
  const small = end - start <= BLOCK_BYTES;
  if (small) await shared.read(start, end);
  return new Map(
    chunks.map(({ index, leaf, metadata }, at) => {
      const own = { blockBytes: COLUMN_BLOCK_BYTES, endMax: bounds[at][1] };
      const bytes = small ? shared : new ReadAhead(file, own);
      return [index, new ParquetColumn(bytes, { metadata, path: [root, leaf], rows: rowsOf(group), meter })];
    }),
  );
}

/** The index at the file's end, which says where everything is. */
async function readMetadata(file: ByteRanges): Promise<FileMetaData> {
  if (file.byteLength < 2 * TAIL_BYTES) throw damaged("it is too short");
  const tail = await readInside(file, file.byteLength - TAIL_BYTES, file.byteLength);
  if (String.fromCharCode(...tail.subarray(4)) !== "PAR1") throw damaged("its end is missing");
  const length = new DataView(tail.buffer, tail.byteOffset, tail.length).getUint32(0, true);
  if (length > file.byteLength - TAIL_BYTES) throw damaged(`its index of ${length} bytes is longer than the file`);
  if (length > DESCRIPTION_BYTES_MAX) {
    const sizes = `${DESCRIPTION_BYTES_MAX / 1024 ** 2} MB, was ${(length / 1024 ** 2).toFixed(1)} MB`;
    throw new ImportError(
      "too-large",
      `the index of a Parquet file may have at most ${sizes}; write the file with larger row groups, such as row_group_size=100000`,
    );
  }
  const index = await readInside(file, file.byteLength - TAIL_BYTES - length, file.byteLength);
  try {
    return parquetMetadata(index.slice(), { geoparquet: false });
  } catch (cause) {
    throw damaged("its index cannot be read", cause);
  }
}

function schemaOf(metadata: FileMetaData): SchemaTree {
  try {
    return parquetSchema(metadata);
  } catch (cause) {
    throw damaged("its schema cannot be read", cause);
  }
}

function rowsOf(group: RowGroup): number {
  const rows = Number(group.num_rows);
  if (!(rows >= 0)) throw damaged(`a row group has ${rows} rows`);
  return rows;
}
