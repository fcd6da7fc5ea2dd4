import type { ColumnRoles, PriceSide } from "./column-roles.ts";
import { rolesOfNames } from "./column-roles.ts";
import { ImportError } from "./import-error.ts";
import { COLUMNS_MAX } from "./import-limits.ts";
import { scanNumber } from "./scan-number.ts";
import { scanTime } from "./scan-time.ts";

/** How the rows of a text file are written. `delimiter` and `point` (the decimal mark) are bytes. */
export interface CsvLayout {
  readonly roles: ColumnRoles;
  readonly delimiter: number;
  readonly point: number;
  /** Whether the line that told the layout is a header, not a row. */
  readonly header: boolean;
}

const DELIMITERS = [",", ";", "\t", "|"];
const COMMA = 44;
const POINT = 46;

/** Columns of Binance's kline files, which have no header. */
const BINANCE_COLUMNS = 12;

/** The layout told by the first line with columns, header or row. Throws ImportError where it is no table of candles. */
export function csvLayout(line: string, price: PriceSide): CsvLayout {
  const [delimiter] = DELIMITERS.map((mark) => ({ mark, count: line.split(mark).length - 1 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  if (delimiter === undefined) {
    throw new ImportError(
      "unknown-layout",
      `the first line must name columns such as time,open,high,low,close,volume, was "${line.slice(0, 60)}"`,
    );
  }
  if (delimiter.count >= COLUMNS_MAX) {
    throw new ImportError("too-many-columns", `a file may have at most ${COLUMNS_MAX} columns, had more`);
  }
  const cells = line.split(delimiter.mark).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  const form = {
    delimiter: delimiter.mark.charCodeAt(0),
    point: delimiter.mark !== "," && /\d,\d/.test(line) ? COMMA : POINT,
  };
  if (/^\d/.test(cells[0])) return { ...form, header: false, roles: rolesOfCells(cells, form.point) };
  return { ...form, header: true, roles: rolesOfNames(cells, price) };
}

/** Columns of a file without a header, by their number and what is in them. */
function rolesOfCells(cells: readonly string[], point: number): ColumnRoles {
  const split = /^\d{1,2}:\d{2}/.test(cells[1] ?? "");
  const first = split ? 2 : 1;
  const bytes = cells.map((cell) => new TextEncoder().encode(cell));
  const timed = !Number.isNaN(scanTime(bytes[0], 0, bytes[0].length, { zoneAssumed: false }));
  const priced = [0, 1, 2, 3].every((i) => {
    const cell = bytes[first + i];
    return cell !== undefined && !Number.isNaN(scanNumber(cell, 0, cell.length, point));
  });
  if (!timed || !priced) {
    throw new ImportError(
      "unknown-layout",
      "the file has no header and its columns are not time, open, high, low, close; add a header line such as time,open,high,low,close,volume",
    );
  }
  const volume = cells.length > first + 4 ? first + 4 : undefined;
  return {
    layout: split ? "MetaTrader 4" : cells.length === BINANCE_COLUMNS ? "Binance klines" : "no header",
    time: 0,
    ...(split ? { clock: 1 } : {}),
    prices: [0, 1, 2, 3].map((i) => [first + i]),
    ...(volume === undefined ? {} : { volume }),
    notes: [
      "The file has no header; columns were taken in the usual order.",
      ...(volume === undefined ? ["The file has no volume; it is 0."] : []),
    ],
  };
}
