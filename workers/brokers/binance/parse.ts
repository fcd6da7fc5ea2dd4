import { z } from "zod";
import { type Money, negate, type Price, type Quantity } from "../../core/ledger/decimal.ts";
import { parseDecimal, parseMoney, parsePrice, parseQuantity } from "../../core/ledger/decimal-text.ts";
import type { VenueFill, VenueOrder } from "../../core/ledger/venue-report.ts";
import { reliably } from "../request/read-reply.ts";

export const VENUE = "BINANCE";
/** Longer texts than any id or decimal of the venue are none. */
const TEXT_MAX = 64;

export const Text = z.string().max(TEXT_MAX);
/** Names of instruments go into addresses and ids. */
export const SymbolName = z.string().regex(/^[\p{Lu}\p{Nd}\p{Lo}._-]{1,40}$/u);
const Side = z.enum(["BUY", "SELL"]);
const Whole = z.string().regex(/^-?[0-9]{1,20}$/);

const STATUSES = [
  "NEW",
  "PENDING_NEW",
  "PARTIALLY_FILLED",
  "PENDING_CANCEL",
  "FILLED",
  "CANCELED",
  "REJECTED",
  "EXPIRED",
  "EXPIRED_IN_MATCH",
] as const;
const Status = z.enum(STATUSES);

export const FullFill = z.object({
  price: Text,
  qty: Text,
  commission: Text,
  commissionAsset: Text,
  tradeId: Whole,
});

/** An order as replies and queries show it. Some leave out what cannot be said yet. */
export const BinanceOrder = z.object({
  symbol: SymbolName,
  orderId: Whole,
  orderListId: Whole.optional(),
  clientOrderId: Text,
  origClientOrderId: Text.optional(),
  price: Text,
  origQty: Text.optional(),
  executedQty: Text,
  status: Status,
  type: Text,
  side: Side,
  stopPrice: Text.optional(),
  transactTime: Whole.optional(),
  fills: z.array(FullFill).max(10_000).optional(),
});
export type BinanceOrder = z.infer<typeof BinanceOrder>;

export const OrderListReply = z.object({ orderListId: Whole, orderReports: z.array(BinanceOrder).min(1).max(10) });

export const BinanceTrade = z.object({
  symbol: SymbolName,
  id: Whole,
  orderId: Whole,
  price: Text,
  qty: Text,
  commission: Text,
  commissionAsset: Text,
  time: Whole,
  isBuyer: z.boolean(),
  isMaker: z.boolean(),
});

export const ExecutionReport = z.object({
  e: z.literal("executionReport"),
  s: SymbolName,
  c: Text,
  C: Text,
  S: Side,
  o: Text,
  q: Text,
  p: Text,
  P: Text,
  g: Whole,
  x: Text,
  X: Status,
  r: Text,
  i: Whole,
  l: Text,
  z: Text,
  L: Text,
  n: Text.nullable(),
  N: Text.nullable(),
  T: Whole,
  t: Whole,
  m: z.boolean(),
});
export type ExecutionReport = z.infer<typeof ExecutionReport>;

export const BalanceUpdate = z.object({ e: z.literal("balanceUpdate"), a: Text, d: Text, T: Whole });

export function instrumentOf(symbol: string): string {
  return `${VENUE}:${symbol}`;
}

/** The venue's name of an instrument, undefined where it is of another venue. */
export function symbolOf(instrument: string): string | undefined {
  return instrument.startsWith(`${VENUE}:`) ? instrument.slice(VENUE.length + 1) : undefined;
}

/** Ids of orders and trades are the venue's within a symbol only. */
export function venueIdOf(symbol: string, id: string): string {
  return `${symbol}:${id}`;
}

/** The venue's own number of an order, undefined where it is not of that symbol. */
export function nativeIdOf(venueOrderId: string, symbol: string): string | undefined {
  return venueOrderId.startsWith(`${symbol}:`) ? venueOrderId.slice(symbol.length + 1) : undefined;
}

/** `quantity`: what the order was placed with, where the reply does not say. Throws VenueSilence for values that are none. */
export function orderOf(order: BinanceOrder, quantity?: Quantity): VenueOrder {
  return reliably(() => {
    const clientOrderId = order.origClientOrderId ?? order.clientOrderId;
    const size = order.origQty === undefined ? quantity : parseQuantity(order.origQty, "origQty");
    if (size === undefined) throw new RangeError("origQty must be known, was not");
    const filled = parseQuantity(order.executedQty, "executedQty");
    return {
      clientOrderId: clientOrderId === "" ? undefined : clientOrderId,
      venueOrderId: venueIdOf(order.symbol, order.orderId),
      instrument: instrumentOf(order.symbol),
      side: sideOf(order.side),
      quantity: size,
      limit: priceOf(order.price, "price"),
      stop: order.stopPrice === undefined ? undefined : priceOf(order.stopPrice, "stopPrice"),
      filled,
      status: statusOf(order.status, { isListed: isListed(order.orderListId), filled }),
    };
  });
}

