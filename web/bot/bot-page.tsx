import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import { lazy, Suspense } from "react";
import { type Bot, BotState } from "../../schema/wire/bot.ts";
import { type BotTab, parseBotSearch } from "../app/trading-search.ts";
import { timeframeWords } from "../format/timeframe.ts";
import { OrderDialog } from "../order/order-dialog.tsx";
import { instrumentName } from "../trading/instrument-name.ts";
import { LivePart } from "../trading/live-part.tsx";
import { BotStatusBadge, ModeWord } from "../trading/mode-word.tsx";
import { positionColumns } from "../trading/position-columns.tsx";
import { accountsQuery, botQuery, botStateQuery, dashboardQuery } from "../trading/queries.ts";
import { ReplayStrip } from "../trading/replay-strip.tsx";
import { AccountStream } from "../trading/stream-state.tsx";
import { type Live, useLive } from "../trading/use-live.ts";
import { useMarket } from "../trading/use-market.ts";
import { Button } from "../ui/button.tsx";
import { Connection } from "../ui/connection.tsx";
import { Page } from "../ui/page.tsx";
import { RecordTable } from "../ui/record-table.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Failure, Skeleton } from "../ui/states.tsx";
import { BotControls } from "./bot-controls.tsx";
import { BotNumbers } from "./bot-numbers.tsx";
import { BotTabPanel } from "./bot-tabs.tsx";
import { Why } from "./bot-why.tsx";
import { atLastPrices } from "./live-figures.ts";

const BotChart = lazy(async () => ({ default: (await import("./bot-chart.tsx")).BotChart }));

const TABS: readonly { value: BotTab; label: string }[] = [
  { value: "orders", label: "Orders" },
  { value: "fills", label: "Fills" },
  { value: "shadow", label: "Beside its backtest" },
  { value: "log", label: "Log" },
  { value: "settings", label: "Settings" },
];
/** Of a bot that signals drive: it has no backtest. */
const DRIVEN_TABS: typeof TABS = [
  { value: "signals", label: "Signals" },
  ...TABS.filter(({ value }) => value !== "shadow"),
];

/** One bot: what it does, on what, with what, and its controls. */
export function BotPage() {
  const { id } = useParams({ from: "/app/bots/$id" });
  const query = useQuery(botQuery(id));
  if (query.isPending) return <BotSkeleton />;
  if (query.data === undefined) {
    return (
      <Page title="Bot">
        <div className="card">
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        </div>
      </Page>
    );
  }
  return <OneBot key={id} bot={query.data} />;
}

/** How often the state is asked for while the socket is away. */
const WITHOUT_SOCKET_MS = 5_000;

/** The bot's state over its socket; before that has spoken, and while it is away for long, as it was asked for. */
function useBotState(id: string): Live<BotState> {
  const live = useLive(`/bots/${id}/live`, BotState);
  const { kind } = live.connection;
  const asked = useQuery({
    ...botStateQuery(id),
    enabled: live.value === null || kind === "offline",
    refetchInterval: kind === "live" ? false : WITHOUT_SOCKET_MS,
  });
  const value = kind === "offline" ? (asked.data ?? live.value) : (live.value ?? asked.data ?? null);
  return { ...live, value };
}

