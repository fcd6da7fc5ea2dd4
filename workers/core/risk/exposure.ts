import {
  add,
  type Decimal,
  larger,
  type Money,
  magnitude,
  multiply,
  NO_MONEY,
  NO_QUANTITY,
  negate,
  notional,
  ONE,
  type Price,
  type Quantity,
  subtract,
} from "../ledger/decimal.ts";
import type { Side } from "../ledger/decimal-grid.ts";
import { type DeskOrder, type OrderIntent, reservedQuantity } from "../order/desk-order.ts";
import { isOpenState } from "../order/order-table.ts";
import type { Reference, RiskBook, RiskScope } from "./risk-book.ts";

/**
 * Positions as the venue may come to hold them: what is held, and what every order may still trade. An order counts in
 * full until its end is certain, so no answer that is late or lost can carry a position past a cap.
 */
export interface Reach {
  /** If every open buy fills and no sell does. */
  readonly long: Quantity;
  /** If every open sell fills and no buy does. */
  readonly short: Quantity;
}

export function ordersOf(book: RiskBook, scope: RiskScope, intent: OrderIntent): readonly DeskOrder[] {
  return scope === "account" ? book.orders : book.orders.filter((order) => order.bot === intent.bot);
}

export function heldOf(book: RiskBook, scope: RiskScope, instrument: string): Quantity {
  return book[scope].positions.get(instrument) ?? NO_QUANTITY;
}

export function reachOf(held: Quantity, orders: readonly DeskOrder[], instrument: string): Reach {
  let long = held;
  let short = held;
  for (const order of apartLegs(orders)) {
    if (order.instrument !== instrument) continue;
    const left = reservedQuantity(order);
    if (order.side === "buy") long = add(long, left);
    else short = subtract(short, left);
  }
  return { long, short };
}

/**
 * The orders that may all trade: of the legs of one entry only the largest, since the venue ends the others with it.
 * A leg trades no more than its entry did, yet it counts in full: a net position over several bots may grow by it. Legs of
 * which one was changed count each: one that is smaller than its entry leaves some of it for the others. Those that have
 * ended count each, too.
 */
export function apartLegs(orders: readonly DeskOrder[]): readonly DeskOrder[] {
  if (orders.every((order) => order.parent === undefined)) return orders;
  const largest = new Map<string, DeskOrder>();
  const changed = new Set<string>();
  for (const order of orders) {
    if (order.parent === undefined || hasEnded(order)) continue;
    if (order.revisionAsked > 0) changed.add(order.parent);
    const other = largest.get(order.parent);
    if (other === undefined || reservedQuantity(order) > reservedQuantity(other)) largest.set(order.parent, order);
  }
  return orders.filter((order) => {
    const { parent } = order;
    return parent === undefined || hasEnded(order) || changed.has(parent) || largest.get(parent) === order;
  });
}

/** What is held back of an order that ended is what it traded and we have not heard of: that comes with certainty. */
function hasEnded({ state }: DeskOrder): boolean {
  return state !== "LOST" && !isOpenState(state);
}

/** The reach with an intent added. */
export function extended({ long, short }: Reach, side: Side, quantity: Quantity): Reach {
  return side === "buy" ? { long: add(long, quantity), short } : { long, short: subtract(short, quantity) };
}

/** The largest size that the position may come to, on either side. */
export function widest({ long, short }: Reach): Quantity {
  return larger(magnitude(long), magnitude(short));
}

/** How large the position may come to be on the side that an order trades to. */
export function reachOnSide({ long, short }: Reach, side: Side): Quantity {
  return larger(side === "buy" ? long : negate(short), NO_QUANTITY);
}

/** Quantity at a price in the account's currency, rounded up: a cap is never passed by rounding. */
export function worth(quantity: Quantity, price: Price, { rate }: Reference): Money {
  if (quantity === 0n) return NO_MONEY;
  const value = notional(price, quantity, "ceil");
  return rate === ONE ? value : (multiply(value, rate, { decimals: 18, rounding: "ceil" }) as Money);
}

