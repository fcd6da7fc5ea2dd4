import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { DashboardAccount } from "../../schema/wire/bot.ts";
import { decimalNumber, formatAmount } from "../format/decimal.ts";
import { formatPercent } from "../format/format.ts";
import { EquityChart } from "../trading/equity-chart.tsx";
import { ModeWord, TradingStateBadge } from "../trading/mode-word.tsx";
import { equityQuery } from "../trading/queries.ts";
import { Hint } from "../ui/hint.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Signed } from "../ui/signed.tsx";
import { Failure, Skeleton } from "../ui/states.tsx";

const DAY_MS = 86_400_000;
const RANGES = [
  { value: "1", label: "1D", hint: "The last day of the market" },
  { value: "7", label: "1W", hint: "The last week" },
  { value: "30", label: "1M", hint: "The last month" },
  { value: "all", label: "All", hint: "Since the account was opened" },
] as const;
type Range = (typeof RANGES)[number]["value"];

/** What an account is worth now, what today brought, and how it came to that. */
export function EquityCard({ account }: { account: DashboardAccount }) {
  const { currency, equity, profitToday } = account;
  const [range, setRange] = useState<Range>("all");
  const today = decimalNumber(profitToday);
  const before = Number(equity) - Number(profitToday);
  return (
    <section aria-label={`Equity of ${account.name}`} className="card min-w-0 overflow-hidden">
      <div className="flex flex-wrap items-start justify-between gap-x-8 gap-y-3 px-5 pt-4">
        <div className="min-w-0">
          <div className="flex min-w-0 items-center gap-2 text-table text-muted">
            <span className="truncate">{account.name}</span>
            <ModeWord account={account} />
            {account.state !== "ACTIVE" && <TradingStateBadge state={account.state} />}
          </div>
          <div className="num text-headline leading-10 font-semibold tracking-[-0.02em] max-sm:text-[24px]">
            {formatAmount(equity, currency)}
          </div>
        </div>
        <dl className="num flex gap-8">
          <div>
            <dt className="text-table text-muted">Today</dt>
            <dd className="mt-1 font-semibold">
              <Signed value={today}>{formatAmount(profitToday, currency, { sign: "always" })}</Signed>{" "}
              <span className="font-normal text-muted">
                {formatPercent(before > 0 ? (today ?? 0) / before : null, { sign: "always" })}
              </span>
            </dd>
          </div>
          <div>
            <dt className="flex items-center gap-1 text-table text-muted">
              Below the peak
              <Hint label="Below the peak">
                How far equity is now under the highest it ever was, open positions included.
              </Hint>
            </dt>
            <dd className="mt-1 font-semibold">{formatPercent(decimalNumber(account.drawdown))}</dd>
          </div>
        </dl>
      </div>
      <div className="px-4 pt-3">
        <Segmented label="Stretch of time" value={range} choices={RANGES} onChange={setRange} />
      </div>
      <History account={account} range={range} />
    </section>
  );
}

function History({ account, range }: { account: DashboardAccount; range: Range }) {
  // Begins at a whole hour, so that each tick of the market does not ask anew.
  const now = Math.floor((account.marketAt ?? 0) / 3_600_000) * 3_600_000;
  const from = range === "all" || account.marketAt === null ? undefined : now - Number(range) * DAY_MS;
  const query = useQuery(equityQuery(account.accountId, from));
  const points = useMemo(() => withNow(query.data?.points ?? [], account), [query.data, account]);
  if (query.isPending) return <Skeleton className="m-4 h-52" />;
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  if (points.length < 2)
    return <p className="px-5 pt-6 pb-8 text-muted">The line begins with the first hours of trading.</p>;
  return (
    <EquityChart
      points={points}
      currency={account.currency}
      label={`Equity of ${account.name} over time.`}
      className="mt-2 h-56"
    />
  );
}

function withNow(points: readonly { at: number; equity: number }[], account: DashboardAccount) {
  const { marketAt, equity } = account;
  const last = points.at(-1);
  if (marketAt === null || (last !== undefined && last.at >= marketAt)) return points;
  return [...points, { at: marketAt, equity: Number(equity) }];
}
