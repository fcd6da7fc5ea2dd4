import { useQuery } from "@tanstack/react-query";
import type { DashboardAccount } from "../../schema/wire/bot.ts";
import { dashboardAccountInView } from "./account-order.ts";
import { useChosenAccount } from "./chosen-account.ts";
import { accountsQuery } from "./queries.ts";

/** The account in view, of those that the dashboard tells of; undefined where there is none, and until it is known which is meant. */
export function useDashboardAccount(accounts: readonly DashboardAccount[]): DashboardAccount | undefined {
  const chosen = useChosenAccount();
  const list = useQuery(accountsQuery);
  // Without the list the first by name is better than none.
  const made = list.isError ? [] : list.data;
  return dashboardAccountInView(accounts, { chosen, made });
}
