import type { Account } from "../engine/account.ts";

/**
 * Price at which equity falls to the maintenance margin `maintenance` (a share of the positions' value), the other
 * positions at their marks; NaN when flat, and not positive where no price does that. From E + q·p = m·(|q|·p + N): E and
 * N the equity and the exposure without this position.
 */
export function liquidationPrice(account: Account, index: number, maintenance: number): number {
  const own = account.positions[index];
  if (own.quantity === 0) return Number.NaN;
  const size = Math.abs(own.quantity);
  const equity = account.equity() - own.quantity * own.mark;
  const exposure = account.exposure() - size * own.mark;
  return (maintenance * exposure - equity) / (own.quantity - maintenance * size);
}

/** Price at which a walk from `at` to `to` liquidates the position; NaN where it does not. */
export function liquidationBetween(
  account: Account,
  index: number,
  maintenance: number,
  at: number,
  to: number,
): number {
  const { quantity } = account.positions[index];
  if (quantity === 0 || to === at || to < at !== quantity > 0) return Number.NaN;
  const price = liquidationPrice(account, index, maintenance);
  if (!(price > 0)) return Number.NaN;
  if (quantity > 0) return to <= price ? Math.min(price, at) : Number.NaN;
  return to >= price ? Math.max(price, at) : Number.NaN;
}
