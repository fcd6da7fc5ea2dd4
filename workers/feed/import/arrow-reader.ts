/// <reference path="./arrow-modules.d.ts" />
import type { DictionaryBatch, Schema } from "@uwdata/flechette";
import { CompressionType, setCompressionCodec, Type } from "@uwdata/flechette/src/index.js";
import type { BatchContext } from "./arrow-batch.ts";
import { batchColumns, columnTooLarge, readBatchRows, readRegions, unpackedBytes, valueBytes } from "./arrow-batch.ts";
import type { ArrowMessage } from "./arrow-messages.ts";
import { arrowMessages, damaged, messageSpan } from "./arrow-messages.ts";
import type { ByteRanges } from "./byte-ranges.ts";
import { ReadAhead, readInside } from "./byte-ranges.ts";
import type { ColumnRoles, PriceSide } from "./column-roles.ts";
import { rolesOfNames, usedColumns } from "./column-roles.ts";
import type { AnyColumn } from "./column-rows.ts";
import { rowsOfColumns } from "./column-rows.ts";
import { ImportError } from "./import-error.ts";
import { BATCH_COLUMN_BYTES_MAX, BLOCK_BYTES, CHUNK_ROWS, COLUMNS_MAX, ROWS_MAX } from "./import-limits.ts";
import { decompressLz4Frame } from "./lz4-frame.ts";
import type { RawRows } from "./raw-rows.ts";
import type { TimeNotes } from "./scan-time.ts";
import { UnpackMeter } from "./unpack-meter.ts";
import { decompressZstdBounded } from "./zstd-bounded.ts";

/** Rows read at a time of a batch with packed columns: a column is unpacked again for each, and six of them are held. */
const PACKED_WINDOW_ROWS = 4 * CHUNK_ROWS;

setCompressionCodec(CompressionType.LZ4_FRAME, {
  decode: (bytes, length) => unpackBuffer(bytes, length, decompressLz4Frame),
  encode: unsupportedEncode,
});
setCompressionCodec(CompressionType.ZSTD, {
  decode: (bytes, length) => unpackBuffer(bytes, length, decompressZstdBounded),
  encode: unsupportedEncode,
});

interface ReadOptions {
  readonly form: "file" | "stream";
  readonly price: PriceSide;
  readonly timeNotes: TimeNotes;
}

/**
 * The rows of an Arrow IPC file or stream (Feather version 2 is one). Only the columns that make a candle are read, a
 * part of a batch at a time. Throws ImportError, here or while rows are read.
 */
export async function readArrow(
  file: ByteRanges,
  options: ReadOptions,
): Promise<{ readonly roles: ColumnRoles; readonly rows: AsyncGenerator<RawRows> }> {
  const span = await messageSpan(file, options.form);
  const ahead = new ReadAhead(file, { blockBytes: BLOCK_BYTES, endMax: span.end });
  const messages = arrowMessages(ahead, span);
  const first = await messages.next();
  if (first.done === true || first.value.kind !== "schema") throw damaged("it does not begin with a schema");
  const { schema } = first.value;
  if (schema.fields.length > COLUMNS_MAX) {
    throw new ImportError(
      "too-many-columns",
      `a file may have at most ${COLUMNS_MAX} columns, had ${schema.fields.length}`,
    );
  }
  const names = schema.fields.map((field) => field.name);
  // A name need not be there, whatever its type says.
  if (!names.every((name) => typeof name === "string")) throw damaged("a column has no name");
  const roles = rolesOfNames(names, options.price);
  return { roles, rows: new ArrowRows(file, { schema, roles, ahead, timeNotes: options.timeNotes }).read(messages) };
}

class ArrowRows {
  private readonly file: ByteRanges;
  private readonly ahead: ReadAhead;
  private readonly schema: Schema;
  private readonly roles: ColumnRoles;
  private readonly timeNotes: TimeNotes;
  private readonly used: readonly number[];
  private readonly meter: UnpackMeter;
  private dictionaries: DictionaryBatch[] = [];
  private rowsRead = 0;

  constructor(
    file: ByteRanges,
    table: {
      readonly schema: Schema;
      readonly roles: ColumnRoles;
      readonly ahead: ReadAhead;
      readonly timeNotes: TimeNotes;
    },
  ) {
    this.file = file;
    this.ahead = table.ahead;
    this.schema = table.schema;
    this.roles = table.roles;
    this.timeNotes = table.timeNotes;
    this.used = usedColumns(table.roles);
    this.meter = new UnpackMeter(() => file.byteLength);
  }

