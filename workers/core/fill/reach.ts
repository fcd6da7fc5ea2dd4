import { type Order, restsAsLimit, stopLevel, waitsForStop } from "./order.ts";

/**
 * Price at which a walk from `at` to `to` reaches the order; NaN where it does not. A stop is reached by touching it; a
 * limit is passed, or touched where `touch` says that this is enough.
 */
export function reachedBetween(order: Order, at: number, to: number, touch: boolean): number {
  if (to === at) return Number.NaN;
  const falling = to < at;
  if (waitsForStop(order)) {
    if (falling !== order.side < 0) return Number.NaN;
    const level = stopLevel(order);
    if (falling) return to <= level ? Math.min(level, at) : Number.NaN;
    return to >= level ? Math.max(level, at) : Number.NaN;
  }
  if (!restsAsLimit(order) || falling !== order.side > 0) return Number.NaN;
  const { limit } = order;
  if (falling) return to < limit || (touch && to === limit) ? Math.min(limit, at) : Number.NaN;
  return to > limit || (touch && to === limit) ? Math.max(limit, at) : Number.NaN;
}

/** Whether a limit could trade at the price right now. */
export function isMarketable(order: Order, price: number): boolean {
  return order.side > 0 ? price <= order.limit : price >= order.limit;
}

/** Moves the best price of a trailing stop: the highest for one that sells, the lowest for one that buys. */
export function trail(order: Order, price: number): void {
  order.extreme = order.side < 0 ? Math.max(order.extreme, price) : Math.min(order.extreme, price);
}
