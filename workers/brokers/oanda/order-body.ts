import { negate, type Quantity } from "../../core/ledger/decimal.ts";
import { formatDecimal } from "../../core/ledger/decimal-text.ts";
import type { OrderToPlace, ReplaceTerms } from "../broker.ts";
import { FormError } from "../change-outcome.ts";
import { nativeName } from "./parse.ts";
import type { OandaLeg, OandaOrder } from "./payloads.ts";

/** Names under which an order carries what protects it once it has filled. */
export const LEG_FIELDS = ["takeProfitOnFill", "stopLossOnFill", "trailingStopLossOnFill"] as const;
export type LegField = (typeof LEG_FIELDS)[number];

export type OrderBody = Readonly<Record<string, unknown>>;

/** The body of an order with its legs. Throws FormError for what the venue has no form for. */
export function orderBody(order: OrderToPlace): OrderBody {
  const name = nativeName(order.instrument);
  if (name === undefined) throw new FormError(`instrument must be one of OANDA's, was ${order.instrument}`);
  return {
    ...formOf(order),
    instrument: name,
    units: unitsOf(order, order.quantity),
    // An account that hedges opens a second position where it is not told to close the first.
    positionFill: order.reduceOnly ? "REDUCE_ONLY" : "REDUCE_FIRST",
    clientExtensions: { id: order.id },
    ...legsOf(order),
  };
}

function formOf({ kind, limit, stop }: OrderToPlace): OrderBody {
  if (kind === "market") return { type: "MARKET", timeInForce: "FOK" };
  if (kind === "limit" && limit !== undefined)
    return { type: "LIMIT", price: formatDecimal(limit), timeInForce: "GTC" };
  if (kind === "stop" && stop !== undefined) return { type: "STOP", price: formatDecimal(stop), timeInForce: "GTC" };
  throw new FormError(`kind must be market, limit or stop with its price, was ${kind}`);
}

function unitsOf({ side }: Pick<OrderToPlace, "side">, quantity: Quantity): string {
  return formatDecimal(side === "buy" ? quantity : negate(quantity));
}

function legsOf({ legs, side, quantity }: OrderToPlace): OrderBody {
  const body: Partial<Record<LegField, OandaLeg>> = {};
  for (const leg of legs) {
    const field = legField(leg);
    if (body[field] !== undefined) throw new FormError(`legs must have at most one ${field}, had two`);
    if (leg.side === side) throw new FormError(`a leg must trade the other way than its order, was ${leg.side}`);
    // The venue closes the whole trade that the order opened.
    if (leg.quantity !== quantity) {
      throw new FormError(`a leg must have its order's quantity, was ${formatDecimal(leg.quantity)}`);
    }
    body[field] = { ...legTerms(leg), clientExtensions: { id: leg.id } };
  }
  return body;
}

/** Where a leg goes. */
export function legField({ kind }: Pick<OrderToPlace, "kind">): LegField {
  if (kind === "limit") return "takeProfitOnFill";
  if (kind === "stop") return "stopLossOnFill";
  if (kind === "trailing-stop") return "trailingStopLossOnFill";
  throw new FormError(`a leg must be a limit, a stop or a trailing stop, was ${kind}`);
}

function legTerms({ kind, limit, stop, trail }: Omit<OrderToPlace, "legs">): OandaLeg & { timeInForce: string } {
  const price = kind === "limit" ? limit : kind === "stop" ? stop : trail;
  if (price === undefined) throw new FormError(`a leg must have the price of its kind, was ${kind} without`);
  const text = formatDecimal(price);
  return { ...(kind === "trailing-stop" ? { distance: text } : { price: text }), timeInForce: "GTC" };
}

/** Types of orders that protect a trade, and the name under which the trade's own order carried them. */
const PROTECTING: Readonly<Record<string, LegField>> = {
  TAKE_PROFIT: "takeProfitOnFill",
  STOP_LOSS: "stopLossOnFill",
  TRAILING_STOP_LOSS: "trailingStopLossOnFill",
};

export function isProtecting({ type }: Pick<OandaOrder, "type">): boolean {
  return PROTECTING[type] !== undefined;
}

/**
 * The body of an order's next version. The venue keeps the client id of the old one, and nothing else: what protects it
 * has to be said again.
 */
export function replacementBody(old: OandaOrder, terms: ReplaceTerms, order: OrderToPlace): OrderBody {
  if (isProtecting(old)) {
    if (terms.quantity !== order.quantity) {
      throw new FormError(`a leg must keep its order's quantity, was ${formatDecimal(terms.quantity)}`);
    }
    return { type: old.type, tradeID: old.tradeID, timeInForce: "GTC", ...legPrice(old, terms) };
  }
  const price = old.type === "LIMIT" ? terms.limit : terms.stop;
  if (price === undefined || (old.type !== "LIMIT" && old.type !== "STOP")) {
    throw new FormError(`a limit or a stop must keep its kind and have its price, was ${old.type}`);
  }
  return { ...restOf(old), units: unitsOf(order, terms.quantity), price: formatDecimal(price) };
}

function legPrice(old: OandaOrder, { limit, stop }: ReplaceTerms): OrderBody {
  if (old.type === "TRAILING_STOP_LOSS") return { distance: old.distance };
  const price = old.type === "TAKE_PROFIT" ? limit : stop;
  if (price === undefined) throw new FormError(`a ${old.type} must have its price`);
  return { price: formatDecimal(price) };
}

/** An order that waits as it would be said again. */
export function restOf(old: OandaOrder): OrderBody {
  const { type, instrument, units, price, timeInForce, positionFill } = old;
  const legs = Object.fromEntries(LEG_FIELDS.flatMap((field) => (old[field] ? [[field, sentAgain(old[field])]] : [])));
  // Recordings of 2016 show an older name of the default.
  const fill = positionFill?.replace("POSITION_", "") ?? "DEFAULT";
  return { type, instrument, units, price, timeInForce: timeInForce ?? "GTC", positionFill: fill, ...legs };
}

function sentAgain(leg: OandaLeg): OandaLeg & { timeInForce: string } {
  return { ...leg, timeInForce: "GTC" };
}
