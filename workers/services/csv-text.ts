import { csvCell } from "./trades-csv.ts";

/** Rows as CSV with a header line (RFC 4180, lines end in CRLF). Instants, in columns ending in `At` and `at`, are ISO 8601. */
export function csvText<T>(columns: readonly (keyof T & string)[], rows: readonly T[]): string {
  const lines = rows.map((row) => columns.map((column) => csvCell(cellOf(column, row[column]))).join(","));
  return `${[columns.join(","), ...lines].join("\r\n")}\r\n`;
}

function cellOf(column: string, value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return /(?:^at|At)$/.test(column) ? new Date(value).toISOString() : value;
  return String(value);
}
