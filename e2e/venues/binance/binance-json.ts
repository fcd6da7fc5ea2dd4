import { type Decimal, notional, subtract } from "../../../workers/core/ledger/decimal.ts";
import { formatDecimal } from "../../../workers/core/ledger/decimal-text.ts";
import type { EmulatedBook } from "../emulated-book.ts";
import type { BookEvent, EmulatedFill, EmulatedInstrument, EmulatedOrder } from "../emulated-order.ts";
import { ORDERS_1D_MAX, ORDERS_10S_MAX, WEIGHT_MAX } from "./emulated-rate.ts";

const DECIMALS = 8;

/** A whole number as it is written, however long. */
export function raw(value: bigint | string): unknown {
  const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };
  return rawJSON(String(value));
}

/** A decimal as the venue writes it: always with eight places. */
export function eight(value: Decimal | undefined): string {
  const [whole, fraction = ""] = formatDecimal(value ?? (0n as Decimal)).split(".");
  return `${whole}.${fraction.padEnd(DECIMALS, "0")}`;
}

export function typeName({ kind, makerOnly, takesProfit }: EmulatedOrder): string {
  if (kind === "limit") return makerOnly === true ? "LIMIT_MAKER" : "LIMIT";
  if (kind === "market") return "MARKET";
  const stem = takesProfit === true ? "TAKE_PROFIT" : "STOP_LOSS";
  return kind === "stop-limit" ? `${stem}_LIMIT` : stem;
}

export function statusName({ status, filled }: EmulatedOrder): string {
  switch (status) {
    case "pending":
      return "PENDING_NEW";
    case "armed":
      return "NEW";
    case "open":
      return filled > 0n ? "PARTIALLY_FILLED" : "NEW";
    default:
      return status.toUpperCase();
  }
}

export function listIdOf({ note }: EmulatedOrder): string {
  return note?.listId ?? "-1";
}

/** What replies to placing and canceling say of an order, and what both share with queries. */
export function orderJson(order: EmulatedOrder): Record<string, unknown> {
  const isSized = !(order.note?.sellsProceeds === "yes" && order.status === "pending");
  return {
    symbol: order.symbol,
    orderId: raw(order.id),
    orderListId: raw(listIdOf(order)),
    clientOrderId: order.clientId,
    transactTime: order.updatedAt,
    price: eight(order.kind === "limit" || order.kind === "stop-limit" ? order.limit : undefined),
    ...(isSized ? { origQty: eight(order.quantity) } : {}),
    executedQty: eight(order.filled),
    origQuoteOrderQty: "0.00000000",
    cummulativeQuoteQty: eight(order.value),
    status: statusName(order),
    timeInForce: (order.life ?? "rest") === "rest" ? "GTC" : String(order.life).toUpperCase(),
    type: typeName(order),
    side: order.side.toUpperCase(),
    ...(order.kind === "stop" || order.kind === "stop-limit" ? { stopPrice: eight(order.stop) } : {}),
    ...(order.trail !== undefined && "bips" in order.trail ? { trailingDelta: Number(order.trail.bips) } : {}),
    workingTime: order.status === "pending" ? -1 : order.createdAt,
    selfTradePreventionMode: "NONE",
  };
}

/** An order as a query shows it. */
export function queryJson(order: EmulatedOrder): Record<string, unknown> {
  const { transactTime, ...rest } = orderJson(order);
  const times = { time: order.createdAt, updateTime: order.updatedAt, isWorking: order.status === "open" };
  return { ...rest, stopPrice: eight(order.stop), icebergQty: "0.00000000", ...times };
}

export function fullJson(order: EmulatedOrder, fills: readonly EmulatedFill[]): Record<string, unknown> {
  const own = fills.filter((fill) => fill.order.id === order.id);
  return {
    ...orderJson(order),
    fills: own.map(({ id, price, quantity, fee, feeCurrency }) => ({
      ...{ price: eight(price), qty: eight(quantity), commission: eight(fee), commissionAsset: feeCurrency },
      tradeId: raw(id),
    })),
  };
}

export function canceledJson(order: EmulatedOrder, cancelId: string): Record<string, unknown> {
  return { ...orderJson(order), origClientOrderId: order.clientId, clientOrderId: cancelId };
}

export function listJson(
  orders: readonly EmulatedOrder[],
  report: (order: EmulatedOrder) => Record<string, unknown>,
  isDone: boolean,
): Record<string, unknown> {
  const [first] = orders;
  return {
    orderListId: raw(listIdOf(first)),
    contingencyType: first.note?.contingency ?? "OCO",
    listStatusType: isDone ? "ALL_DONE" : "EXEC_STARTED",
    listOrderStatus: isDone ? "ALL_DONE" : "EXECUTING",
    listClientOrderId: first.note?.listClientId ?? "",
    transactionTime: first.updatedAt,
    symbol: first.symbol,
    orders: orders.map(({ symbol, id, clientId }) => ({ symbol, orderId: raw(id), clientOrderId: clientId })),
    orderReports: orders.map(report),
  };
}

export function tradeJson({ order, id, price, quantity, fee, feeCurrency, at, isMaker, side }: EmulatedFill) {
  const value = notional(price, quantity, "half-even");
  return {
    ...{ symbol: order.symbol, id: raw(id), orderId: raw(order.id), orderListId: raw(listIdOf(order)) },
    ...{ price: eight(price), qty: eight(quantity), quoteQty: eight(value), commission: eight(fee) },
    ...{ commissionAsset: feeCurrency, time: at, isBuyer: side === "buy", isMaker, isBestMatch: true },
  };
}

