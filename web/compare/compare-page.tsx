import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { GitCompareArrows, X } from "lucide-react";
import { lazy, Suspense } from "react";
import type { Comparison } from "../../schema/wire/comparison.ts";
import { backtestsQuery, comparisonQuery } from "../api/queries.ts";
import { COMPARE_RUNS_MAX, compareIds } from "../app/search.ts";
import { useRunMarket } from "../backtest/run-instrument.ts";
import { runTitle } from "../backtest/run-title.ts";
import { SimulatedBadge } from "../ui/badge.tsx";
import { buttonClass, IconButton } from "../ui/button.tsx";
import { boxClass } from "../ui/field.tsx";
import { Page, Section } from "../ui/page.tsx";
import { Empty, Failure, Skeleton } from "../ui/states.tsx";
import { CompareNumbers } from "./compare-numbers.tsx";
import { runColour } from "./compare-run.ts";
import { CompareSettings } from "./compare-settings.tsx";

const CompareChart = lazy(async () => ({ default: (await import("./compare-chart.tsx")).CompareChart }));

/** Two to five runs side by side; the first is what the others are measured against. */
export function ComparePage() {
  const ids = compareIds(useSearch({ from: "/app/compare" }));
  const comparison = useQuery(comparisonQuery(ids));
  return (
    <Page title="Compare" actions={<AddRun ids={ids} />}>
      {ids.length < 2 ? (
        <div className="card">
          <Empty
            icon={GitCompareArrows}
            title={ids.length === 1 ? "Choose a second run" : "Put runs side by side"}
            action={
              <Link to="/backtests" className={buttonClass("primary")}>
                Choose from the list
              </Link>
            }
          >
            Two to five finished runs: their equity in one chart, every number with its difference to the first run, and
            the settings that differ.
          </Empty>
        </div>
      ) : comparison.isError ? (
        <Failure error={comparison.error} onRetry={() => void comparison.refetch()} />
      ) : comparison.data === undefined ? (
        <ComparedSkeleton />
      ) : (
        <Compared comparison={comparison.data} ids={ids} />
      )}
    </Page>
  );
}

function Compared({ comparison, ids }: { comparison: Comparison; ids: readonly string[] }) {
  const market = useRunMarket(comparison.rows[0]?.run.settings.datasetIds ?? []);
  const navigate = useNavigate();
  if (!market.settled) return <ComparedSkeleton />;
  return (
    <>
      <ol aria-label="Runs compared" className="mb-4 grid gap-2 sm:grid-cols-2 xl:grid-cols-5">
        {comparison.rows.map(({ run }, index) => (
          <li key={run.id} className="card flex min-w-0 items-center gap-2 py-2 pr-1 pl-3">
            <span
              aria-hidden
              className="h-8 w-1 shrink-0 rounded-full"
              style={{ background: `var(--${runColour(index)})` }}
            />
            <div className="min-w-0 flex-1">
              <Link
                to="/backtests/$id"
                params={{ id: run.id }}
                className="block truncate font-medium hover:underline"
                title={runTitle(run)}
              >
                {runTitle(run)}
              </Link>
              <div className="flex items-center gap-2 text-table text-muted">
                <span className="truncate">
                  {run.symbols.join(", ")} {run.settings.timeframe}
                </span>
                {run.simulated && <SimulatedBadge />}
              </div>
            </div>
            <IconButton
              label={`Leave out ${runTitle(run)}`}
              onClick={() =>
                void navigate({ to: "/compare", search: { ids: ids.filter((id) => id !== run.id).join(",") } })
              }
            >
              <X size={14} aria-hidden />
            </IconButton>
          </li>
        ))}
      </ol>
      <div className="card overflow-hidden">
        <Suspense fallback={<Skeleton className="m-3 h-[440px]" />}>
          <CompareChart rows={comparison.rows} />
        </Suspense>
      </div>
      <Section title="Numbers" note="Differences to the first run">
        {periodsDiffer(comparison.rows) && (
          <p role="note" className="mb-3 text-table text-muted">
            These runs cover different periods: amounts, returns and falls over them do not measure the same.
          </p>
        )}
        <CompareNumbers rows={comparison.rows} currency={market.currency} />
      </Section>
      <Section title="Settings that differ">
        <CompareSettings rows={comparison.rows} currency={market.currency} />
      </Section>
    </>
  );
}

/** Whether the runs' traded periods begin or end more than a day apart. */
function periodsDiffer(rows: Comparison["rows"]): boolean {
  const apart = (instants: readonly number[]) => Math.max(...instants) - Math.min(...instants) > 86_400_000;
  return apart(rows.map(({ overview }) => overview.from)) || apart(rows.map(({ overview }) => overview.to));
}

function ComparedSkeleton() {
  return (
    <div role="status" aria-label="Loading the comparison" className="grid gap-4">
      <Skeleton className="h-16 w-full" />
      <Skeleton className="h-[480px] w-full" />
    </div>
  );
}

function AddRun({ ids }: { ids: readonly string[] }) {
  const runs = useQuery(backtestsQuery).data ?? [];
  const navigate = useNavigate();
  const others = runs.filter((run) => run.status === "done" && !ids.includes(run.id));
  return (
    <select
      aria-label="Add a run to the comparison"
      value=""
      disabled={ids.length >= COMPARE_RUNS_MAX || others.length === 0}
      onChange={(event) => void navigate({ to: "/compare", search: { ids: [...ids, event.target.value].join(",") } })}
      className={`${boxClass} select-arrow w-64 pr-7`}
    >
      <option value="">{ids.length >= COMPARE_RUNS_MAX ? "Five runs are the most" : "Add a run"}</option>
      {others.map((run) => (
        <option key={run.id} value={run.id}>
          {runTitle(run)}, {run.symbols.join(", ")} {run.settings.timeframe}
        </option>
      ))}
    </select>
  );
}
