import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { GitFork, Play, Plus, ScrollText } from "lucide-react";
import type { LibraryStrategy, UserStrategy } from "../../schema/wire/strategy.ts";
import { libraryQuery, strategiesQuery } from "../api/queries.ts";
import type { CsvColumn } from "../format/csv.ts";
import { formatCount } from "../format/format.ts";
import { buttonClass } from "../ui/button.tsx";
import { CsvButton } from "../ui/csv-button.tsx";
import { ListTable } from "../ui/list-table.tsx";
import { Ago } from "../ui/moment.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Empty, Failure, Skeleton, SkeletonRows } from "../ui/states.tsx";

/** The person's own strategies as a table for other programs: times ISO in UTC. */
const STRATEGY_CSV: readonly CsvColumn<UserStrategy>[] = [
  { title: "id", cell: (row) => row.id },
  { title: "name", cell: (row) => row.name },
  { title: "version", cell: (row) => row.version },
  { title: "parameters", cell: (row) => row.parameters.map((spec) => `${spec.name}=${spec.default}`).join(" ") },
  { title: "rules", cell: (row) => row.document },
  { title: "created", cell: (row) => new Date(row.createdAt).toISOString() },
  { title: "changed", cell: (row) => new Date(row.updatedAt).toISOString() },
];

/** The person's own strategies, and the library to take and change. */
export function StrategiesPage() {
  const own = useQuery(strategiesQuery);
  const library = useQuery(libraryQuery);
  return (
    <Page
      title="Strategies"
      actions={
        <>
          {own.data !== undefined && own.data.length > 0 && (
            <CsvButton list="strategies" rows={own.data} columns={STRATEGY_CSV} />
          )}
          <Link to="/strategies/new" className={buttonClass("primary")}>
            <Plus size={15} aria-hidden /> Write a strategy
          </Link>
        </>
      }
    >
      <div className="card overflow-hidden">
        {own.isPending ? (
          <SkeletonRows rows={3} />
        ) : own.isError ? (
          <Failure error={own.error} onRetry={() => void own.refetch()} />
        ) : own.data.length === 0 ? (
          <Empty
            icon={ScrollText}
            title="Write down when to buy and when to sell"
            action={
              <Link to="/strategies/new" className={buttonClass("primary")}>
                Write the first one
              </Link>
            }
          >
            Rules are one-line sentences over indicators. The editor checks them as you type and shows their signals on
            candles. Or take one from the library below and change it.
          </Empty>
        ) : (
          <OwnStrategies rows={own.data} />
        )}
      </div>
      <Section title="Library" note="Ready to run, and to change where they are written in rules">
        {library.isPending ? (
          <Skeleton className="h-64 w-full" />
        ) : library.isError ? (
          <Failure error={library.error} onRetry={() => void library.refetch()} />
        ) : (
          <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
            {library.data.map((row) => (
              <LibraryCard key={row.id} row={row} />
            ))}
          </ul>
        )}
      </Section>
    </Page>
  );
}

function OwnStrategies({ rows }: { rows: readonly UserStrategy[] }) {
  const navigate = useNavigate();
  return (
    <ListTable
      label="Your strategies"
      rows={rows}
      keyOf={(row) => row.id}
      onOpen={(row) => void navigate({ to: "/strategies/$id", params: { id: row.id } })}
      columns={[
        {
          title: "Yours",
          left: true,
          className: "w-full max-w-0",
          cell: (row) => (
            <span className="block truncate text-base font-medium" title={row.name}>
              {row.name}
            </span>
          ),
        },
        { title: "Version", cell: (row) => formatCount(row.version) },
        { title: "Parameters", left: true, className: "whitespace-nowrap", cell: (row) => parameterNames(row) },
        { title: "Changed", cell: (row) => <Ago timeMs={row.updatedAt} /> },
      ]}
      card={(row) => (
        <Link to="/strategies/$id" params={{ id: row.id }} className="num block px-4 py-3">
          <span className="line-clamp-2 font-medium">{row.name}</span>
          <span className="text-table text-muted">
            version {row.version} · <Ago timeMs={row.updatedAt} />
          </span>
        </Link>
      )}
    />
  );
}

function LibraryCard({ row }: { row: LibraryStrategy }) {
  return (
    <li className="card flex flex-col p-4">
      <h3 className="font-semibold">{row.title}</h3>
      <p className="mt-1 mb-3 text-muted">{row.summary}</p>
      <p className="num mb-4 text-table text-faint">
        {row.parameters.map((spec) => `${spec.name} ${spec.default}`).join(" · ") || "no parameters"}
        {row.scope === "all" && " · trades several markets together"}
      </p>
      <div className="mt-auto flex gap-2">
        <Link to="/backtests/new" search={{ strategy: `library:${row.id}` }} className={buttonClass()}>
          <Play size={13} aria-hidden /> Backtest
        </Link>
        {row.document !== null && (
          <Link to="/strategies/new" search={{ fork: row.id }} className={buttonClass("quiet")}>
            <GitFork size={14} aria-hidden /> Change a copy
          </Link>
        )}
      </div>
    </li>
  );
}

function parameterNames(row: UserStrategy): string {
  return row.parameters.map((spec) => spec.name).join(", ") || "—";
}
