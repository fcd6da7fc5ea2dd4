import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Download, ListFilter, ShieldCheck } from "lucide-react";
import type { AuditRow } from "../../schema/wire/audit.ts";
import { sessionQuery } from "../api/queries.ts";
import { formatCount } from "../format/format.ts";
import { browserName } from "../settings/browser-name.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { type ListColumn, ListTable } from "../ui/list-table.tsx";
import { Ago, Moment } from "../ui/moment.tsx";
import { Page } from "../ui/page.tsx";
import { Empty, Failure, InlineError, SkeletonRows } from "../ui/states.tsx";
import { AuditEntryDialog } from "./audit-entry-dialog.tsx";
import { AuditFilters, hasFilter } from "./audit-filters.tsx";
import { auditQuery } from "./audit-queries.ts";
import { actionWords, actorWords } from "./audit-words.ts";
import { VerificationBadge } from "./verification-badge.tsx";

/** Who did what in the person's account, when, from where, and whether the trail of it is whole. */
export function AuditPage() {
  const search = useSearch({ from: "/app/audit" });
  const viewing = useQuery(sessionQuery).data?.viewing;
  if (viewing) {
    return (
      <Page title="Audit trail">
        <Empty icon={ShieldCheck} title="Only the owner sees this trail">
          It tells where people signed in from. Your own is there again once you are back in your own account.
        </Empty>
      </Page>
    );
  }
  return (
    <Page
      title="Audit trail"
      below={
        <p className="mt-1 text-muted">
          Everything that was done in your account, chained so that a change to it shows.
        </p>
      }
      actions={
        <a href="/api/v1/audit.jsonl" download className={buttonClass()}>
          <Download size={14} aria-hidden /> Download
        </a>
      }
    >
      <VerificationBadge />
      <div className="card overflow-hidden">
        <AuditFilters />
        <Entries />
      </div>
      {search.entry !== undefined && <AuditEntryDialog key={search.entry} seq={search.entry} />}
    </Page>
  );
}

function Entries() {
  const search = useSearch({ from: "/app/audit" });
  const navigate = useNavigate({ from: "/audit" });
  const query = useInfiniteQuery(auditQuery(search));
  const ownerId = useQuery(sessionQuery).data?.user?.id;
  if (query.isPending) return <SkeletonRows rows={10} />;
  if (query.isError && query.data === undefined) {
    return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  }
  const rows = query.data.pages.flatMap((page) => page.rows);
  if (rows.length === 0) return <NoEntries filtered={hasFilter(search)} />;
  return (
    <div className={classNames(query.isPlaceholderData && "opacity-60")}>
      <ListTable
        label="Audit trail"
        rows={rows}
        columns={columnsFor(ownerId)}
        keyOf={({ seq }) => String(seq)}
        onOpen={({ seq }) => void navigate({ search: (now) => ({ ...now, entry: seq }), replace: true })}
        card={(row) => (
          <EntryCard
            row={row}
            ownerId={ownerId}
            onOpen={() => void navigate({ search: (now) => ({ ...now, entry: row.seq }), replace: true })}
          />
        )}
      />
      <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line px-4 py-2">
        <span role="status" className="num text-table text-muted">
          {formatCount(rows.length)} {rows.length === 1 ? "entry" : "entries"} shown
          {query.hasNextPage ? "" : ", no older ones"}
        </span>
        {query.isFetchNextPageError && <InlineError error={query.error} />}
        {query.hasNextPage && (
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load older
          </Button>
        )}
      </div>
    </div>
  );
}

function NoEntries({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <Empty icon={ListFilter} title="No entry matches">
        Other words, another kind or a longer time may find it.
      </Empty>
    );
  }
  return (
    <Empty icon={ShieldCheck} title="Nothing was done yet">
      Each change in your account is written down here within a minute: who made it, from where, what was before and
      what came after.
    </Empty>
  );
}

function columnsFor(ownerId: string | undefined): readonly ListColumn<AuditRow>[] {
  return [
    { title: "When", left: true, cell: ({ at }) => <Moment timeMs={at} /> },
    { title: "What", left: true, cell: ({ action }) => <span className="font-medium">{actionWords(action)}</span> },
    { title: "Of what", left: true, className: "max-w-64 truncate", cell: (row) => subjectOf(row) },
    { title: "Who", left: true, cell: ({ actor }) => actorWords(actor, ownerId) },
    { title: "From", left: true, cell: ({ place }) => placeOf(place) },
    { title: "Entry", cell: ({ seq }) => <span className="text-muted">{formatCount(seq)}</span> },
  ];
}

function EntryCard(props: { row: AuditRow; ownerId: string | undefined; onOpen: () => void }) {
  const { row, ownerId, onOpen } = props;
  return (
    <button type="button" onClick={onOpen} className="num block w-full px-4 py-3 text-left">
      <span className="flex items-baseline justify-between gap-3">
        <span className="font-medium">{actionWords(row.action)}</span>
        <span className="shrink-0 text-table text-muted">
          <Ago timeMs={row.at} />
        </span>
      </span>
      {row.subject !== null && (
        <span className="mt-0.5 line-clamp-2 block text-table break-words text-muted">{subjectOf(row)}</span>
      )}
      <span className="mt-0.5 block text-table text-muted">
        {actorWords(row.actor, ownerId)}, {placeOf(row.place)}
      </span>
    </button>
  );
}

/** The name of what was acted on where the entry tells it, else its kind. */
function subjectOf({ subject, before, after }: AuditRow): string {
  const named = [after, before].find((value): value is { name: string } => hasName(value));
  return named?.name ?? subject?.kind ?? "—";
}

function hasName(value: unknown): value is { name: string } {
  return typeof value === "object" && value !== null && "name" in value && typeof value.name === "string";
}

function placeOf({ address, userAgent }: AuditRow["place"]): string {
  const from = address === "" ? "an unknown address" : address;
  return userAgent === "" ? from : `${from}, ${browserName(userAgent)}`;
}
