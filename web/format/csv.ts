export interface CsvColumn<T> {
  readonly title: string;
  /** Text, a number as it is, or null for an empty cell. */
  readonly cell: (row: T) => string | number | null;
}

/** A spreadsheet reads a text that begins so as a formula. */
const FORMULA_START = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

/**
 * Rows as CSV (RFC 4180), with a line of titles. Names come from people, so a text that a spreadsheet would run as a
 * formula is led by an apostrophe; a number stays a number, its minus sign too.
 */
export function csvOf<T>(rows: readonly T[], columns: readonly CsvColumn<T>[]): string {
  const lines = [
    columns.map(({ title }) => csvCell(title)),
    ...rows.map((row) => columns.map(({ cell }) => csvCell(cell(row)))),
  ];
  return lines.map((cells) => `${cells.join(",")}\r\n`).join("");
}

function csvCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const text = FORMULA_START.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
