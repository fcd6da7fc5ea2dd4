import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bot, Plus } from "lucide-react";
import type { DashboardState } from "../../schema/wire/bot.ts";
import { byName } from "../trading/account-order.ts";
import { useDashboardConnection } from "../trading/dashboard-connection.ts";
import { LivePart } from "../trading/live-part.tsx";
import { accountsQuery, dashboardQuery } from "../trading/queries.ts";
import { ReplayStrip } from "../trading/replay-strip.tsx";
import { useDashboardAccount } from "../trading/use-dashboard-account.ts";
import { buttonClass } from "../ui/button.tsx";
import { Connection } from "../ui/connection.tsx";
import { Page } from "../ui/page.tsx";
import { Empty, Failure, Skeleton } from "../ui/states.tsx";
import { AccountsCard } from "./accounts-card.tsx";
import { AlertsCard } from "./alerts-card.tsx";
import { BotsCard } from "./bots-card.tsx";
import { EquityCard } from "./equity-card.tsx";
import { PositionsCard } from "./positions-card.tsx";

/** The first page: what there is, how the day goes, what trades, what to look at. */
export function DashboardPage() {
  const query = useQuery(dashboardQuery);
  const connection = useDashboardConnection();
  return (
    <Page
      title="Dashboard"
      below={
        <div className="mt-1 lg:hidden">
          <Connection state={connection} />
        </div>
      }
      actions={
        <Link to="/bots/new" className={buttonClass("primary")}>
          <Plus size={15} aria-hidden /> New bot
        </Link>
      }
    >
      {query.isPending ? (
        <DashboardSkeleton />
      ) : query.data === undefined ? (
        <div className="card">
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        </div>
      ) : Object.keys(query.data.accounts).length === 0 ? (
        <FirstSteps />
      ) : (
        <LivePart state={connection}>
          <Overview state={query.data} />
        </LivePart>
      )}
    </Page>
  );
}

function Overview({ state }: { state: DashboardState }) {
  const accounts = byName(state.accounts);
  const list = useQuery(accountsQuery).data;
  const account = useDashboardAccount(accounts);
  if (account === undefined) return <DashboardSkeleton />;
  const bots = Object.values(state.bots);
  const known = list?.find(({ id }) => id === account.accountId);
  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_360px]">
      <div className="grid min-w-0 content-start gap-4">
        <ReplayStrip account={known} marketAt={account.marketAt} />
        <EquityCard key={account.accountId} account={account} />
        <BotsCard bots={bots} accounts={state.accounts} />
        <PositionsCard accounts={accounts} />
      </div>
      <div className="grid min-w-0 content-start gap-4">
        <AccountsCard accounts={accounts} chosen={account.accountId} />
        <AlertsCard alerts={state.alerts} accounts={state.accounts} />
      </div>
    </div>
  );
}

function FirstSteps() {
  return (
    <div className="card">
      <Empty
        icon={Bot}
        title="Let a strategy trade on paper money"
        action={
          <Link to="/bots/new" className={buttonClass("primary")}>
            Start the first bot
          </Link>
        }
      >
        Choose a strategy and a market; the caps are suggested from what it would have done last month. An account with
        simulated money is made on the way. It takes about a minute.
      </Empty>
    </div>
  );
}

function DashboardSkeleton() {
  return (
    <div role="status" aria-label="Loading the dashboard" className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_360px]">
      <div className="grid gap-4">
        <Skeleton className="h-[348px] w-full" />
        <Skeleton className="h-64 w-full" />
      </div>
      <div className="grid content-start gap-4">
        <Skeleton className="h-48 w-full" />
        <Skeleton className="h-64 w-full" />
      </div>
    </div>
  );
}