/** The trades that a reply to placing an order tells. */
export function fillsOf(order: BinanceOrder, quote: string): VenueFill[] {
  return reliably(() =>
    (order.fills ?? []).map((fill) => ({
      tradeId: venueIdOf(order.symbol, fill.tradeId),
      clientOrderId: order.clientOrderId,
      venueOrderId: venueIdOf(order.symbol, order.orderId),
      instrument: instrumentOf(order.symbol),
      quote,
      side: sideOf(order.side),
      quantity: parseQuantity(fill.qty, "qty"),
      price: parsePrice(fill.price, "price"),
      fee: parseMoney(fill.commission, "commission"),
      feeCurrency: fill.commissionAsset,
      liquidity: "taker",
      at: timeOf(order.transactTime ?? ""),
    })),
  );
}

export function tradeOf(trade: z.infer<typeof BinanceTrade>, quote: string): VenueFill {
  return reliably(() => ({
    tradeId: venueIdOf(trade.symbol, trade.id),
    clientOrderId: undefined,
    venueOrderId: venueIdOf(trade.symbol, trade.orderId),
    instrument: instrumentOf(trade.symbol),
    quote,
    side: trade.isBuyer ? "buy" : "sell",
    quantity: parseQuantity(trade.qty, "qty"),
    price: parsePrice(trade.price, "price"),
    fee: parseMoney(trade.commission, "commission"),
    feeCurrency: trade.commissionAsset,
    liquidity: trade.isMaker ? "maker" : "taker",
    at: timeOf(trade.time),
  }));
}

/** The order of a report of the user's stream: after a cancel its own id is told as the original one. */
export function reportedOrder(report: ExecutionReport): VenueOrder {
  return reliably(() => {
    const clientOrderId = report.x === "CANCELED" && report.C !== "" ? report.C : report.c;
    const filled = parseQuantity(report.z, "z");
    return {
      clientOrderId: clientOrderId === "" ? undefined : clientOrderId,
      venueOrderId: venueIdOf(report.s, report.i),
      instrument: instrumentOf(report.s),
      side: sideOf(report.S),
      quantity: parseQuantity(report.q, "q"),
      limit: priceOf(report.p, "p"),
      stop: priceOf(report.P, "P"),
      filled,
      status: statusOf(report.X, { isListed: isListed(report.g), filled }),
    };
  });
}

/** The trade of a report, undefined where it tells none. */
export function reportedFill(report: ExecutionReport, quote: string): VenueFill | undefined {
  return reliably(() => {
    const quantity = parseQuantity(report.l, "l");
    if (report.x !== "TRADE" || quantity === 0n) return undefined;
    const { clientOrderId, venueOrderId, instrument, side } = reportedOrder(report);
    return {
      tradeId: venueIdOf(report.s, report.t),
      ...{ clientOrderId, venueOrderId, instrument, side, quote, quantity },
      price: parsePrice(report.L, "L"),
      fee: parseMoney(report.n ?? "0", "n"),
      feeCurrency: report.N ?? quote,
      liquidity: report.m ? "maker" : "taker",
      at: timeOf(report.T),
    };
  });
}

export function movementOf({ a: currency, d, T }: z.infer<typeof BalanceUpdate>) {
  return reliably(() => {
    const amount = parseMoney(d, "d");
    const type = amount > 0n ? "deposit" : "withdrawal";
    const size: Money = amount > 0n ? amount : negate(amount);
    return { type, id: `balance:${T}:${currency}:${d}`, at: timeOf(T), currency, amount: size } as const;
  });
}

function statusOf(
  status: z.infer<typeof Status>,
  { isListed: listed, filled }: { isListed: boolean; filled: Quantity },
): VenueOrder["status"] {
  switch (status) {
    case "NEW":
    case "PENDING_NEW":
    case "PARTIALLY_FILLED":
    case "PENDING_CANCEL":
      return "open";
    case "FILLED":
      return "filled";
    case "CANCELED":
      return "canceled";
    case "REJECTED":
      return "rejected";
    case "EXPIRED":
    case "EXPIRED_IN_MATCH":
      // The venue lets a leg expire when its sibling trades: that is what a cancel is elsewhere.
      return listed && filled === 0n ? "canceled" : "expired";
  }
}

function isListed(orderListId: string | undefined): boolean {
  return orderListId !== undefined && orderListId !== "-1";
}

function sideOf(side: "BUY" | "SELL"): "buy" | "sell" {
  return side === "BUY" ? "buy" : "sell";
}

/** Zero stands for none. */
function priceOf(text: string, field: string): Price | undefined {
  return parseDecimal(text, field) === 0n ? undefined : parsePrice(text, field);
}

/** Latest instant that counts as one, UTC ms: a time in microseconds must not pass for one in milliseconds. */
const TIME_MAX = 9_999_999_999_999;

export function timeOf(text: string): number {
  const time = Number(text);
  if (!Number.isSafeInteger(time) || time <= 0 || time > TIME_MAX) {
    throw new RangeError(`time must be UTC ms, was ${text.slice(0, TEXT_MAX)}`);
  }
  return time;
}
