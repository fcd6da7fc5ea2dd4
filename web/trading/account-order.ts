import type { DashboardAccount } from "../../schema/wire/bot.ts";

/** Accounts in an order that does not change with who reported last: by name, then by id. */
export function byName(accounts: Readonly<Record<string, DashboardAccount>>): DashboardAccount[] {
  return Object.values(accounts).sort(
    (left, right) => left.name.localeCompare(right.name) || left.accountId.localeCompare(right.accountId),
  );
}
