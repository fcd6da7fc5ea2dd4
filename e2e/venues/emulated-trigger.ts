import { add, multiply, ONE, ofUnits, type Price, subtract } from "../../workers/core/ledger/decimal.ts";
import type { EmulatedOrder, EmulatedTerms } from "./emulated-order.ts";

/** Bips in one. */
const BIPS = 10_000n;

/** Whether an order that needs no trigger any more trades at a price. */
export function isMarketable(
  { kind, side, limit }: Pick<EmulatedTerms, "kind" | "side" | "limit">,
  price: Price,
): boolean {
  const hasLimit = kind === "limit" || kind === "stop-limit";
  if (!hasLimit || limit === undefined) return true;
  return side === "buy" ? price <= limit : price >= limit;
}

/** Whether an order that waits for its price would not have to wait. */
export function wouldTrigger({ kind, side, stop, takesProfit }: EmulatedTerms, price: Price): boolean {
  if ((kind !== "stop" && kind !== "stop-limit") || stop === undefined) return false;
  const rises = (side === "buy") !== (takesProfit === true);
  return rises ? price >= stop : price <= stop;
}

/** Lets the stop of a trailing order follow the best price. */
export function follow(order: EmulatedOrder, price: Price): void {
  const { trail, side } = order;
  if (trail === undefined) return;
  const isBetter = order.best === undefined || (side === "sell" ? price > order.best : price < order.best);
  if (!isBetter) return;
  order.best = price;
  const share = "bips" in trail ? ofUnits((trail.bips * ONE) / BIPS) : undefined;
  const behind =
    share === undefined
      ? "price" in trail
        ? trail.price
        : price
      : (multiply(price, share, { decimals: 8, rounding: "half-even" }) as Price);
  order.stop = side === "sell" ? subtract(price, behind) : add(price, behind);
}

export function isTriggered({ side, stop, takesProfit }: EmulatedOrder, price: Price): boolean {
  if (stop === undefined) return false;
  const rises = (side === "buy") !== (takesProfit === true);
  return rises ? price >= stop : price <= stop;
}
