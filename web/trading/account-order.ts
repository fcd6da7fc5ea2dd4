import type { DashboardAccount } from "../../schema/wire/bot.ts";
import type { TradingAccount } from "../../schema/wire/trading.ts";

/** Accounts in an order that does not change with who reported last: by name, then by id. */
export function byName(accounts: Readonly<Record<string, DashboardAccount>>): DashboardAccount[] {
  return Object.values(accounts).sort(
    (left, right) => left.name.localeCompare(right.name) || left.accountId.localeCompare(right.accountId),
  );
}

/**
 * The account that a page begins with: the first of `wanted` that there is, otherwise the first by name, which is the one
 * that the top bar shows to whoever has not chosen. Undefined where there is no account.
 */
export function accountInView(
  accounts: readonly TradingAccount[],
  wanted: readonly (string | null | undefined)[],
): TradingAccount | undefined {
  const known = wanted.find((id) => accounts.some((account) => account.id === id));
  if (known !== undefined) return accounts.find(({ id }) => id === known);
  return [...accounts].sort((left, right) => left.name.localeCompare(right.name) || left.id.localeCompare(right.id))[0];
}
