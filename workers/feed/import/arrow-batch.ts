/// <reference path="./arrow-modules.d.ts" />
import type { DataType, DictionaryBatch, Field, RecordBatch, Schema } from "@uwdata/flechette";
import { createTable } from "@uwdata/flechette/src/decode/table-from-ipc.js";
import { Type } from "@uwdata/flechette/src/index.js";
import { damaged, type MessageBody } from "./arrow-messages.ts";
import type { AnyColumn } from "./column-rows.ts";
import { ImportError } from "./import-error.ts";
import { BATCH_COLUMN_BYTES_MAX } from "./import-limits.ts";
import type { UnpackMeter } from "./unpack-meter.ts";

type Region = RecordBatch["regions"][number];

/** A column of a record batch: where its buffers stand and how they are read. */
export interface BatchColumn {
  readonly field: Field;
  readonly node: RecordBatch["nodes"][number];
  /** Offsets are those of the message's body. */
  readonly regions: readonly Region[];
  readonly variadic: readonly number[];
}

/** What a column needs of the rest of its file. */
export interface BatchContext {
  readonly schema: Schema;
  readonly batch: RecordBatch;
  readonly body: MessageBody;
  readonly dictionaries: readonly DictionaryBatch[];
  readonly read: (start: number, end: number) => Promise<Uint8Array>;
  /** Counts what the file unpacks to. */
  readonly meter: UnpackMeter;
}

/** Buffers and nodes of a batch stand in the order of the fields, children after their parents. */
export function batchColumns({ schema, batch }: { schema: Schema; batch: RecordBatch }): readonly BatchColumn[] {
  const at = { node: 0, region: 0, variadic: 0 };
  const walk = (type: DataType): void => {
    at.node++;
    at.region += buffersOf(type, schema.version);
    if (type.typeId === Type.BinaryView || type.typeId === Type.Utf8View)
      at.region += batch.variadic[at.variadic++] ?? 0;
    if ("children" in type) for (const child of type.children) walk(child.type);
  };
  return schema.fields.map((field) => {
    const from = { ...at };
    walk(field.type);
    const node = batch.nodes[from.node];
    const regions = batch.regions.slice(from.region, at.region);
    if (node === undefined || regions.length !== at.region - from.region) throw damaged("a batch lacks buffers");
    return { field, node, regions, variadic: batch.variadic.slice(from.variadic, at.variadic) };
  });
}

/** Buffers of a type itself, as https://arrow.apache.org/docs/format/Columnar.html#buffer-listing-for-each-layout has them. */
function buffersOf(type: DataType, version: Schema["version"]): number {
  switch (type.typeId) {
    case Type.Null:
    case Type.RunEndEncoded:
      return 0;
    case Type.Struct:
    case Type.FixedSizeList:
      return 1;
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Binary:
    case Type.LargeBinary:
    case Type.ListView:
    case Type.LargeListView:
      return 3;
    case Type.Union:
      // Until version 5 a union had a validity buffer; a dense one has offsets.
      return ((version ?? 0) < 4 ? 1 : 0) + 1 + type.mode;
    default:
      return 2;
  }
}

/** Bytes of a value where rows of the column can be read without those before them; undefined for any other column. */
export function valueBytes({ field }: BatchColumn, { batch }: Pick<BatchContext, "batch">): number | undefined {
  const { type } = field;
  if (batch.compression) return undefined;
  if (type.typeId === Type.Timestamp) return type.values.BYTES_PER_ELEMENT;
  if (type.typeId === Type.Float || type.typeId === Type.Int || type.typeId === Type.Date) {
    return type.values.BYTES_PER_ELEMENT;
  }
  return undefined;
}

/**
 * Rows `[start, end)` of a column, `start` a multiple of eight. Only their bytes are read where values have one width
 * and are not packed, else the whole column. Times are numbers of milliseconds. Throws ImportError.
 */
