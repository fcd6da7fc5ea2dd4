import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ListFilter, NotebookPen } from "lucide-react";
import { useMemo } from "react";
import type { JournalTrade } from "../../schema/wire/journal.ts";
import { type JournalSearch, parseJournalSearch } from "../app/trading-search.ts";
import { accountsQuery, botsQuery, journalQuery } from "../trading/queries.ts";
import { buttonClass } from "../ui/button.tsx";
import { ListTable } from "../ui/list-table.tsx";
import { LoadedRows } from "../ui/loaded-rows.tsx";
import { Page } from "../ui/page.tsx";
import { Empty, SkeletonRows } from "../ui/states.tsx";
import { emptyJournalWords } from "./empty-words.ts";
import { JournalCard, journalColumns } from "./journal-columns.tsx";
import { JournalFilters } from "./journal-filters.tsx";
import { JournalStatisticsCard } from "./journal-statistics.tsx";
import { TradeDialog } from "./trade-dialog.tsx";

/** Each closed trade with what its owner thinks of it, and what that adds up to. */
export function JournalPage() {
  const search = useSearch({ from: "/app/journal" });
  const navigate = useNavigate({ from: "/journal" });
  const set = (change: JournalSearch) =>
    void navigate({ search: (now) => parseJournalSearch({ ...now, ...change }), replace: true });
  return (
    <Page title="Journal">
      <JournalStatisticsCard chosen={search.tag} onTag={(tag) => set({ tag })} />
      <div className="card mt-4 overflow-hidden">
        <JournalFilters />
        <Trades onOpen={({ id }) => set({ trade: id })} />
      </div>
    </Page>
  );
}

function Trades({ onOpen }: { onOpen: (trade: JournalTrade) => void }) {
  const search = useSearch({ from: "/app/journal" });
  const navigate = useNavigate({ from: "/journal" });
  const { q, tag, result, account, trade } = search;
  const query = useInfiniteQuery(journalQuery({ search: q?.slice(0, 60), tag, result, accountId: account }));
  const accounts = useQuery(accountsQuery).data;
  const currencyOf = useMemo(() => {
    const byId = new Map(accounts?.map(({ id, currency }) => [id, currency]));
    return ({ accountId }: JournalTrade) => byId.get(accountId) ?? "";
  }, [accounts]);
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const open = rows.find(({ id }) => id === trade);
  const filtered = [q, tag, result, account].some((value) => value !== undefined);
  return (
    <>
      <LoadedRows query={query} noun="trade" empty={<NoTrades filtered={filtered} />}>
        {(list: readonly JournalTrade[]) => (
          <ListTable
            label="Trades of the journal"
            rows={list}
            columns={journalColumns(currencyOf)}
            keyOf={({ id }) => id}
            onOpen={onOpen}
            card={(row) => <JournalCard trade={row} currency={currencyOf(row)} onOpen={() => onOpen(row)} />}
          />
        )}
      </LoadedRows>
      {open !== undefined && (
        <TradeDialog
          key={open.id}
          trade={open}
          currency={currencyOf(open)}
          onClose={() =>
            void navigate({ search: (now) => parseJournalSearch({ ...now, trade: undefined }), replace: true })
          }
        />
      )}
    </>
  );
}

function NoTrades({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <Empty icon={ListFilter} title="No trade matches">
        Another word, another tag or another result may find it.
      </Empty>
    );
  }
  return <EmptyJournal />;
}

function EmptyJournal() {
  const bots = useQuery(botsQuery);
  // What to do depends on the bots that there are.
  if (bots.isPending) return <SkeletonRows rows={4} />;
  const { title, text, action } = emptyJournalWords(bots.data);
  return (
    <Empty
      icon={NotebookPen}
      title={title}
      action={
        <Link to={action.to} className={buttonClass("primary")}>
          {action.word}
        </Link>
      }
    >
      {text}
    </Empty>
  );
}
