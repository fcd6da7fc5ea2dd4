import type { Trade } from "../../schema/wire/report.ts";

export const TRADE_SORTS = [
  "id",
  "entryTime",
  "exitTime",
  "quantity",
  "profit",
  "profitShare",
  "r",
  "mae",
  "mfe",
  "candles",
  "fees",
] as const;
export type TradeSort = (typeof TRADE_SORTS)[number];
export const TRADE_SHOWS = ["wins", "losses", "long", "short", "open"] as const;
export type TradeShow = (typeof TRADE_SHOWS)[number];

export interface TradeView {
  readonly sort: TradeSort;
  readonly order: "asc" | "desc";
  readonly show?: TradeShow | undefined;
  readonly exit?: string | undefined;
  /** Text looked for in symbol, tag and exit reason. */
  readonly text?: string | undefined;
}

/** The trades that a view lets through, in its order; equal ones stay in the order they were made. */
export function arrangeTrades(trades: readonly Trade[], view: TradeView): readonly Trade[] {
  const text = (view.text ?? "").trim().toLowerCase();
  const kept = trades.filter(
    (trade) =>
      matchesShow(trade, view.show) &&
      (view.exit === undefined || trade.exitReason === view.exit) &&
      (text === "" || `${trade.symbol} ${trade.entryTag} ${trade.exitReason} ${trade.id}`.toLowerCase().includes(text)),
  );
  const direction = view.order === "asc" ? 1 : -1;
  return kept.sort((a, b) => compareValues(a[view.sort], b[view.sort], direction) || a.id - b.id);
}

/** Sums of the trades on show, for the line above the table. */
export function sumTrades(trades: readonly Trade[]): { profit: number; winShare: number | null; fees: number } {
  let profit = 0;
  let fees = 0;
  let wins = 0;
  for (const trade of trades) {
    profit += trade.profit;
    fees += trade.fees;
    if (trade.profit > 0) wins++;
  }
  return { profit, fees, winShare: trades.length === 0 ? null : wins / trades.length };
}

function matchesShow(trade: Trade, show: TradeShow | undefined): boolean {
  switch (show) {
    case undefined:
      return true;
    case "wins":
      return trade.profit > 0;
    case "losses":
      return trade.profit < 0;
    case "long":
    case "short":
      return trade.side === show;
    case "open":
      return trade.exitTime === null;
  }
}

/** Values that are not defined come last whichever way is sorted. */
function compareValues(a: number | null, b: number | null, direction: number): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return (a - b) * direction;
}
