import { ONE } from "../../core/ledger/decimal.ts";
import { formatDecimal } from "../../core/ledger/decimal-text.ts";
import type { OrderToPlace, ReplaceTerms } from "../broker.ts";
import { FormError } from "../change-outcome.ts";
import type { PlacedOrder } from "../venue-client.ts";
import { isCoin, nativeSymbol } from "./parse.ts";

export type OrderBody = Readonly<Record<string, unknown>>;
type Leg = OrderToPlace["legs"][number];

/** The body of an order with its legs. Throws FormError for what the venue has no form for. */
export function orderBody(order: OrderToPlace): OrderBody {
  const symbol = nativeSymbol(order.instrument);
  if (symbol === undefined) throw new FormError(`instrument must be one of Alpaca's, was ${order.instrument}`);
  const coin = isCoin(symbol);
  if (coin && (order.kind === "stop" || order.kind === "trailing-stop")) {
    throw new FormError(`kind must be market, limit or stop-limit for coins, was ${order.kind}`);
  }
  if (coin && order.legs.length > 0) throw new FormError("an order of coins must be without legs");
  return {
    symbol,
    qty: formatDecimal(order.quantity),
    side: order.side,
    ...formOf(order),
    time_in_force: timeInForce(order, coin),
    client_order_id: order.id,
    ...legsOf(order),
  };
}

/** A part of a share trades on its day only, and so does what is to trade at once. */
function timeInForce({ kind, quantity, legs }: OrderToPlace, coin: boolean): string {
  if (coin) return "gtc";
  if (quantity % ONE !== 0n) return "day";
  return kind === "market" && legs.length === 0 ? "day" : "gtc";
}

function formOf({ kind, limit, stop, trail }: OrderToPlace): OrderBody {
  switch (kind) {
    case "market":
      return { type: "market" };
    case "limit":
      return { type: "limit", limit_price: priceOf(limit, kind) };
    case "stop":
      return { type: "stop", stop_price: priceOf(stop, kind) };
    case "stop-limit":
      return { type: "stop_limit", stop_price: priceOf(stop, kind), limit_price: priceOf(limit, kind) };
    case "trailing-stop":
      return { type: "trailing_stop", trail_price: priceOf(trail, kind) };
  }
}

function priceOf(price: OrderToPlace["limit"], kind: string): string {
  if (price === undefined) throw new FormError(`a ${kind} order must have its price`);
  return formatDecimal(price);
}

function legsOf(order: OrderToPlace): OrderBody {
  const { legs } = order;
  if (legs.length === 0) return {};
  const target = onlyOne(legs, "limit");
  const stop = onlyOne(legs, "stop");
  for (const leg of legs) checkLeg(leg, order);
  return {
    order_class: legs.length === 2 ? "bracket" : "oto",
    ...(target === undefined ? {} : { take_profit: { limit_price: priceOf(target.limit, "limit") } }),
    ...(stop === undefined ? {} : { stop_loss: { stop_price: priceOf(stop.stop, "stop") } }),
  };
}

function onlyOne(legs: readonly Leg[], kind: Leg["kind"]): Leg | undefined {
  const found = legs.filter((leg) => leg.kind === kind);
  if (found.length > 1) throw new FormError(`legs must have at most one ${kind}, had ${found.length}`);
  return found[0];
}

function checkLeg({ kind, side, quantity }: Leg, order: OrderToPlace): void {
  if (kind !== "limit" && kind !== "stop") throw new FormError(`a leg must be a limit or a stop, was ${kind}`);
  if (side === order.side) throw new FormError(`a leg must trade the other way than its order, was ${side}`);
  if (quantity !== order.quantity) {
    throw new FormError(`a leg must have its order's quantity, was ${formatDecimal(quantity)}`);
  }
}

/** The name by which a leg is known here: the venue gives it one of its own, and only its order can be asked for. */
export function legName(parent: string, { kind }: Pick<Leg, "kind">): string {
  return `${parent}.${kind}`;
}

/** The client id of an order's next version. */
export function versionName({ order }: PlacedOrder, revision: number): string {
  return `${order.id}r${revision}`;
}

/** The body of an order's next version. What is left out stays as it is. */
export function replacementBody(terms: ReplaceTerms, placed: PlacedOrder, revision: number): OrderBody {
  const { quantity, limit, stop } = terms;
  const isLeg = placed.parent !== undefined;
  if (isLeg && quantity !== placed.order.quantity) {
    throw new FormError(`a leg must keep its order's quantity, was ${formatDecimal(quantity)}`);
  }
  return {
    ...(isLeg ? {} : { qty: formatDecimal(quantity) }),
    ...(limit === undefined ? {} : { limit_price: formatDecimal(limit) }),
    ...(stop === undefined ? {} : { stop_price: formatDecimal(stop) }),
    client_order_id: versionName(placed, revision),
  };
}
