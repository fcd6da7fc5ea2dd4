import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ShieldAlert } from "lucide-react";
import { lazy, Suspense } from "react";
import type { RiskView } from "../../schema/wire/risk.ts";
import type { TradingAccount } from "../../schema/wire/trading.ts";
import { sessionQuery } from "../api/queries.ts";
import { parseRiskSearch } from "../app/trading-search.ts";
import { accountInView } from "../trading/account-order.ts";
import { chooseAccount, useChosenAccount } from "../trading/chosen-account.ts";
import { ModeWord } from "../trading/mode-word.tsx";
import { accountsQuery, archivedBotsQuery, botsQuery, dashboardQuery, riskQuery } from "../trading/queries.ts";
import { ReplayStrip } from "../trading/replay-strip.tsx";
import { AccountStream } from "../trading/stream-state.tsx";
import { buttonClass } from "../ui/button.tsx";
import { boxClass } from "../ui/field.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Empty, Failure, Skeleton } from "../ui/states.tsx";
import { CapBars } from "./cap-bars.tsx";
import { LimitsForm } from "./limits-form.tsx";
import { StatesSection } from "./states-section.tsx";
import { VerdictLog } from "./verdict-log.tsx";

const Differences = lazy(async () => ({ default: (await import("../trading/differences.tsx")).Differences }));
const HoursForm = lazy(async () => ({ default: (await import("./hours-form.tsx")).HoursForm }));

/** What bounds an account: its switches, its caps and how much of each is used, and every verdict. */
export function RiskPage() {
  const search = useSearch({ from: "/app/risk" });
  const chosen = useChosenAccount();
  const accounts = useQuery(accountsQuery);
  const account = accountInView(accounts.data ?? [], [search.account, chosen]);
  return (
    <Page
      title="Risk"
      actions={
        account !== undefined && (
          <Link to="/settings" search={{ section: "accounts" }} className={buttonClass("quiet")}>
            Rename or delete accounts
          </Link>
        )
      }
      {...(account === undefined ? {} : { heading: <Heading account={account} all={accounts.data ?? []} /> })}
    >
      {accounts.isPending ? (
        <RiskSkeleton />
      ) : accounts.data === undefined ? (
        <Failure error={accounts.error} onRetry={() => void accounts.refetch()} />
      ) : account === undefined ? (
        <div className="card">
          <Empty
            icon={ShieldAlert}
            title="Caps that nothing gets past"
            action={
              <Link to="/bots/new" className={buttonClass("primary")}>
                Start the first bot
              </Link>
            }
          >
            Every order is held against the limits of its bot, its account and the platform before it leaves. With the
            first account, this page shows how much of each limit is used and what was refused.
          </Empty>
        </div>
      ) : (
        <AccountRisk key={account.id} account={account} />
      )}
    </Page>
  );
}

function Heading({ account, all }: { account: TradingAccount; all: readonly TradingAccount[] }) {
  const navigate = useNavigate({ from: "/risk" });
  return (
    <>
      Risk
      {all.length > 1 && (
        <select
          aria-label="Account"
          value={account.id}
          onChange={(event) => {
            chooseAccount(event.target.value);
            void navigate({ search: (now) => parseRiskSearch({ ...now, account: event.target.value }), replace: true });
          }}
          className={`${boxClass} select-arrow max-w-72 pr-7 text-base font-normal`}
        >
          {all.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
      <ModeWord account={account} />
    </>
  );
}

function AccountRisk({ account }: { account: TradingAccount }) {
  const query = useQuery(riskQuery(account.id));
  if (query.isPending) return <RiskSkeleton />;
  if (query.data === undefined) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  return <Parts account={account} risk={query.data} />;
}

function Parts({ account, risk }: { account: TradingAccount; risk: RiskView }) {
  const [running, old] = [useQuery(botsQuery), useQuery(archivedBotsQuery)];
  if (running.isPending || old.isPending) return <RiskSkeleton />;
  const [bots, archived] = [running.data ?? [], old.data ?? []];
  const nameOf = (botId: string) => [...bots, ...archived].find(({ id }) => id === botId)?.name ?? botId;
  // A bot in the archive cannot trade: its switch and its caps are nothing to watch.
  const isArchived = (botId: string | null) => archived.some(({ id }) => id === botId);
  const states = risk.states.filter(({ scope, id }) => scope !== "bot" || !isArchived(id));
  const uses = risk.uses.filter(({ botId }) => !isArchived(botId));
  return (
    <>
      <ReplayStrip account={account} marketAt={null} className="mb-6" />
      {account.market.kind === "venue" && (
        <p className="mb-6">
          <AccountStream accountId={account.id} whole />
        </p>
      )}
      <DifferencesSection accountId={account.id} />
      <StatesSection {...{ accountId: account.id, states, bots, nameOf }} />
      <CapBars uses={uses} currency={account.currency} nameOf={nameOf} />
      <Section
        title="Limits of the account"
        note="Held against everything on it together. Lowering holds at once; raising asks who you are and waits a minute."
      >
        <LimitsForm accountId={account.id} currency={account.currency} risk={risk} />
      </Section>
      <Section
        title="Hours"
        note="When orders of this account may be sent, whoever sends them. Widening them asks who you are and waits a minute."
      >
        <Suspense fallback={<Skeleton className="h-32 w-full" />}>
          <HoursForm accountId={account.id} risk={risk} />
        </Suspense>
      </Section>
      <VerdictLog accountId={account.id} nameOf={nameOf} />
    </>
  );
}

/** What differs from the venue's books; nothing while they agree. */
function DifferencesSection({ accountId }: { accountId: string }) {
  const differences = useQuery(dashboardQuery).data?.accounts[accountId]?.differences ?? [];
  const viewing = useQuery(sessionQuery).data?.viewing ?? null;
  if (differences.length === 0) return null;
  return (
    <Section
      title="Differences from the venue"
      note="Trading stops where our books and the venue's differ by the same twice, until somebody has looked."
    >
      <Suspense fallback={<Skeleton className="h-24 w-full" />}>
        <Differences accountId={accountId} differences={differences} own={viewing === null} />
      </Suspense>
    </Section>
  );
}

function RiskSkeleton() {
  return (
    <div role="status" aria-label="Loading the limits">
      <Skeleton className="mb-6 h-44 w-full" />
      <Skeleton className="mb-6 h-64 w-full" />
      <Skeleton className="h-64 w-full" />
    </div>
  );
}
