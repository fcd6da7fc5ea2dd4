import type { Trade } from "../../schema/wire/report.ts";

const COLUMNS: readonly [string, (trade: Trade) => string | number | null][] = [
  ["id", (trade) => trade.id],
  ["symbol", (trade) => trade.symbol],
  ["side", (trade) => trade.side],
  ["quantity", (trade) => trade.quantity],
  ["entry_time", (trade) => new Date(trade.entryTime).toISOString()],
  ["entry_price", (trade) => trade.entryPrice],
  ["exit_time", (trade) => (trade.exitTime === null ? null : new Date(trade.exitTime).toISOString())],
  ["exit_price", (trade) => trade.exitPrice],
  ["exit_reason", (trade) => trade.exitReason],
  ["entry_tag", (trade) => trade.entryTag],
  ["fees", (trade) => trade.fees],
  ["profit", (trade) => trade.profit],
  ["profit_share", (trade) => trade.profitShare],
  ["mae", (trade) => trade.mae],
  ["mfe", (trade) => trade.mfe],
  ["r", (trade) => trade.r],
  ["candles", (trade) => trade.candles],
];

/** Trades as CSV with a header line (RFC 4180, lines end in CRLF). Cells that are not defined are empty. */
export function tradesCsv(trades: readonly Trade[]): string {
  const lines = [COLUMNS.map(([name]) => name).join(",")];
  for (const trade of trades) lines.push(COLUMNS.map(([, read]) => csvCell(read(trade))).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

/**
 * One cell. Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers are numbers, a minus
 * included. Line feeds, commas and quotes are quoted.
 */
export function csvCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
