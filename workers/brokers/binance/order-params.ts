import { type Decimal, divide, multiply, ONE, type Price } from "../../core/ledger/decimal.ts";
import { roundToStep } from "../../core/ledger/decimal-grid.ts";
import { formatDecimal, parseDecimal } from "../../core/ledger/decimal-text.ts";
import type { OrderToPlace } from "../broker.ts";
import type { BinanceSymbol } from "./rules.ts";
import type { Params } from "./sign.ts";

/** How far through the market an order may trade that stands for one at the market: as many as its first hundredth. */
const THROUGH = parseDecimal("0.01", "share");
const BIPS = 10_000n;
/** Legs that one order can have: what protects it and what takes its profit. */
const LEGS_MAX = 2;

type Plain = Omit<OrderToPlace, "legs">;

/** An order that the venue cannot express: it is refused before anything is sent. */
export class CannotExpress extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Best prices of a symbol, asked for where an order needs one to be expressed. */
export interface Touch {
  readonly bid: Price;
  readonly ask: Price;
}

/** Whether the present price is needed to express an order: for shares of it, and for legs on an order at the market. */
export function needsTouch({ kind, legs }: OrderToPlace): boolean {
  return (
    kind === "trailing-stop" ||
    (kind === "market" && legs.length > 0) ||
    legs.some((leg) => leg.kind === "trailing-stop")
  );
}

/** Type, prices and life of an order without legs. */
export function orderParams(order: Plain, rules: BinanceSymbol, touch: Touch | undefined): Params {
  const { symbol } = rules;
  const side = order.side === "buy" ? "BUY" : "SELL";
  const base: Params = [
    ["symbol", symbol],
    ["side", side],
    ["type", typeOf(order.kind, rules)],
    ["quantity", formatDecimal(order.quantity)],
  ];
  return [...base, ...priceParams(order, rules, { touch, prefix: "" })];
}

function typeOf(kind: Plain["kind"], { orderTypes, symbol }: BinanceSymbol): string {
  const type = {
    market: "MARKET",
    limit: "LIMIT",
    stop: "STOP_LOSS",
    "stop-limit": "STOP_LOSS_LIMIT",
    "trailing-stop": "STOP_LOSS",
  }[kind];
  if (!orderTypes.has(type)) throw new CannotExpress("KIND", `${symbol} must take ${type}, does not`);
  return type;
}

/** Prices under the names of their place in a list of orders: `prefix` is such as `pendingAbove`. */
function priceParams(
  order: Plain,
  rules: BinanceSymbol,
  { touch, prefix }: { readonly touch: Touch | undefined; readonly prefix: string },
): Params {
  const name = (own: string) => (prefix === "" ? own : `${prefix}${own[0].toUpperCase()}${own.slice(1)}`);
  const price = (own: string, value: Price | undefined): Params => {
    if (value === undefined) throw new CannotExpress("PRICE", `${own} must be given for ${order.kind}, was not`);
    return [[name(own), formatDecimal(value)]];
  };
  switch (order.kind) {
    case "market":
      return [];
    case "limit":
      return [...price("price", order.limit), [name("timeInForce"), "GTC"]];
    case "stop":
      return price("stopPrice", order.stop);
    case "stop-limit":
      return [...price("price", order.limit), ...price("stopPrice", order.stop), [name("timeInForce"), "GTC"]];
    case "trailing-stop":
      return [[name("trailingDelta"), trailingDelta(order, rules, touch).toString()]];
  }
}

/** A trailing stop's distance as the venue counts it: hundredths of a percent of the price that it starts from. */
function trailingDelta({ trail, side }: Plain, { trailing, symbol }: BinanceSymbol, touch: Touch | undefined): bigint {
  if (trailing === undefined) throw new CannotExpress("KIND", `${symbol} must take trailing stops, does not`);
  if (trail === undefined || touch === undefined) throw new CannotExpress("PRICE", "trail must be given, was not");
  const share = divide(trail, side === "sell" ? touch.bid : touch.ask, { decimals: 4, rounding: "half-even" });
  const bips = (share * BIPS) / ONE;
  if (bips < trailing.min || bips > trailing.max) {
    const bounds = `${trailing.min} to ${trailing.max} hundredths of a percent`;
    throw new CannotExpress("TRAIL", `trail of ${symbol} must be ${bounds} of the price, was ${bips}`);
  }
  return bips;
}

