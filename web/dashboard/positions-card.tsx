import { Link } from "@tanstack/react-router";
import type { DashboardAccount } from "../../schema/wire/bot.ts";
import { AccountTag } from "../trading/account-tag.tsx";
import { positionColumns } from "../trading/position-columns.tsx";
import { buttonClass } from "../ui/button.tsx";
import { RecordTable } from "../ui/record-table.tsx";

/** What is held now, account by account. */
export function PositionsCard({ accounts }: { accounts: readonly DashboardAccount[] }) {
  const holding = accounts
    .map((account) => ({ account, rows: account.positions.filter(({ quantity }) => Number(quantity) !== 0) }))
    .filter(({ rows }) => rows.length > 0);
  return (
    <section aria-label="Open positions" className="card overflow-hidden">
      <div className="flex items-center justify-between border-b border-line py-1.5 pr-2 pl-4">
        <h2 className="font-semibold">Open positions</h2>
        <Link to="/orders" search={{ ticket: "open" }} className={buttonClass("quiet", "px-2")}>
          Place an order
        </Link>
      </div>
      {holding.length === 0 && (
        <p className="px-4 py-5 text-muted">Nothing is held. What a bot or you buy stands here.</p>
      )}
      {holding.map(({ account, rows }) => (
        <div key={account.accountId}>
          {accounts.length > 1 && (
            <h3 className="flex px-4 pt-3 text-table text-muted">
              <AccountTag account={account} />
            </h3>
          )}
          <RecordTable
            label={`Open positions of ${account.name}`}
            rows={rows}
            columns={positionColumns(account.currency)}
            keyOf={({ instrument }) => instrument}
          />
        </div>
      ))}
    </section>
  );
}