export async function readBatchRows(
  column: BatchColumn,
  context: BatchContext,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<AnyColumn> {
  const width = valueBytes(column, context);
  if (column.node.length !== context.batch.length) throw damaged("the columns of a batch have different lengths");
  if (width === undefined) {
    const regions = column.regions.map(({ offset, length }) => ({ offset, length }));
    // A column that is unpacked again for its later rows counts once.
    const whole = { regions, rows: column.node.length, counted: start === 0 };
    return valuesOf(await decode(column, context, whole), start, end);
  }
  const [validity, values] = column.regions;
  const valid = column.node.nullCount > 0 && validity.length > 0;
  if (values.length < end * width || (valid && validity.length < Math.ceil(end / 8))) {
    throw damaged("a batch has more rows than values");
  }
  const regions = [
    valid
      ? { offset: validity.offset + start / 8, length: Math.ceil((end - start) / 8) }
      : { offset: validity.offset, length: 0 },
    { offset: values.offset + start * width, length: (end - start) * width },
  ];
  return valuesOf(await decode(column, context, { regions, rows: end - start, counted: true }), 0, end - start);
}

interface DecodedColumn {
  readonly length: number;
  readonly nullCount: number;
  at(index: number): unknown;
  toArray(): unknown;
}

/** Reads buffers and makes a table of one column and one batch of them. */
async function decode(
  { field, node, variadic }: BatchColumn,
  { schema, batch, body, dictionaries, read, meter }: BatchContext,
  { regions, rows, counted }: { readonly regions: readonly Region[]; readonly rows: number; readonly counted: boolean },
): Promise<DecodedColumn> {
  const packed = await readRegions(regions, { body, read, name: field.name });
  if (counted) meter.add(unpackedBytes(packed, batch));
  const nullCount = Math.min(rows, node.nullCount);
  const record = { length: rows, nodes: [{ length: rows, nullCount }], ...packed, variadic: [...variadic] };
  return decoding(() =>
    createTable(
      {
        schema: { ...schema, fields: [field] },
        dictionaries: [...dictionaries],
        dictsBeforeRecord: [dictionaries.length],
        records: [{ ...record, compression: batch.compression ?? null }],
        metadata: null,
      },
      { useDate: false },
    ).getChildAt(0),
  );
}

/** Buffers one after the other, each at a multiple of eight bytes, as values of 64 bits need. */
export async function readRegions(
  regions: readonly Region[],
  from: { readonly body: MessageBody; readonly name: string; readonly read: BatchContext["read"] },
): Promise<{ readonly regions: Region[]; readonly body: Uint8Array }> {
  const { body, name, read } = from;
  const placed: Region[] = [];
  let size = 0;
  for (const { offset, length } of regions) {
    if (!(offset >= 0 && length >= 0 && offset + length <= body.end - body.start)) {
      throw damaged("a buffer reaches beyond its batch");
    }
    placed.push({ offset: size, length });
    size += Math.ceil(length / 8) * 8;
  }
  if (size > BATCH_COLUMN_BYTES_MAX) throw columnTooLarge(name, size);
  const whole = new Uint8Array(size);
  for (const [index, { offset, length }] of regions.entries()) {
    if (length > 0) whole.set(await read(body.start + offset, body.start + offset + length), placed[index].offset);
  }
  return { regions: placed, body: whole };
}

/** What buffers take once they are unpacked: a packed one says it in its first eight bytes, or -1 where it was left plain. */
export function unpackedBytes(
  { regions, body }: { readonly regions: readonly Region[]; readonly body: Uint8Array },
  { compression }: Pick<RecordBatch, "compression">,
): number {
  if (!compression) return body.length;
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  return regions.reduce((size, { offset, length }) => {
    const said = length < 8 ? -1 : Number(view.getBigInt64(offset, true));
    return size + (said < 0 ? length : said);
  }, 0);
}

/** Refusal of a batch whose column would not fit in memory. */
export function columnTooLarge(name: string, bytes: number): ImportError {
  const [most, had] = [BATCH_COLUMN_BYTES_MAX, bytes].map((size) => `${Math.ceil(size / 1024 ** 2)} MB`);
  return new ImportError(
    "too-large",
    `a packed or text column of an Arrow batch may have at most ${most}, ${name} had ${had}; write the file with smaller record batches, such as of 100000 rows`,
    { field: name },
  );
}

/** Values that were decoded, each as `at` gives it; numbers without absent ones come as one array. */
function valuesOf(column: DecodedColumn, start: number, end: number): AnyColumn {
  return decoding(() => {
    if (start === 0 && end === column.length && column.nullCount === 0) {
      const whole = column.toArray();
      if (whole instanceof Float64Array && whole.length === end) return whole;
    }
    const values: unknown[] = new Array(end - start);
    for (let i = start; i < end; i++) {
      const value = column.at(i);
      if (value === undefined) throw new RangeError("a batch has more rows than values");
      values[i - start] = value;
    }
    return values;
  });
}

function decoding<T>(decoder: () => T): T {
  try {
    return decoder();
  } catch (cause) {
    throw cause instanceof ImportError ? cause : damaged("a column cannot be read", cause);
  }
}