function OneBot({ bot }: { bot: Bot }) {
  const live = useBotState(bot.id);
  const state = live.value;
  const search = useSearch({ from: "/app/bots/$id" });
  const navigate = useNavigate({ from: "/bots/$id" });
  const account = useQuery(accountsQuery).data?.find(({ id }) => id === bot.accountId);
  const currency = account?.currency ?? "";
  const { instruments } = bot.definition;
  const instrument = instruments.find((known) => known === search.market) ?? instruments[0];
  const set = (change: Record<string, unknown>) =>
    void navigate({ search: (now) => parseBotSearch({ ...now, ...change }), replace: true });
  const status = state?.status ?? bot.status;
  // On the simulated market its time is ours, so that older bots have a begin too.
  const beganAt = state?.beganAt ?? (account !== undefined && account.market.kind !== "replay" ? bot.startedAt : null);
  const market = useMarket({
    ...{ accountId: bot.accountId, instrument, timeframe: bot.definition.timeframe },
    ...{ marketAt: state?.marketAt ?? bot.lastCandleAt, since: beganAt },
  });
  const { positions: held = [], halt = null } = useQuery(dashboardQuery).data?.accounts[bot.accountId] ?? {};
  const prices = { ...Object.fromEntries(held.map((row) => [row.instrument, row.mark])) };
  if (market.market !== null) prices[instrument] = market.market.price;
  const now = state === null ? null : atLastPrices(state, prices);
  const driven = bot.definition.strategy.kind === "signals";
  const tabs = driven ? DRIVEN_TABS : TABS;
  const tab = tabs.find(({ value }) => value === search.tab)?.value ?? tabs[0].value;
  return (
    <Page
      title={bot.name}
      heading={
        <>
          <span className="min-w-0">{bot.name}</span>
          <BotStatusBadge status={status} />
          {account !== undefined && <ModeWord account={account} />}
        </>
      }
      below={<Facts bot={bot} accountName={account?.name ?? ""} live={live} />}
      actions={<BotControls bot={bot} state={state} />}
    >
      <Why {...{ bot, status, halt }} reason={state === null ? bot.reason : state.reason} error={live.error} />
      {state?.signals?.heardAt === null && <Unheard />}
      <ReplayStrip
        account={account}
        marketAt={Math.max(state?.marketAt ?? 0, market.market?.at ?? 0) || null}
        className="mb-4"
      />
      <LivePart state={live.connection}>
        <BotNumbers
          state={now}
          currency={currency}
          capital={bot.definition.capital}
          realTime={account !== undefined && account.market.kind !== "replay"}
        />
      </LivePart>
      <div className="mt-4 grid gap-4">
        <Suspense fallback={<Skeleton className="h-[500px] w-full" />}>
          <BotChart
            {...{ bot, state, instrument, beganAt }}
            live={market}
            onInstrument={(chosen) => set({ market: chosen })}
          />
        </Suspense>
        <LivePart state={live.connection}>
          <Positions state={now} currency={currency} />
        </LivePart>
        <section id={MORE_ID} aria-label="More of the bot" className="card min-w-0 scroll-mt-16 overflow-hidden">
          <div className="scroll-thin overflow-x-auto border-b border-line px-3 py-2">
            <Segmented label="What is shown" value={tab} choices={tabs} onChange={(value) => set({ tab: value })} />
          </div>
          <BotTabPanel tab={tab} bot={bot} state={state} currency={currency} onOrder={(order) => set({ order })} />
        </section>
      </div>
      {search.order !== undefined && <OrderDialog id={search.order} onClose={() => set({ order: undefined })} />}
    </Page>
  );
}

function Facts({ bot, accountName, live }: { bot: Bot; accountName: string; live: Live<BotState> }) {
  const { definition } = bot;
  return (
    <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-muted">
      <span>{bot.strategyTitle}</span>
      <span>
        {definition.instruments.map(instrumentName).join(", ")}, {timeframeWords(definition.timeframe)}
      </span>
      <Link
        to="/risk"
        search={{ account: bot.accountId }}
        className="max-w-64 truncate underline-offset-2 hover:underline"
      >
        {accountName}
      </Link>
      <AccountStream accountId={bot.accountId} />
      <span className="num">version {live.value?.version ?? bot.version}</span>
      <Connection state={live.connection} />
    </p>
  );
}

/** What a bot that signals drive needs before it can do anything. */
function Unheard() {
  return (
    <p className="mb-4 flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line-strong px-4 py-3">
      <span className="text-muted">
        Nothing was sent to this bot yet. Make its address, and put that and the text beside it into an alert.
      </span>
      <Button onClick={() => document.querySelector(`#${MORE_ID}`)?.scrollIntoView({ behavior: "smooth" })}>
        To its address
      </Button>
    </p>
  );
}

const MORE_ID = "more-of-the-bot";

function Positions({ state, currency }: { state: BotState | null; currency: string }) {
  const rows = (state?.positions ?? []).filter(({ quantity }) => Number(quantity) !== 0);
  const unprotected = state?.unprotected ?? [];
  return (
    <section aria-label="Position" className="card overflow-hidden">
      <h2 className="border-b border-line px-4 py-2.5 font-semibold">Position</h2>
      {rows.length === 0 ? (
        <p className="px-4 py-4 text-muted">Nothing is held.</p>
      ) : (
        <RecordTable
          label="Position of the bot"
          rows={rows}
          columns={positionColumns(currency)}
          keyOf={(row) => row.instrument}
        />
      )}
      {unprotected.map((words) => (
        <p key={words} role="status" className="flex items-start gap-3 border-t border-line bg-danger-soft px-4 py-3">
          <CircleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-danger" />
          {words}
        </p>
      ))}
    </section>
  );
}

function BotSkeleton() {
  return (
    <div role="status" aria-label="Loading the bot" className="mx-auto max-w-[1480px] px-6 pt-6 max-md:px-4">
      <Skeleton className="mb-2 h-7 w-72" />
      <Skeleton className="mb-6 h-4 w-96 max-w-full" />
      <Skeleton className="mb-4 h-20 w-full" />
      <Skeleton className="h-[500px] w-full" />
    </div>
  );
}
