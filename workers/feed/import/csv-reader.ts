import { emptyCandles } from "../../core/candle/candle.ts";
import type { PriceSide } from "./column-roles.ts";
import type { CsvLayout } from "./csv-layout.ts";
import { csvLayout } from "./csv-layout.ts";
import { ImportError } from "./import-error.ts";
import { CHUNK_ROWS, COLUMNS_MAX, LINE_BYTES_MAX, ROWS_MAX } from "./import-limits.ts";
import type { RawRows } from "./raw-rows.ts";
import { scanNumber } from "./scan-number.ts";
import type { TimeNotes } from "./scan-time.ts";
import { scanClock, scanTime } from "./scan-time.ts";

/** Lines before the header that may hold no columns: vendors put a name, an address or `sep=` there. */
const LEAD_LINES_MAX = 3;

const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;
const COMMA = 44;
const SPACE = 32;

/** Reads rows of candles from the bytes of a text file, a piece at a time; a row may be cut anywhere. */
export class CsvReader {
  readonly notes: TimeNotes = { zoneAssumed: false };
  layout: CsvLayout | undefined;
  private readonly price: PriceSide;
  private carry = new Uint8Array(0);
  private leadLines = 0;
  private rowsRead = 0;
  private chunk = newChunk();
  private filled = 0;
  private full: RawRows[] = [];
  private readonly starts = new Int32Array(COLUMNS_MAX + 1);
  private readonly ends = new Int32Array(COLUMNS_MAX + 1);

  constructor(price: PriceSide) {
    this.price = price;
  }

  /** Rows of `bytes` and of what was left over before, as far as whole chunks are filled. */
  push(bytes: Uint8Array): readonly RawRows[] {
    let data = bytes;
    if (this.carry.length > 0) {
      data = new Uint8Array(this.carry.length + bytes.length);
      data.set(this.carry);
      data.set(bytes, this.carry.length);
    }
    let start = 0;
    for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE, start)) {
      this.line(data, start, end);
      start = end + 1;
    }
    if (data.length - start > LINE_BYTES_MAX) throw tooLong(this.rowsRead + 1);
    this.carry = data.slice(start);
    const out = this.full;
    this.full = [];
    return out;
  }

  /** The last rows; the file ended. */
  end(): readonly RawRows[] {
    this.line(this.carry, 0, this.carry.length);
    this.carry = new Uint8Array(0);
    const out = [...this.full, { ...this.chunk, length: this.filled }];
    this.full = [];
    this.filled = 0;
    return out;
  }

  private line(data: Uint8Array, from: number, to: number): void {
    let end = to;
    let start = from;
    while (end > start && (data[end - 1] === RETURN || data[end - 1] === SPACE)) end--;
    while (start < end && data[start] === SPACE) start++;
    if (start === end) return;
    if (end - start > LINE_BYTES_MAX) throw tooLong(this.rowsRead + 1);
    if (this.layout === undefined) {
      this.layout = this.firstLine(data.subarray(start, end));
      if (this.layout === undefined || this.layout.header) return;
    }
    this.row(this.layout, data, start, end);
  }

  private firstLine(bytes: Uint8Array): CsvLayout | undefined {
    if (bytes.indexOf(0) >= 0) throw new ImportError("unknown-format", "the file is neither text, Parquet nor Arrow");
    const text = new TextDecoder().decode(bytes);
    if ((text.startsWith("#") || !/[,;\t|]/.test(text) || /^sep=/.test(text)) && this.leadLines++ < LEAD_LINES_MAX) {
      return undefined;
    }
    return csvLayout(text, this.price);
  }

  private row(layout: CsvLayout, data: Uint8Array, start: number, end: number): void {
    this.rowsRead++;
    if (this.rowsRead > ROWS_MAX) {
      throw new ImportError("too-many-rows", `a file may have at most ${ROWS_MAX} rows; split it`);
    }
    if (this.rowsRead === 1 && layout.header && layout.delimiter !== COMMA) {
      // A header does not show the decimal mark, the first row does.
      const point = data.subarray(start, end).includes(COMMA) ? COMMA : layout.point;
      this.layout = { ...layout, point };
      layout = this.layout;
    }
    const columns = this.split(data, start, end, layout.delimiter);
    const { roles, point } = layout;
    const { chunk, filled: at } = this;
    chunk.time[at] = this.time(layout, data, columns);
    const [open, high, low, close] = roles.prices;
    chunk.open[at] = this.sided(open, data, columns, point);
    chunk.high[at] = this.sided(high, data, columns, point);
    chunk.low[at] = this.sided(low, data, columns, point);
    chunk.close[at] = this.sided(close, data, columns, point);
    chunk.volume[at] = roles.volume === undefined ? 0 : this.number(roles.volume, data, columns, point);
    chunk.row[at] = this.rowsRead;
    this.filled++;
    if (this.filled === CHUNK_ROWS) {
      this.full.push(chunk);
      this.chunk = newChunk();
      this.filled = 0;
    }
  }

  private time({ roles }: CsvLayout, data: Uint8Array, columns: number): number {
    if (roles.time >= columns) return Number.NaN;
    const day = scanTime(data, this.starts[roles.time], this.ends[roles.time], this.notes);
    if (roles.clock === undefined) return day;
    if (roles.clock >= columns) return Number.NaN;
    return day + scanClock(data, this.starts[roles.clock], this.ends[roles.clock], this.notes);
  }

  private sided(sources: readonly number[], data: Uint8Array, columns: number, point: number): number {
    const first = this.number(sources[0], data, columns, point);
    return sources.length === 1 ? first : (first + this.number(sources[1], data, columns, point)) / 2;
  }

  private number(column: number, data: Uint8Array, columns: number, point: number): number {
    if (column >= columns) return Number.NaN;
    return scanNumber(data, this.starts[column], this.ends[column], point);
  }

  /** Notes where each column starts and ends, without quotes and spaces around it; returns how many there are. */
  private split(data: Uint8Array, start: number, end: number, delimiter: number): number {
    const { starts, ends } = this;
    let column = 0;
    let from = start;
    let quoted = false;
    for (let at = start; at <= end; at++) {
      const byte = data[at];
      if (at < end && byte === QUOTE) quoted = !quoted;
      if (at < end && (byte !== delimiter || quoted)) continue;
      let left = from;
      let right = at;
      while (left < right && (data[left] === SPACE || data[left] === QUOTE)) left++;
      while (right > left && (data[right - 1] === SPACE || data[right - 1] === QUOTE)) right--;
      starts[column] = left;
      ends[column] = right;
      if (++column > COLUMNS_MAX) return column - 1;
      from = at + 1;
    }
    return column;
  }
}

function newChunk(): RawRows {
  return { ...emptyCandles(CHUNK_ROWS), row: new Float64Array(CHUNK_ROWS) };
}

function tooLong(row: number): ImportError {
  return new ImportError(
    "line-too-long",
    `a line may have at most ${LINE_BYTES_MAX} bytes and ${COLUMNS_MAX} columns, line ${row} had more; is this a file of candles?`,
    { row },
  );
}