/** The highest price that an order names or meets. */
export function highestPrice(order: Pick<OrderIntent, "limit" | "stop">, { price }: Reference): Price {
  return larger(larger(price, order.limit ?? price), order.stop ?? price);
}

/** Exposure of a scope over all instruments, before an order and after it. */
export interface Exposure {
  readonly gross: Money;
  /** If every open buy fills, and if every open sell does. */
  readonly netLong: Money;
  readonly netShort: Money;
}

export type ReferenceOf = (instrument: string) => Reference;

/** Exposure without an intent and with it. */
export function exposuresOf(
  book: RiskBook,
  { scope, intent }: { readonly scope: RiskScope; readonly intent: OrderIntent },
  referenceOf: ReferenceOf,
): { readonly before: Exposure; readonly after: Exposure } {
  const reaches = allReaches(book, scope, intent);
  const own = reaches.get(intent.instrument) ?? FLAT;
  reaches.delete(intent.instrument);
  let rest: Exposure = { gross: NO_MONEY, netLong: NO_MONEY, netShort: NO_MONEY };
  for (const [instrument, reach] of reaches) rest = withReach(rest, reach, referenceOf(instrument));
  const reference = referenceOf(intent.instrument);
  return {
    before: withReach(rest, own, reference),
    after: withReach(rest, extended(own, intent.side, intent.quantity), reference),
  };
}

const FLAT: Reach = { long: NO_QUANTITY, short: NO_QUANTITY };

/** The reach in every instrument that is held or ordered, in one pass over the orders. */
function allReaches(book: RiskBook, scope: RiskScope, intent: OrderIntent): Map<string, Reach> {
  const reaches = new Map<string, Reach>();
  for (const [instrument, held] of book[scope].positions) {
    if (held !== 0n) reaches.set(instrument, { long: held, short: held });
  }
  for (const order of apartLegs(ordersOf(book, scope, intent))) {
    const left = reservedQuantity(order);
    if (left === 0n) continue;
    reaches.set(order.instrument, extended(reaches.get(order.instrument) ?? FLAT, order.side, left));
  }
  return reaches;
}

function withReach({ gross, netLong, netShort }: Exposure, reach: Reach, reference: Reference): Exposure {
  return {
    gross: add(gross, worth(widest(reach), reference.price, reference)),
    netLong: add(netLong, worth(reach.long, reference.price, reference)),
    netShort: subtract(netShort, worth(negate(reach.short), reference.price, reference)),
  };
}

/** What the open orders of a scope may still trade, each at the highest price it names or meets; legs only close. */
export function openNotional(orders: readonly DeskOrder[], referenceOf: ReferenceOf): Money {
  return orders.reduce((sum, order) => {
    if (order.parent !== undefined) return sum;
    const reference = referenceOf(order.instrument);
    // While a change is on its way nobody knows which version trades.
    const highest = larger(highestPrice(order, reference), highestPrice(order.replacement ?? order, reference));
    return add(sum, worth(reservedQuantity(order), highest, reference));
  }, NO_MONEY);
}

/**
 * Whether an intent can only make the position of a scope smaller, whatever becomes of the open orders: it trades against
 * what is held, and with every open order of its side no more than that. Legs are apart: what they would close is gone
 * for them when something else closes it first.
 */
export function isReducing(book: RiskBook, scope: RiskScope, intent: OrderIntent): boolean {
  const held = heldOf(book, scope, intent.instrument);
  const against = intent.side === "sell" ? held > 0n : held < 0n;
  if (!against) return false;
  const orders = ordersOf(book, scope, intent).filter((order) => order.parent === undefined);
  const reach = extended(reachOf(held, orders, intent.instrument), intent.side, intent.quantity);
  return intent.side === "sell" ? reach.short >= 0n : reach.long <= 0n;
}

/** Same, for the scope and every scope within. */
export function isReducingWithin(book: RiskBook, scope: RiskScope, intent: OrderIntent): boolean {
  return isReducing(book, "bot", intent) && (scope === "bot" || isReducing(book, "account", intent));
}

/** A share of a price, such as a collar's width. */
export function shareOf(price: Price, share: Decimal): Decimal {
  return multiply(price, share, { decimals: 18, rounding: "floor" });
}
