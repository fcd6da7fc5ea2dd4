import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ChartNoAxesCombined, GitCompareArrows, ListFilter, Plus, Trash2, X } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import type { Backtest } from "../../schema/wire/backtest.ts";
import { backtestsQuery } from "../api/queries.ts";
import { COMPARE_RUNS_MAX } from "../app/search.ts";
import { formatCount } from "../format/format.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { CsvButton } from "../ui/csv-button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { boxClass } from "../ui/field.tsx";
import { ListTable } from "../ui/list-table.tsx";
import { Page } from "../ui/page.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Empty, Failure, InlineError, SkeletonRows } from "../ui/states.tsx";
import { useDeleteRuns } from "./run-actions.ts";
import { RunCard } from "./run-card.tsx";
import { runColumns } from "./run-columns.tsx";
import { RUN_CSV } from "./run-csv.ts";
import { arrangeRuns } from "./run-list.ts";

const STATUSES = [
  { value: "all", label: "All" },
  { value: "done", label: "Done" },
  { value: "running", label: "Running" },
  { value: "failed", label: "Failed" },
] as const;

/** Every run of the person, to open, to find again and to compare. */
export function BacktestsPage() {
  const query = useQuery(backtestsQuery);
  return (
    <Page
      title="Backtests"
      actions={
        <Link to="/backtests/new" className={buttonClass("primary")}>
          <Plus size={15} aria-hidden /> New backtest
        </Link>
      }
    >
      <div className="card overflow-hidden">
        {query.isPending ? (
          <SkeletonRows rows={8} />
        ) : query.isError ? (
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        ) : query.data.length === 0 ? (
          <NoRuns />
        ) : (
          <Runs runs={query.data} />
        )}
      </div>
    </Page>
  );
}

function NoRuns() {
  return (
    <Empty
      icon={ChartNoAxesCombined}
      title="Test an idea on years of candles"
      action={
        <Link to="/backtests/new" className={buttonClass("primary")}>
          Run the first backtest
        </Link>
      }
    >
      Choose candles and a strategy. The run takes seconds; the report says what came out, and whether to believe it.
    </Empty>
  );
}

function Runs({ runs }: { runs: readonly Backtest[] }) {
  const search = useSearch({ from: "/app/backtests" });
  const navigate = useNavigate({ from: "/backtests" });
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const rows = useMemo(() => arrangeRuns(runs, search), [runs, search]);
  const sort = {
    by: search.sort ?? "created",
    order: search.order ?? (search.sort === "name" ? "asc" : "desc"),
  } as const;
  const toggle = useCallback((id: string) => {
    setChosen((now) => (now.includes(id) ? now.filter((known) => known !== id) : [...now, id]));
  }, []);
  const columns = useMemo(() => runColumns({ chosen, toggle }), [chosen, toggle]);
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        <input
          type="search"
          data-page-search
          aria-label="Find a run by name, strategy or market"
          placeholder="Name, strategy or market"
          defaultValue={search.q ?? ""}
          onChange={(event) => {
            const q = event.target.value;
            void navigate({ search: (now) => ({ ...now, q: q === "" ? undefined : q }), replace: true });
          }}
          className={classNames(boxClass, "w-64 max-sm:w-full")}
        />
        <Segmented
          label="Runs shown"
          value={search.status ?? "all"}
          choices={STATUSES}
          onChange={(status) =>
            void navigate({
              search: (now) => ({ ...now, status: status === "all" ? undefined : status }),
              replace: true,
            })
          }
        />
        <span className="num ml-auto text-table text-muted">
          {rows.length === runs.length
            ? formatCount(runs.length)
            : `${formatCount(rows.length)} of ${formatCount(runs.length)}`}{" "}
          {runs.length === 1 ? "run" : "runs"}
        </span>
        <CsvButton list="backtests" rows={rows} columns={RUN_CSV} />
      </div>
      {rows.length === 0 ? (
        <Empty icon={ListFilter} title="No run matches">
          Another word or another state may find it.
        </Empty>
      ) : (
        <ListTable
          label="Backtests"
          rows={rows}
          columns={columns}
          keyOf={(run) => run.id}
          sort={sort}
          onSort={(by) =>
            void navigate({
              search: (now) => ({ ...now, sort: by, order: by === sort.by && sort.order === "desc" ? "asc" : "desc" }),
              replace: true,
            })
          }
          onOpen={(run) => void navigate({ to: "/backtests/$id", params: { id: run.id }, search: {} })}
          onKey={(key, run) => {
            if (key === "x") toggle(run.id);
            return key === "x";
          }}
          card={(run) => <RunCard run={run} chosen={chosen.includes(run.id)} onChoose={() => toggle(run.id)} />}
        />
      )}
      {chosen.length > 0 && <Chosen runs={runs} chosen={chosen} onClear={() => setChosen([])} />}
    </>
  );
}

/** What can be done with the rows that were chosen. */
function Chosen({
  runs,
  chosen,
  onClear,
}: {
  runs: readonly Backtest[];
  chosen: readonly string[];
  onClear: () => void;
}) {
  const [asking, setAsking] = useState(false);
  const remove = useDeleteRuns();
  const done = chosen.filter((id) => runs.find((run) => run.id === id)?.status === "done");
  const canCompare = done.length >= 2 && done.length <= COMPARE_RUNS_MAX && done.length === chosen.length;
  const noun = chosen.length === 1 ? "1 run" : `${chosen.length} runs`;
  return (
    <div className="appear sticky bottom-0 flex flex-wrap items-center gap-2 border-t border-line-strong bg-raised px-4 py-2 max-md:bottom-14">
      <span className="num font-medium">{noun} chosen</span>
      {!canCompare && (
        <span className="text-table text-muted">Choose two to {COMPARE_RUNS_MAX} finished runs to compare.</span>
      )}
      <div className="ml-auto flex items-center gap-2">
        {canCompare && (
          <Link to="/compare" search={{ ids: done.join(",") }} className={buttonClass("primary")}>
            <GitCompareArrows size={15} aria-hidden /> Compare
          </Link>
        )}
        <Button kind="danger" onClick={() => setAsking(true)}>
          <Trash2 size={14} aria-hidden /> Delete
        </Button>
        <Button kind="quiet" onClick={onClear}>
          <X size={14} aria-hidden /> Clear
        </Button>
      </div>
      <Dialog title={`Delete ${noun}`} open={asking} onClose={() => setAsking(false)}>
        <p className="mb-5 text-muted">
          The runs and their reports are deleted for good. Datasets and strategies stay.
        </p>
        <InlineError error={remove.error} />
        <div className="mt-4 flex justify-end gap-2">
          <Button onClick={() => setAsking(false)}>Keep them</Button>
          <Button
            kind="danger"
            busy={remove.isPending}
            onClick={() =>
              remove.mutate(chosen, {
                onSuccess: () => {
                  setAsking(false);
                  onClear();
                },
              })
            }
          >
            Delete {noun}
          </Button>
        </div>
      </Dialog>
    </div>
  );
}
