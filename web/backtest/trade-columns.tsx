import type { ReactNode } from "react";
import type { Trade } from "../../schema/wire/report.ts";
import { formatCount, formatNumber, formatPercent, formatPrice, formatQuantity, NONE } from "../format/format.ts";
import { formatDateTime, formatInstant } from "../format/time.ts";
import { Signed } from "../ui/signed.tsx";
import type { TradeSort } from "./trade-list.ts";

/** What the cells need to know besides the trade. */
export interface TradeContext {
  readonly currency: string;
  readonly manySymbols: boolean;
  readonly anyTag: boolean;
  readonly anyRisk: boolean;
  tickOf(symbol: string): number;
}

export interface TradeColumn {
  readonly title: string;
  readonly hint?: string;
  readonly width: string;
  readonly left?: boolean;
  readonly sort?: TradeSort;
  readonly shown?: (context: TradeContext) => boolean;
  readonly cell: (trade: Trade, context: TradeContext) => ReactNode;
}

const EXIT_WORDS: Readonly<Record<Trade["exitReason"], string>> = {
  signal: "Signal",
  stop: "Stop",
  target: "Target",
  trailing: "Trailing stop",
  liquidation: "Liquidation",
  end: "End of run",
  open: "Still open",
};

/** Why a trade ended, in words. */
export function exitWords(reason: string): string {
  return EXIT_WORDS[reason as Trade["exitReason"]] ?? reason;
}

/** The columns of the table of trades, in order. */
export const TRADE_COLUMNS: readonly TradeColumn[] = [
  {
    title: "#",
    width: "44px",
    sort: "id",
    cell: (trade) => <span className="text-faint">{formatCount(trade.id)}</span>,
  },
  {
    title: "Market",
    width: "minmax(84px, 1fr)",
    left: true,
    shown: (context) => context.manySymbols,
    cell: (trade) => trade.symbol,
  },
  { title: "Side", width: "44px", left: true, cell: (trade) => (trade.side === "long" ? "Long" : "Short") },
  {
    title: "Entered",
    width: "minmax(118px, 1fr)",
    left: true,
    sort: "entryTime",
    cell: (trade) => <Time at={trade.entryTime} />,
  },
  {
    title: "Entry price",
    width: "minmax(84px, 1fr)",
    cell: (trade, { tickOf }) => formatPrice(trade.entryPrice, tickOf(trade.symbol)),
  },
  {
    title: "Left",
    width: "minmax(118px, 1fr)",
    left: true,
    sort: "exitTime",
    cell: (trade) =>
      trade.exitTime === null ? <span className="text-muted">still open</span> : <Time at={trade.exitTime} />,
  },
  {
    title: "Exit price",
    width: "minmax(84px, 1fr)",
    cell: (trade, { tickOf }) => formatPrice(trade.exitPrice, tickOf(trade.symbol)),
  },
  { title: "Quantity", width: "minmax(80px, 1fr)", sort: "quantity", cell: (trade) => formatQuantity(trade.quantity) },
  {
    title: "Profit",
    hint: "After fees, in the currency of the account",
    width: "minmax(92px, 1fr)",
    sort: "profit",
    cell: (trade) => <Signed value={trade.profit}>{formatNumber(trade.profit, { sign: "always" })}</Signed>,
  },
  {
    title: "Profit %",
    width: "minmax(80px, 0.8fr)",
    sort: "profitShare",
    cell: (trade) => <Signed value={trade.profit}>{formatPercent(trade.profitShare, { sign: "always" })}</Signed>,
  },
  {
    title: "R",
    hint: "Profit in units of the risk taken at entry",
    width: "52px",
    sort: "r",
    shown: (context) => context.anyRisk,
    cell: (trade) => (trade.r === null ? NONE : formatNumber(trade.r, { sign: "always" })),
  },
  {
    title: "MAE",
    hint: "The worst the price went against the entry, before fees",
    width: "minmax(72px, 0.7fr)",
    sort: "mae",
    cell: (trade) => formatPercent(trade.mae),
  },
  {
    title: "MFE",
    hint: "The best the price went in favour of the entry, before fees",
    width: "minmax(72px, 0.7fr)",
    sort: "mfe",
    cell: (trade) => formatPercent(trade.mfe, { sign: "always" }),
  },
  { title: "Candles", width: "68px", sort: "candles", cell: (trade) => formatCount(trade.candles) },
  { title: "Fees", width: "minmax(64px, 0.7fr)", sort: "fees", cell: (trade) => formatNumber(trade.fees) },
  { title: "Exit", width: "minmax(84px, 1fr)", left: true, cell: (trade) => exitWords(trade.exitReason) },
  {
    title: "Tag",
    width: "minmax(72px, 1fr)",
    left: true,
    shown: (context) => context.anyTag,
    cell: (trade) => <span title={trade.entryTag}>{trade.entryTag || NONE}</span>,
  },
];

function Time({ at }: { at: number }) {
  return <span title={formatInstant(at)}>{formatDateTime(at)}</span>;
}
