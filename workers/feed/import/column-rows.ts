import { emptyCandles } from "../../core/candle/candle.ts";
import type { ColumnRoles } from "./column-roles.ts";
import type { RawRows } from "./raw-rows.ts";
import type { TimeNotes } from "./scan-time.ts";
import { epochMs, scanTime } from "./scan-time.ts";

/** A column of any values, as a reader of column files gives it. */
export type AnyColumn = ArrayLike<unknown>;

const encoder = new TextEncoder();

/**
 * Rows `[start, end)` of columns that were read by number, as `roles` says. `firstRow` numbers the first of them;
 * `instants` says that the time column's numbers are UTC milliseconds, not an epoch of a unit to be found.
 */
export function rowsOfColumns(
  columns: readonly AnyColumn[],
  span: {
    readonly roles: ColumnRoles;
    readonly start: number;
    readonly end: number;
    readonly firstRow: number;
    readonly instants: boolean;
    readonly timeNotes: TimeNotes;
  },
): RawRows {
  const { roles, start, end, timeNotes } = span;
  const length = end - start;
  const rows: RawRows = { ...emptyCandles(length), row: new Float64Array(length) };
  const fields = [rows.open, rows.high, rows.low, rows.close];
  for (let i = 0; i < length; i++) {
    rows.row[i] = span.firstRow + i;
    const time = columns[roles.time][start + i];
    rows.time[i] = span.instants && typeof time === "number" ? time : timeOf(time, timeNotes);
    if (roles.clock !== undefined) {
      rows.time[i] = timeOf(`${columns[roles.time][start + i]} ${columns[roles.clock][start + i]}`, timeNotes);
    }
  }
  roles.prices.forEach((sources, field) => {
    const [first, second] = sources.map((source) => columns[source]);
    for (let i = 0; i < length; i++) {
      const value = numberOf(first[start + i]);
      fields[field][i] = second === undefined ? value : (value + numberOf(second[start + i])) / 2;
    }
  });
  if (roles.volume !== undefined) {
    const volume = columns[roles.volume];
    for (let i = 0; i < length; i++) rows.volume[i] = numberOf(volume[start + i]);
  }
  return rows;
}

function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" && value.trim() !== "") return Number(value);
  return Number.NaN;
}

/** UTC milliseconds of a date, an epoch of any unit, or text; NaN for anything else. */
function timeOf(value: unknown, notes: TimeNotes): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "number" || typeof value === "bigint") return Math.round(epochMs(Number(value)));
  if (typeof value !== "string") return Number.NaN;
  const bytes = encoder.encode(value.trim());
  return scanTime(bytes, 0, bytes.length, notes);
}
