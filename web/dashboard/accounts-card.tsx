import { useQuery } from "@tanstack/react-query";
import type { DashboardAccount } from "../../schema/wire/bot.ts";
import { decimalNumber, formatAmount } from "../format/decimal.ts";
import { chooseAccount } from "../trading/chosen-account.ts";
import { ModeWord, TradingStateBadge } from "../trading/mode-word.tsx";
import { accountsQuery } from "../trading/queries.ts";
import { ReplayBadge } from "../trading/replay-strip.tsx";
import { AccountStream } from "../trading/stream-state.tsx";
import { classNames } from "../ui/class-names.ts";
import { Signed } from "../ui/signed.tsx";

/** How an account hears of its venue, where that is worth a word: nothing while all is as it should be. */
function Line({ account: { accountId, connection, venue, stream } }: { account: DashboardAccount }) {
  if (connection === "disconnected" && venue === null) return <span className="text-danger">venue away</span>;
  if (connection === "disconnected") return <AccountStream accountId={accountId} />;
  const isStreamAway = stream !== null && stream.state !== "live" && stream.state !== "polled";
  return (
    <>
      {connection === "reconciling" && <span className="text-notice">comparing with the venue</span>}
      {isStreamAway && <AccountStream accountId={accountId} />}
    </>
  );
}

/** Every account, to look at one of them. */
export function AccountsCard({ accounts, chosen }: { accounts: readonly DashboardAccount[]; chosen: string }) {
  const known = useQuery(accountsQuery).data;
  return (
    <section aria-label="Accounts" className="card overflow-hidden">
      <h2 className="border-b border-line px-4 py-2.5 font-semibold">Accounts</h2>
      <ul>
        {accounts.map((account) => (
          <li key={account.accountId} className="border-b border-line/70 last:border-b-0">
            <button
              type="button"
              aria-pressed={account.accountId === chosen}
              onClick={() => chooseAccount(account.accountId)}
              className={classNames(
                "num block w-full px-4 py-2.5 text-left hover:bg-hover focus-visible:outline-offset-[-2px]",
                account.accountId === chosen && accounts.length > 1 && "bg-hover",
              )}
            >
              <span className="flex items-center justify-between gap-3">
                <span className="min-w-0 truncate font-medium" title={account.name}>
                  {account.name}
                </span>
                <span className="shrink-0 font-medium">{formatAmount(account.equity, account.currency)}</span>
              </span>
              <span className="mt-1 flex items-center justify-between gap-3 text-table text-muted">
                <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
                  <ModeWord account={account} />
                  <ReplayBadge account={known?.find(({ id }) => id === account.accountId)} />
                  {account.state !== "ACTIVE" && <TradingStateBadge state={account.state} />}
                  {account.openOrders === 0
                    ? "no open orders"
                    : `${account.openOrders} open ${account.openOrders === 1 ? "order" : "orders"}`}
                  <Line account={account} />
                </span>
                <span className="shrink-0">
                  <Signed value={decimalNumber(account.profitToday)}>
                    {formatAmount(account.profitToday, "", { sign: "always" })}
                  </Signed>{" "}
                  today
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
