import { readArrow } from "./arrow-reader.ts";
import type { ColumnRoles, PriceSide } from "./column-roles.ts";
import { CsvReader } from "./csv-reader.ts";
import { ImportError } from "./import-error.ts";
import { readParquet } from "./parquet-reader.ts";
import type { RawRows } from "./raw-rows.ts";
import type { TimeNotes } from "./scan-time.ts";
import { unpackStream } from "./unpack-stream.ts";

/** An opened file of candles: what it is and its rows, unchecked. `roles` is known once the first rows came. */
export interface RowSource {
  readonly format: string;
  readonly roles: ColumnRoles;
  readonly timeNotes: TimeNotes;
  readonly rows: AsyncIterable<RawRows>;
}

/** Opens a file by its content. Throws ImportError, here or while rows are read. */
export async function openRows(
  stream: ReadableStream<Uint8Array>,
  {
    price,
    columnFileBytesMax,
    onBytes,
  }: {
    readonly price: PriceSide;
    readonly columnFileBytesMax: number;
    readonly onBytes: (bytes: number) => void;
  },
): Promise<RowSource> {
  const file = await unpackStream(stream, onBytes);
  const packing = file.gzip ? " (gzip)" : "";
  if (file.format === "text") return new CsvSource(file.bytes, `CSV${packing}`, price);
  const bytes = await readWhole(file.bytes, columnFileBytesMax);
  const timeNotes: TimeNotes = { zoneAssumed: false };
  if (file.format === "parquet") {
    const { roles, rows } = await readParquet(bytes, { price, timeNotes });
    return { format: `Parquet${packing}`, roles, timeNotes, rows };
  }
  const { roles, rows } = readArrow(bytes, { price, timeNotes });
  return { format: `Arrow${packing}`, roles, timeNotes, rows: toAsync(rows) };
}

class CsvSource implements RowSource {
  readonly format: string;
  readonly rows: AsyncIterable<RawRows>;
  private readonly reader: CsvReader;

  constructor(bytes: AsyncIterable<Uint8Array>, format: string, price: PriceSide) {
    this.format = format;
    this.reader = new CsvReader(price);
    this.rows = this.read(bytes);
  }

  get timeNotes(): TimeNotes {
    return this.reader.notes;
  }

  get roles(): ColumnRoles {
    if (this.reader.layout === undefined) throw new Error("the layout is known once rows were read");
    return this.reader.layout.roles;
  }

  private async *read(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<RawRows> {
    for await (const piece of bytes) yield* this.reader.push(piece);
    yield* this.reader.end();
  }
}

async function readWhole(pieces: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    parts.push(piece);
    length += piece.length;
    if (length > bytesMax) {
      const limit = bytesMax / 1024 ** 2;
      throw new ImportError(
        "too-large",
        `a Parquet or Arrow file may have at most ${limit} MB, had more; split it, or import it as gzip CSV`,
      );
    }
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function* toAsync(rows: Generator<RawRows>): AsyncGenerator<RawRows> {
  yield* rows;
}
