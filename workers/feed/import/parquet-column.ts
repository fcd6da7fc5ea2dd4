import type { ColumnMetaData, CompressionCodec, DecodedArray, PageHeader, SchemaTree } from "hyparquet";
import { parquetHeader, readPage } from "hyparquet/src/column.js";
import { convert, DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import type { ReadAhead } from "./byte-ranges.ts";
import type { AnyColumn } from "./column-rows.ts";
import { ImportError } from "./import-error.ts";
import { PAGE_BYTES_MAX, PAGE_VALUES_MAX } from "./import-limits.ts";
import { instantOf } from "./parquet-instant.ts";
import { unpackPage } from "./parquet-page.ts";
import type { UnpackMeter } from "./unpack-meter.ts";

/** Bytes read to find where a page's header ends: it has some 20 bytes, and statistics of the page at times. */
const HEADER_BYTES = 16 * 1024;

type Decoder = Parameters<typeof convert>[1];

/**
 * One column of one row group, read from its start to its end, a page at a time: a row group may be as large as the
 * file, and only a page of it is in memory. Throws ImportError, also where a page says more than it may hold.
 */
export class ParquetColumn {
  private readonly bytes: ReadAhead;
  private readonly decoder: Decoder;
  private readonly instant: ((value: unknown) => number) | undefined;
  private readonly codec: CompressionCodec;
  private readonly optional: boolean;
  private readonly end: number;
  private readonly meter: UnpackMeter;
  private at: number;
  private valuesLeft: number;
  private dictionary: DecodedArray | undefined;
  private page: DecodedArray = [];
  private pageAt = 0;

  /** `rows` is how many values the column must have; `path` leads from the schema's root to it; `meter` is the file's. */
  constructor(
    bytes: ReadAhead,
    column: {
      readonly metadata: ColumnMetaData;
      readonly path: readonly SchemaTree[];
      readonly rows: number;
      readonly meter: UnpackMeter;
    },
  ) {
    const { metadata, path, rows, meter } = column;
    const [start, end] = columnBytes(metadata);
    const { element } = path[path.length - 1];
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.meter = meter;
    this.valuesLeft = rows;
    this.codec = metadata.codec;
    this.optional = element.repetition_type !== "REQUIRED";
    this.instant = instantOf(element);
    this.decoder = {
      pathInSchema: metadata.path_in_schema,
      type: metadata.type,
      // Times are taken as the integers that they are stored as: a Date for each value of a page would not fit.
      element:
        this.instant === undefined ? element : { ...element, converted_type: undefined, logical_type: undefined },
      schemaPath: [...path],
      // Pages are unpacked before they are decoded.
      codec: "UNCOMPRESSED",
      parsers: { ...DEFAULT_PARSERS, timestampFromNanoseconds: (nanoseconds) => nanoseconds },
    };
  }

  /** Whether the column's type is that of a time. */
  get isInstant(): boolean {
    return this.instant !== undefined;
  }

  /** The next `count` values, times as UTC milliseconds where `isInstant`. */
  async read(count: number): Promise<AnyColumn> {
    const values: unknown[] = new Array(count);
    for (let filled = 0; filled < count; ) {
      if (this.pageAt === this.page.length) await this.nextPage();
      const { page, pageAt, instant } = this;
      const taken = Math.min(count - filled, page.length - pageAt);
      for (let i = 0; i < taken; i++) {
        values[filled + i] = instant === undefined ? page[pageAt + i] : instant(page[pageAt + i]);
      }
      this.pageAt += taken;
      filled += taken;
    }
    return values;
  }

  /** Goes on to the next page with values. */
  private async nextPage(): Promise<void> {
    this.page = [];
    this.pageAt = 0;
    while (this.page.length === 0) {
      const { header, start } = await this.header();
      this.checkPage(header, start);
      const end = start + header.compressed_page_size;
      // Own memory: values are views on it, and what was read ahead goes with the next read.
      const packed = (await this.bytes.read(start, end)).slice();
      this.at = end;
      if (header.type === "INDEX_PAGE") continue;
      const data = this.decode(header, packed);
      if (header.type === "DICTIONARY_PAGE") {
        this.dictionary = convert(data, this.decoder);
        continue;
      }
      this.valuesLeft -= data.length;
      if (this.valuesLeft < 0) throw damaged(`column ${this.name} has more values than the row group has rows`);
      this.page = data;
    }
  }

  private async header(): Promise<{ readonly header: PageHeader; readonly start: number }> {
    if (this.at >= this.end || this.valuesLeft <= 0) {
      throw damaged(`column ${this.name} has fewer values than the row group has rows`);
    }
    const bytes = await this.bytes.read(this.at, Math.min(this.end, this.at + HEADER_BYTES));
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
    try {
      const header = parquetHeader(reader);
      return { header, start: this.at + reader.offset };
    } catch (cause) {
      throw damaged(`a page of column ${this.name} has no readable header`, cause);
    }
  }

  /** Judges a page by its header, before anything is made of the size that it claims. */
  private checkPage(header: PageHeader, start: number): void {
    const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
    const data = header.data_page_header ?? header.data_page_header_v2;
    const values = data?.num_values ?? header.dictionary_page_header?.num_values ?? 0;
    const fits = [packed, unpacked, values].every((size) => Number.isSafeInteger(size) && size >= 0);
    if (!fits || start + packed > this.end) throw damaged(`a page of column ${this.name} has a size that cannot be`);
    if (packed > PAGE_BYTES_MAX || unpacked > PAGE_BYTES_MAX || values > PAGE_VALUES_MAX) {
      const size = Math.ceil(Math.max(unpacked, packed) / 1024 ** 2);
      throw new ImportError(
        "too-large",
        `a page of a Parquet file may have at most ${PAGE_BYTES_MAX / 1024 ** 2} MB and ${PAGE_VALUES_MAX} values, one of column ${this.name} has ${size} MB and ${values}; write the file with smaller row groups, such as row_group_size=100000`,
        { field: this.name },
      );
    }
    this.meter.add(unpacked);
    if (data?.encoding === "DELTA_BYTE_ARRAY") {
      // A value may repeat all of the one before it, so that a short page unpacks to any length.
      throw new ImportError(
        "unknown-format",
        `column ${this.name} is text in the encoding DELTA_BYTE_ARRAY, which is not read; write times as timestamps and prices as doubles`,
        { field: this.name },
      );
    }
  }

  private decode(header: PageHeader, packed: Uint8Array): DecodedArray {
    try {
      const page = unpackPage(header, packed, { codec: this.codec, optional: this.optional });
      const { buffer, byteOffset, byteLength } = page.bytes;
      const reader = { view: new DataView(buffer, byteOffset, byteLength), offset: 0 };
      return readPage(reader, page.header, this.decoder, this.dictionary, undefined, 0).data ?? [];
    } catch (cause) {
      throw damaged(`a page of column ${this.name} cannot be unpacked`, cause);
    }
  }

  private get name(): string {
    return this.decoder.pathInSchema.join(".");
  }
}

/** Where a column's pages start and end in the file. */
export function columnBytes(metadata: ColumnMetaData): readonly [start: number, end: number] {
  // Some writers name a dictionary at 0 where there is none.
  const start = Number(metadata.dictionary_page_offset || metadata.data_page_offset);
  return [start, start + Number(metadata.total_compressed_size)];
}

/** The file is not what it says it is. */
export function damaged(what: string, cause?: unknown): ImportError {
  const reason = cause instanceof Error ? ` (${cause.message.slice(0, 120)})` : "";
  return new ImportError("broken-file", `the Parquet file is damaged or cut off: ${what}${reason}; write it again`, {
    cause,
  });
}