  async *read(messages: AsyncGenerator<ArrowMessage>): AsyncGenerator<RawRows> {
    for await (const message of messages) {
      if (message.kind === "dictionary") await this.keepDictionary(message);
      if (message.kind === "records") yield* this.batchRows(message);
    }
  }

  private async *batchRows({ batch, body }: ArrowMessage & { kind: "records" }): AsyncGenerator<RawRows> {
    const rows = batch.length ?? 0;
    if (!(rows >= 0)) throw damaged(`a batch has ${rows} rows`);
    if (this.rowsRead + rows > ROWS_MAX) {
      throw new ImportError("too-many-rows", `a file may have at most ${ROWS_MAX} rows, had more; split it`);
    }
    const { schema, dictionaries, timeNotes, roles, meter } = this;
    const context: BatchContext = { schema, batch, body, dictionaries, read: await this.readerOf(body), meter };
    const columns = batchColumns(context);
    const { typeId } = schema.fields[roles.time].type;
    const instants = typeId === Type.Timestamp || typeId === Type.Date;
    const direct = this.used.every((index) => valueBytes(columns[index], context) !== undefined);
    const windowRows = direct ? CHUNK_ROWS : PACKED_WINDOW_ROWS;
    for (let start = 0; start < rows; start += windowRows) {
      const length = Math.min(windowRows, rows - start);
      const values: AnyColumn[] = [];
      for (const index of this.used) {
        values[index] = await readBatchRows(columns[index], context, { start, end: start + length });
      }
      for (let from = 0; from < length; from += CHUNK_ROWS) {
        const firstRow = this.rowsRead + start + from + 1;
        const end = Math.min(length, from + CHUNK_ROWS);
        yield rowsOfColumns(values, { roles, start: from, end, firstRow, instants, timeNotes });
      }
    }
    this.rowsRead += rows;
  }

  /** A small batch comes with one request, parts of a large one with one each. */
  private async readerOf(body: { readonly start: number; readonly end: number }): Promise<BatchContext["read"]> {
    if (body.end - body.start > BLOCK_BYTES) return (start, end) => readInside(this.file, start, end);
    await this.ahead.read(body.start, body.end);
    return (start, end) => this.ahead.read(start, end);
  }

  /** Keeps a dictionary that a used column refers to; a later one of the same name adds to it or takes its place. */
  private async keepDictionary({ batch, body }: ArrowMessage & { kind: "dictionary" }): Promise<void> {
    const { id, data, isDelta } = batch;
    const field = this.used
      .map((index) => this.schema.fields[index])
      .find(({ type }) => type.typeId === Type.Dictionary && type.id === id);
    if (field === undefined) return;
    if (!isDelta) this.dictionaries = this.dictionaries.filter((held) => held.id !== id);
    const read = (start: number, end: number) => readInside(this.file, start, end);
    const packed = await readRegions(data.regions, { body, name: field.name, read });
    this.dictionaries.push({ id, isDelta, data: { ...data, regions: packed.regions }, body: packed.body });
    // All of them are unpacked for each window of rows.
    const size = this.dictionaries.reduce((sum, held) => sum + bytesOf(held), 0);
    if (size > BATCH_COLUMN_BYTES_MAX) throw columnTooLarge(field.name, size);
  }
}

function bytesOf({ data, body }: DictionaryBatch): number {
  return body === undefined ? 0 : unpackedBytes({ regions: data.regions, body }, data);
}

/** Unpacks a buffer that says how long it is; the values of 64 bits in it need a start at a multiple of eight bytes. */
function unpackBuffer(
  bytes: Uint8Array,
  length: number,
  unpack: (bytes: Uint8Array, lengthMax: number) => Uint8Array,
): Uint8Array {
  if (length > BATCH_COLUMN_BYTES_MAX) throw columnTooLarge("one of its columns", length);
  const unpacked = unpack(bytes, length);
  if (unpacked.length !== length) throw new RangeError(`a buffer of ${length} bytes had ${unpacked.length}`);
  return unpacked.byteOffset % 8 === 0 ? unpacked : unpacked.slice();
}

function unsupportedEncode(): never {
  throw new Error("candles are written without compression");
}