const STATUS = { trading: "TRADING", halted: "HALT", delisted: "BREAK" } as const;

function symbolJson({ symbol, status, base, quote, tick, lot, quantityMin, notionalMin }: EmulatedInstrument) {
  const allowed = {
    ...{ icebergAllowed: true, ocoAllowed: true, otoAllowed: true, opoAllowed: true, quoteOrderQtyMarketAllowed: true },
    ...{ allowTrailingStop: true, cancelReplaceAllowed: true, amendAllowed: true, pegInstructionsAllowed: true },
    ...{ isSpotTradingAllowed: true, isMarginTradingAllowed: false },
  };
  const types = ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"];
  return {
    ...{ symbol, status: STATUS[status], baseAsset: base, baseAssetPrecision: 8, quoteAsset: quote, quotePrecision: 8 },
    ...{
      quoteAssetPrecision: 8,
      baseCommissionPrecision: 8,
      quoteCommissionPrecision: 8,
      orderTypes: types,
      ...allowed,
    },
    filters: [
      { filterType: "PRICE_FILTER", minPrice: eight(tick), maxPrice: "1000000.00000000", tickSize: eight(tick) },
      { filterType: "LOT_SIZE", minQty: eight(quantityMin), maxQty: "9000.00000000", stepSize: eight(lot) },
      { filterType: "MARKET_LOT_SIZE", minQty: "0.00000000", maxQty: "9000.00000000", stepSize: "0.00000000" },
      {
        ...{ filterType: "TRAILING_DELTA", minTrailingAboveDelta: 10, maxTrailingAboveDelta: 2000 },
        ...{ minTrailingBelowDelta: 10, maxTrailingBelowDelta: 2000 },
      },
      {
        ...{ filterType: "NOTIONAL", minNotional: eight(notionalMin), applyMinToMarket: true },
        ...{ maxNotional: "9000000.00000000", applyMaxToMarket: false, avgPriceMins: 5 },
      },
    ],
    ...{ permissions: [], permissionSets: [["SPOT"]], defaultSelfTradePreventionMode: "NONE" },
    allowedSelfTradePreventionModes: ["NONE"],
  };
}

export const RATE_LIMITS = [
  { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: WEIGHT_MAX },
  { rateLimitType: "ORDERS", interval: "SECOND", intervalNum: 10, limit: ORDERS_10S_MAX },
  { rateLimitType: "ORDERS", interval: "DAY", intervalNum: 1, limit: ORDERS_1D_MAX },
  { rateLimitType: "RAW_REQUESTS", interval: "MINUTE", intervalNum: 5, limit: 300_000 },
];

export function exchangeInfoJson(instruments: readonly EmulatedInstrument[], serverTime: number) {
  const symbols = instruments.map(symbolJson);
  return { timezone: "UTC", serverTime, rateLimits: RATE_LIMITS, exchangeFilters: [], symbols };
}

/** `rate` is the share of an order's value that the account pays. */
export function accountJson(book: EmulatedBook, rate: Decimal) {
  const balances = [...book.funds.keys()].map((asset) => {
    const locked = book.locked(asset);
    const total = book.funds.get(asset) ?? (0n as Decimal);
    return { asset, free: eight(subtract(total, locked)), locked: eight(locked) };
  });
  const rates = { maker: eight(rate), taker: eight(rate), buyer: "0.00000000", seller: "0.00000000" };
  const points = Math.round(Number(eight(rate)) * 10_000);
  return {
    ...{ makerCommission: points, takerCommission: points, buyerCommission: 0, sellerCommission: 0 },
    commissionRates: rates,
    ...{ canTrade: true, canWithdraw: true, canDeposit: true, brokered: false, requireSelfTradePrevention: false },
    ...{
      preventSor: false,
      updateTime: book.now(),
      accountType: "SPOT",
      balances,
      permissions: ["SPOT"],
      uid: 354937868,
    },
  };
}

/** The report of the user's stream on an event of the book. `cancelId`: under which a cancel was asked for. */
export function executionReport(event: BookEvent, at: number, cancelId: string): Record<string, unknown> {
  const { order } = event;
  const fill = event.type === "fill" ? event.fill : undefined;
  const type = { new: "NEW", armed: "NEW", woken: "NEW", replaced: "REPLACED", fill: "TRADE" };
  const x = type[event.type as keyof typeof type] ?? event.type.toUpperCase();
  const isCancel = event.type === "canceled" && cancelId !== "";
  return {
    ...{ e: "executionReport", E: at, s: order.symbol, c: isCancel ? cancelId : order.clientId },
    ...{ S: order.side.toUpperCase(), o: typeName(order), f: "GTC", q: eight(order.quantity) },
    ...{ p: eight(order.limit), P: eight(order.stop), F: "0.00000000", g: raw(listIdOf(order)) },
    ...{ C: isCancel ? order.clientId : "", x, X: statusName(order), r: "NONE", i: raw(order.id) },
    ...{ l: eight(fill?.quantity), z: eight(order.filled), L: eight(fill?.price), n: fill ? eight(fill.fee) : "0" },
    ...{ N: fill?.feeCurrency ?? null, T: at, t: fill ? raw(fill.id) : -1, v: 3, I: raw(order.id * 10n) },
    ...{ w: order.status === "open", m: fill?.isMaker ?? false, M: false, O: order.createdAt, Z: eight(order.value) },
    ...{ Y: "0.00000000", Q: "0.00000000", W: order.createdAt, V: "NONE" },
  };
}
