import { add, type Decimal, divide, type Price, subtract } from "../ledger/decimal.ts";
import type { Side } from "../ledger/decimal-grid.ts";
import { formatDecimal } from "../ledger/decimal-text.ts";
import { type DeskOrder, type OrderIntent, reservedQuantity } from "../order/desk-order.ts";
import { requiredLimit } from "./cap.ts";
import {
  brokenCap,
  type Check,
  type CheckInput,
  type Denial,
  denial,
  denialByCap,
  ofCount,
  referenceIn,
} from "./check.ts";
import { shareOf } from "./exposure.ts";
import { checkGrid } from "./grid-check.ts";
import { type Reference, RISK_SCOPES } from "./risk-book.ts";

/** A price is stale when it is older than so many of its intervals, */
export const STALE_INTERVALS = 3;
/** and older than so long: a feed of ticks may pause for some seconds without being down. */
export const STALE_FLOOR_MS = 10_000;
/** How far ahead of our clock a price may be: two clocks are never quite the same. */
export const AHEAD_MAX_MS = 1_000;

/** What it may cost: a fresh reference, prices on the grid, no limit far on the wrong side of it, no repeat, no trade with ourselves. */
export const PRICE_CHECKS: readonly Check[] = [
  { name: "fresh reference", check: checkFresh },
  { name: "grid", check: checkGrid },
  { name: "price collar", check: checkCollar },
  { name: "duplicate", check: checkDuplicate },
  { name: "self-cross", check: checkSelfCross },
];

/** Oldest age that a reference may have, in ms. */
export function oldestAge({ intervalMs }: Pick<Reference, "intervalMs">): number {
  return Math.max(STALE_INTERVALS * intervalMs, STALE_FLOOR_MS);
}

function checkFresh(input: CheckInput): Denial | undefined {
  const { intent, book, now } = input;
  const reference = book.references.get(intent.instrument);
  if (reference === undefined) return denial("NO_REFERENCE", { value: "none", limit: "a reference price" });
  const age = now - reference.at;
  const oldest = oldestAge(reference);
  // Asked this way round so that an age that is no number is stale too.
  const fresh = age <= oldest && age >= -AHEAD_MAX_MS;
  if (!fresh) return { ...denial("STALE_PRICE", { value: `${age} ms`, limit: `${oldest} ms` }), cap: "priceAge" };
  for (const scope of RISK_SCOPES) {
    const broken = denialByCap(input, { name: "priceAge", scope, value: ofCount(Math.trunc(age)) });
    if (broken !== undefined) return broken;
  }
  return undefined;
}

/**
 * A limit may be worse than its reference by the collar's share: a buyer's above, a seller's below. On the better side it
 * only rests. The limit of a stop-limit is held against its own stop, which is what it will meet.
 */
function checkCollar({ intent, book, limits }: CheckInput): Denial | undefined {
  const { side, limit, stop, instrument } = intent;
  if (limit === undefined) return undefined;
  const reference = stop ?? referenceIn(book)(instrument).price;
  const worse = side === "buy" ? subtract(limit, reference) : subtract(reference, limit);
  const share: Decimal = divide(worse, reference, { decimals: 18, rounding: "ceil" });
  for (const scope of RISK_SCOPES) {
    const binding = requiredLimit(limits, "priceCollar", scope);
    if (share > binding.limit) return brokenCap("priceCollar", { scope, value: share, binding });
  }
  return undefined;
}

function checkDuplicate({ intent, book, limits, now }: CheckInput): Denial | undefined {
  for (const scope of RISK_SCOPES) {
    const binding = requiredLimit(limits, "duplicateWindow", scope);
    for (const passed of book.recent) {
      if (!isSameOrder(passed.intent, intent)) continue;
      const value = ofCount(Math.max(0, Math.trunc(now - passed.at)));
      if (value < binding.limit) return brokenCap("duplicateWindow", { scope, value, binding });
    }
  }
  return undefined;
}

/** Whether two want the same; what differs most often is asked first. */
function isSameOrder(left: OrderIntent, right: OrderIntent): boolean {
  const isSameMarket = left.signal === right.signal && left.instrument === right.instrument && left.side === right.side;
  return isSameMarket && left.quantity === right.quantity && left.limit === right.limit && left.stop === right.stop;
}

/**
 * An order must not be able to trade with one of the same account that rests on the other side. A stop meets whatever
 * rests when it fires; that one is left to the venue's own prevention.
 */
function checkSelfCross({ intent, book, limits }: CheckInput): Denial | undefined {
  if (intent.kind !== "market" && intent.kind !== "limit") return undefined;
  const reference = referenceIn(book)(intent.instrument).price;
  const collar = requiredLimit(limits, "priceCollar", "account");
  const reach = intent.limit ?? worstPrice(intent.side, reference, collar.limit);
  for (const order of book.orders) {
    if (order.instrument !== intent.instrument || order.side === intent.side || reservedQuantity(order) === 0n)
      continue;
    const met = restingPrices(order).find((price) => (intent.side === "buy" ? price <= reach : price >= reach));
    if (met !== undefined)
      return denial("SELF_CROSS", { value: formatDecimal(reach), limit: `own order at ${formatDecimal(met)}` });
  }
  return undefined;
}

/** As far as a market order may go before the collar would have stopped a limit. */
function worstPrice(side: Side, reference: Price, collar: Decimal): Decimal {
  const width = shareOf(reference, collar);
  return side === "buy" ? add<Decimal>(reference, width) : subtract<Decimal>(reference, width);
}

/**
 * Where an order may rest. Market orders, stops that have not fired and legs, which the venue links, do not rest in its book
 * on their own. While a change is on its way nobody knows at which of both prices.
 */
function restingPrices({ kind, parent, limit, replacement }: DeskOrder): Price[] {
  if (kind !== "limit" || parent !== undefined) return [];
  return [limit, replacement?.limit].filter((price) => price !== undefined);
}