export interface ListParams {
  readonly path: string;
  readonly params: Params;
}

/** An order with its legs as one list. An order at the market is one that trades at once as a whole or not at all. */
export function listParams(order: OrderToPlace, rules: BinanceSymbol, touch: Touch | undefined): ListParams {
  const { legs, side } = order;
  if (!rules.otoAllowed) throw new CannotExpress("LEGS", `${rules.symbol} must take orders with legs, does not`);
  if (legs.length > LEGS_MAX) throw new CannotExpress("LEGS", `legs must be at most ${LEGS_MAX}, were ${legs.length}`);
  const pendingSide = side === "buy" ? "SELL" : "BUY";
  // What a buy brings can be less by its fee: then the legs sell what there is.
  const sellsProceeds = side === "buy" && rules.opoAllowed;
  const shared: Params = [
    ["symbol", rules.symbol],
    ...workingParams(order, rules, touch),
    ["pendingSide", pendingSide],
    ...(sellsProceeds ? [] : ([["pendingQuantity", formatDecimal(legs[0].quantity)]] as const)),
  ];
  if (legs.length === 1) {
    const [leg] = legs;
    const own: Params = [
      ["pendingType", typeOf(leg.kind, rules)],
      ["pendingClientOrderId", leg.id],
      ...priceParams(leg, rules, { touch, prefix: "pending" }),
    ];
    return { path: `/api/v3/orderList/${sellsProceeds ? "opo" : "oto"}`, params: [...shared, ...own] };
  }
  const target = legs.find(({ kind }) => kind === "limit");
  const guard = legs.find(({ kind }) => kind !== "limit");
  if (target === undefined || guard === undefined) {
    throw new CannotExpress("LEGS", "two legs must be one that takes profit and one that protects, were not");
  }
  // A target of a long is above the market and its stop below; of a short the other way round.
  const [targetAt, guardAt] = side === "buy" ? ["Above", "Below"] : ["Below", "Above"];
  const own: Params = [
    [`pending${targetAt}Type`, "LIMIT_MAKER"],
    [`pending${targetAt}ClientOrderId`, target.id],
    [`pending${targetAt}Price`, formatDecimal(target.limit ?? (0n as Price))],
    [`pending${guardAt}Type`, typeOf(guard.kind, rules)],
    [`pending${guardAt}ClientOrderId`, guard.id],
    ...priceParams(guard, rules, { touch, prefix: `pending${guardAt}` }),
  ];
  return { path: `/api/v3/orderList/${sellsProceeds ? "opoco" : "otoco"}`, params: [...shared, ...own] };
}

function workingParams(order: OrderToPlace, rules: BinanceSymbol, touch: Touch | undefined): Params {
  const side = order.side === "buy" ? "BUY" : "SELL";
  const common: Params = [
    ["workingType", "LIMIT"],
    ["workingSide", side],
    ["workingClientOrderId", order.id],
    ["workingQuantity", formatDecimal(order.quantity)],
  ];
  if (order.kind === "limit" && order.limit !== undefined) {
    return [...common, ["workingPrice", formatDecimal(order.limit)], ["workingTimeInForce", "GTC"]];
  }
  if (order.kind !== "market" || touch === undefined) {
    throw new CannotExpress("LEGS", `an order with legs must be market or limit, was ${order.kind}`);
  }
  return [...common, ["workingPrice", formatDecimal(throughPrice(order, rules, touch))], ["workingTimeInForce", "FOK"]];
}

function throughPrice({ side }: OrderToPlace, { tick }: BinanceSymbol, { bid, ask }: Touch): Price {
  const from = side === "buy" ? ask : bid;
  const away = multiply(from, THROUGH, { decimals: 18, rounding: "half-even" });
  const at = (side === "buy" ? from + away : from - away) as Decimal as Price;
  return tick === 0n ? at : roundToStep(at, { step: tick, rounding: side === "buy" ? "ceil" : "floor" });
}
