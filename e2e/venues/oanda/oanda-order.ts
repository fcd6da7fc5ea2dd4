import { magnitude, type Price, type Quantity } from "../../../workers/core/ledger/decimal.ts";
import { parseDecimal, parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import type { EmulatedKind, EmulatedOrder, EmulatedTerms } from "../emulated-order.ts";

/** What an order carries for the trade that it opens. */
export interface LegSpec {
  readonly field: string;
  readonly kind: EmulatedKind;
  readonly price: Price | undefined;
  readonly distance: Price | undefined;
  readonly clientId: string;
  /** As it was sent. */
  readonly spec: unknown;
}

const FIELDS: Readonly<Record<string, EmulatedKind>> = {
  takeProfitOnFill: "limit",
  stopLossOnFill: "stop",
  trailingStopLossOnFill: "trailing-stop",
};

const KINDS: Readonly<Record<string, EmulatedKind>> = {
  MARKET: "market",
  LIMIT: "limit",
  STOP: "stop",
  TAKE_PROFIT: "limit",
  STOP_LOSS: "stop",
  TRAILING_STOP_LOSS: "trailing-stop",
};

/** A body that the venue has no order for; `reason` is its own word for it. */
export class OrderReject extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

type Body = Readonly<Record<string, unknown>>;

/** The terms of an order as it was sent. Throws OrderReject with the venue's reason. */
export function termsOf(body: Body): EmulatedTerms {
  const type = String(body.type);
  const kind = KINDS[type];
  if (kind === undefined) throw new OrderReject("ORDER_TYPE_INVALID");
  const units = decimalOf(body.units, "UNITS_INVALID");
  const needsPrice = kind === "limit" || kind === "stop";
  const price = needsPrice ? priceOf(body.price, "PRICE_INVALID") : undefined;
  const legs = Object.keys(FIELDS).filter((field) => body[field] !== undefined);
  return {
    clientId: clientIdOf(body),
    symbol: String(body.instrument),
    side: units < 0n ? "sell" : "buy",
    kind,
    quantity: magnitude(units) as Quantity,
    limit: kind === "limit" ? price : undefined,
    stop: kind === "stop" ? price : undefined,
    reduceOnly: body.positionFill === "REDUCE_ONLY",
    life: kind === "market" ? "fok" : "rest",
    note: { legs: JSON.stringify(Object.fromEntries(legs.map((field) => [field, body[field]]))) },
  };
}

export function clientIdOf(body: Body): string {
  const extensions = body.clientExtensions as { id?: unknown } | undefined;
  return typeof extensions?.id === "string" ? extensions.id : "";
}

/** What an order carries for the trade that it opens. */
export function legsOf(order: Pick<EmulatedOrder, "note">): LegSpec[] {
  const specs = JSON.parse(order.note?.legs ?? "{}") as Record<string, Body>;
  return Object.entries(specs).map(([field, spec]) => ({
    field,
    kind: FIELDS[field],
    price: spec.price === undefined ? undefined : priceOf(spec.price, "PRICE_INVALID"),
    distance: spec.distance === undefined ? undefined : priceOf(spec.distance, "PRICE_DISTANCE_INVALID"),
    clientId: clientIdOf(spec),
    spec,
  }));
}

/** The venue's name of an order's type. */
export function orderType({ kind, note }: EmulatedOrder): string {
  const protects = note?.tradeID !== undefined;
  if (kind === "limit") return protects ? "TAKE_PROFIT" : "LIMIT";
  if (kind === "stop") return protects ? "STOP_LOSS" : "STOP";
  return kind === "trailing-stop" ? "TRAILING_STOP_LOSS" : "MARKET";
}

export function priceOf(value: unknown, reason: string): Price {
  try {
    return parsePrice(value, "price");
  } catch {
    throw new OrderReject(reason);
  }
}

function decimalOf(value: unknown, reason: string): Quantity {
  try {
    const units = parseDecimal(value, "units");
    if (units === 0n) throw new RangeError("units must not be zero");
    return units as unknown as Quantity;
  } catch {
    throw new OrderReject(reason);
  }
}
