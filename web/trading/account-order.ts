import type { DashboardAccount } from "../../schema/wire/bot.ts";
import type { TradingAccount } from "../../schema/wire/trading.ts";

/** Accounts in an order that does not change with who reported last: by name, then by id. */
export function byName(accounts: Readonly<Record<string, DashboardAccount>>): DashboardAccount[] {
  return Object.values(accounts).sort(
    (left, right) => left.name.localeCompare(right.name) || left.accountId.localeCompare(right.accountId),
  );
}

type Made = Pick<TradingAccount, "id" | "createdAt">;

/**
 * The account that a page begins with: the first of `wanted` that there is, otherwise the one that was made first, which is the
 * one that the top bar shows to whoever has not chosen. It is no other once further accounts are made. Undefined where there is
 * no account.
 */
export function accountInView<T extends Made>(
  accounts: readonly T[],
  wanted: readonly (string | null | undefined)[],
): T | undefined {
  const known = wanted.find((id) => accounts.some((account) => account.id === id));
  if (known !== undefined) return accounts.find(({ id }) => id === known);
  return [...accounts].sort((left, right) => left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1))[0];
}

/**
 * As `accountInView`, of the accounts as the dashboard tells of them; `made` says when each was made. Undefined also while that
 * is not known and several could be meant: the wrong one is never shown for a moment.
 */
export function dashboardAccountInView(
  accounts: readonly DashboardAccount[],
  { chosen, made }: { readonly chosen: string | null; readonly made: readonly Made[] | undefined },
): DashboardAccount | undefined {
  const named = accounts.find(({ accountId }) => accountId === chosen);
  if (named !== undefined || accounts.length <= 1) return named ?? accounts[0];
  if (made === undefined) return undefined;
  const first = accountInView(
    made.filter(({ id }) => accounts.some(({ accountId }) => accountId === id)),
    [],
  );
  return accounts.find(({ accountId }) => accountId === first?.id) ?? accounts[0];
}
