import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Bot as BotIcon, ListFilter, Plus } from "lucide-react";
import { useMemo } from "react";
import type { Bot } from "../../schema/wire/bot.ts";
import { BOT_STATUSES, parseBotsSearch } from "../app/trading-search.ts";
import { formatCount } from "../format/format.ts";
import { useDashboardConnection } from "../trading/dashboard-connection.ts";
import { botStatusWord } from "../trading/mode-word.tsx";
import { accountsQuery, archivedBotsQuery, botsQuery, dashboardQuery } from "../trading/queries.ts";
import { buttonClass } from "../ui/button.tsx";
import { Connection } from "../ui/connection.tsx";
import { CsvButton } from "../ui/csv-button.tsx";
import { boxClass } from "../ui/field.tsx";
import { ListTable } from "../ui/list-table.tsx";
import { Page } from "../ui/page.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Empty, Failure, SkeletonRows } from "../ui/states.tsx";
import { BotCard, botColumns } from "./bot-columns.tsx";
import { BOT_CSV } from "./bot-csv.ts";
import { arrangeBots, firstOrder } from "./bot-list.ts";

/** Every bot of the person, with where it stands. */
export function BotsPage() {
  const search = useSearch({ from: "/app/bots" });
  const query = useQuery(search.archived ? archivedBotsQuery : botsQuery);
  const connection = useDashboardConnection();
  return (
    <Page
      title="Bots"
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
      <div className="card overflow-hidden">
        {query.isPending ? (
          <SkeletonRows rows={6} />
        ) : query.data === undefined ? (
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        ) : query.data.length === 0 && !search.archived ? (
          <NoBots />
        ) : (
          <Bots bots={query.data} />
        )}
      </div>
    </Page>
  );
}

function NoBots() {
  return (
    <Empty
      icon={BotIcon}
      title="A bot trades a strategy while you are away"
      action={
        <Link to="/bots/new" className={buttonClass("primary")}>
          Start the first bot
        </Link>
      }
    >
      It decides at the close of each candle, within caps that nothing gets past, and says for each trade how its own
      backtest would have done. Paper money is enough to begin with.
    </Empty>
  );
}

function Bots({ bots }: { bots: readonly Bot[] }) {
  const search = useSearch({ from: "/app/bots" });
  const navigate = useNavigate({ from: "/bots" });
  const rows = useArranged(bots);
  const accounts = useQuery(accountsQuery).data;
  const columns = useMemo(() => botColumns(accounts ?? []), [accounts]);
  const by = search.sort ?? "created";
  const sort = { by, order: search.order ?? firstOrder(by) };
  return (
    <>
      <BotFilters shown={rows} total={bots.length} />
      {rows.length === 0 ? (
        <Empty
          icon={ListFilter}
          title={search.archived && bots.length === 0 ? "Nothing is archived" : "No bot matches"}
        >
          {search.archived && bots.length === 0
            ? "A bot that is stopped can be archived on its page; its orders and trades stay."
            : "Another word or another state may find it."}
        </Empty>
      ) : (
        <ListTable
          label="Bots"
          rows={rows}
          columns={columns}
          keyOf={(bot) => bot.id}
          sort={sort}
          onSort={(next) =>
            void navigate({
              search: (now) =>
                parseBotsSearch({ ...now, sort: next, order: next === by ? flipped(sort.order) : firstOrder(next) }),
              replace: true,
            })
          }
          onOpen={(bot) => void navigate({ to: "/bots/$id", params: { id: bot.id } })}
          card={(bot) => <BotCard bot={bot} accounts={accounts ?? []} />}
        />
      )}
    </>
  );
}

function BotFilters({ shown, total }: { shown: readonly Bot[]; total: number }) {
  const search = useSearch({ from: "/app/bots" });
  const navigate = useNavigate({ from: "/bots" });
  const set = (change: Record<string, unknown>) =>
    void navigate({ search: (now) => parseBotsSearch({ ...now, ...change }), replace: true });
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
      <input
        type="search"
        data-page-search
        aria-label="Find a bot by name, strategy or market"
        placeholder="Name, strategy or market"
        defaultValue={search.q ?? ""}
        onChange={(event) => set({ q: event.target.value })}
        className={`${boxClass} w-64 max-sm:w-full`}
      />
      <select
        aria-label="State"
        value={search.status ?? "all"}
        onChange={(event) => set({ status: event.target.value })}
        className={`${boxClass} select-arrow pr-7`}
      >
        <option value="all">Every state</option>
        {BOT_STATUSES.map((status) => (
          <option key={status} value={status}>
            {botStatusWord(status)}
          </option>
        ))}
      </select>
      <Segmented
        label="Bots shown"
        value={search.archived ? "archived" : "here"}
        choices={[
          { value: "here", label: "In use" },
          { value: "archived", label: "Archived" },
        ]}
        onChange={(value) => set({ archived: value === "archived" ? true : undefined })}
      />
      <span className="num ml-auto text-table text-muted max-sm:hidden">
        {shown.length === total ? formatCount(total) : `${formatCount(shown.length)} of ${formatCount(total)}`}{" "}
        {total === 1 ? "bot" : "bots"}
      </span>
      <CsvButton list="bots" rows={shown} columns={BOT_CSV} />
    </div>
  );
}

/** The list as it is filtered and sorted, with what the dashboard's socket says of each bot laid over it. */
function useArranged(bots: readonly Bot[]): readonly Bot[] {
  const search = useSearch({ from: "/app/bots" });
  const live = useQuery(dashboardQuery).data?.bots;
  return useMemo(() => {
    const fresh = bots.map((bot) => {
      const now = live?.[bot.id];
      if (now === undefined || bot.status === "stopped") return bot;
      const { status, reason, equity, profit, profitToday, spark } = now;
      return { ...bot, status, reason, equity, profit, profitToday, spark };
    });
    return arrangeBots(fresh, search);
  }, [bots, live, search]);
}

function flipped(order: "asc" | "desc"): "asc" | "desc" {
  return order === "asc" ? "desc" : "asc";
}
