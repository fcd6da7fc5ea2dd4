import { readArrow } from "./arrow-reader.ts";
import type { FileStage } from "./byte-ranges.ts";
import type { ColumnRoles, PriceSide } from "./column-roles.ts";
import { CsvReader } from "./csv-reader.ts";
import { fileTooLarge } from "./file-too-large.ts";
import { ImportError } from "./import-error.ts";
import { readParquet } from "./parquet-reader.ts";
import type { RawRows } from "./raw-rows.ts";
import type { TimeNotes } from "./scan-time.ts";
import type { UnpackedFile } from "./unpack-stream.ts";
import { unpackStream } from "./unpack-stream.ts";

/** An opened file of candles: what it is and its rows, unchecked. `roles` is known once the first rows came. */
export interface RowSource {
  readonly format: string;
  readonly roles: ColumnRoles;
  readonly timeNotes: TimeNotes;
  readonly rows: AsyncIterable<RawRows>;
}

interface OpenOptions {
  readonly price: PriceSide;
  readonly bytesMax: number;
  /** Where a Parquet or Arrow file is held; text is read as it comes. */
  readonly stage: FileStage;
  readonly onBytes: (bytes: number) => void | Promise<void>;
}

/** Opens a file by its content. Throws ImportError, here or while rows are read. */
export async function openRows(stream: ReadableStream<Uint8Array>, options: OpenOptions): Promise<RowSource> {
  const file = await unpackStream(stream, options);
  const packing = file.gzip ? " (gzip)" : "";
  if (file.format === "text") return new CsvSource(file.bytes, `CSV${packing}`, options.price);
  return openColumns(file, options);
}

async function openColumns(file: UnpackedFile, { price, bytesMax, stage }: OpenOptions): Promise<RowSource> {
  const packing = file.gzip ? " (gzip)" : "";
  const bytes = file.gzip ? bounded(file.bytes, bytesMax) : file.bytes;
  const held = await stage.hold(bytes, { asGiven: !file.gzip });
  if (held.byteLength > bytesMax) throw fileTooLarge({ bytes: held.byteLength, bytesMax });
  const timeNotes: TimeNotes = { zoneAssumed: false };
  if (file.format === "parquet") {
    return { format: `Parquet${packing}`, timeNotes, ...(await readParquet(held, { price, timeNotes })) };
  }
  const form = file.format === "arrow-file" ? "file" : "stream";
  return { format: `Arrow${packing}`, timeNotes, ...(await readArrow(held, { form, price, timeNotes })) };
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

/** `pieces`, unless they are more than a file that is read by its parts may have. */
async function* bounded(pieces: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > bytesMax) {
      const limit = bytesMax / 1024 ** 2;
      throw new ImportError(
        "too-large",
        `a Parquet or Arrow file may unpack to at most ${limit} MB, was more; compress its columns instead (zstd or snappy), or convert it with \`apextrade data convert\``,
      );
    }
    yield piece;
  }
}
