import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { useEffect } from "react";
import { DashboardState } from "../../schema/wire/bot.ts";
import { queryClient } from "../api/runtime.ts";
import { decimalNumber, formatAmount, formatAmountShort } from "../format/decimal.ts";
import { Connection } from "../ui/connection.tsx";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from "../ui/menu.tsx";
import { Signed } from "../ui/signed.tsx";
import { byName } from "./account-order.ts";
import { chooseAccount } from "./chosen-account.ts";
import { tellChannel, tellConnection } from "./dashboard-connection.ts";
import { hearOrderChanges } from "./hear-order-changes.ts";
import { ModeWord } from "./mode-word.tsx";
import { accountLabel } from "./mode-words.ts";
import { dashboardQuery } from "./queries.ts";
import { useDashboardAccount } from "./use-dashboard-account.ts";
import { useLive } from "./use-live.ts";

/** How often the state is asked for while the socket is away. */
const WITHOUT_SOCKET_MS = 10_000;

/**
 * The account that is looked at, in the top bar of every page. It keeps the one socket of the person's state open and
 * lays what that says into the cache, from which all pages read.
 */
export function AccountStrip() {
  const live = useLive("/dashboard/live", DashboardState);
  useEffect(() => {
    if (live.value === null) return;
    queryClient.setQueryData(dashboardQuery.queryKey, live.value);
    hearOrderChanges(live.value.accounts);
  }, [live.value]);
  useEffect(() => tellConnection(live.connection), [live.connection]);
  useEffect(() => tellChannel(live.channel), [live.channel]);
  const navigate = useNavigate();
  // Where no socket gets through, the state is asked for.
  const refetchInterval = live.connection.kind === "live" ? false : WITHOUT_SOCKET_MS;
  const accounts = byName(useQuery({ ...dashboardQuery, refetchInterval }).data?.accounts ?? {});
  const account = useDashboardAccount(accounts);
  if (account === undefined) return null;
  const { currency } = account;
  return (
    <div className="flex min-w-0 items-center gap-3">
      <Menu
        label="Accounts"
        trigger={
          <button
            type="button"
            className="num flex h-8 min-w-0 items-center gap-2 rounded-md px-2 hover:bg-hover max-sm:gap-1.5 max-sm:px-1"
          >
            <span className="sr-only">Account in view: </span>
            <span className="max-w-40 truncate font-medium max-lg:sr-only">{account.name}</span>
            <ModeWord account={account} />
            <span className="whitespace-nowrap max-sm:hidden">{formatAmount(account.equity, currency)}</span>
            <span className="text-table whitespace-nowrap sm:hidden">
              {formatAmountShort(account.equity, currency)}
            </span>
            <Signed value={decimalNumber(account.profitToday)} className="whitespace-nowrap max-lg:hidden">
              {formatAmount(account.profitToday, "", { sign: "always" })} <span className="text-muted">today</span>
            </Signed>
            <ChevronDown size={13} aria-hidden className="shrink-0 text-faint" />
          </button>
        }
      >
        <MenuLabel>Account in view</MenuLabel>
        <MenuChoice
          value={account.accountId}
          onChange={chooseAccount}
          choices={accounts.map((one) => ({ value: one.accountId, label: accountLabel(one) }))}
        />
        <MenuLine />
        <MenuItem onSelect={() => void navigate({ to: "/risk", search: { account: account.accountId } })}>
          Risk of this account
        </MenuItem>
      </Menu>
      <span className="max-lg:hidden">
        <Connection state={live.connection} />
      </span>
    </div>
  );
}
