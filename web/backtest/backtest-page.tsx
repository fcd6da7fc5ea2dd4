import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Ban, TriangleAlert } from "lucide-react";
import { lazy, Suspense } from "react";
import type { Backtest } from "../../schema/wire/backtest.ts";
import { backtestQuery, isUnderWay } from "../api/queries.ts";
import { SimulatedBadge } from "../ui/badge.tsx";
import { Page } from "../ui/page.tsx";
import { Failure, Skeleton } from "../ui/states.tsx";
import { RunActions } from "./run-header.tsx";
import { useRunMarket } from "./run-instrument.ts";
import { RunSummary } from "./run-summary.tsx";
import { runTitle } from "./run-title.ts";

const RunProgress = lazy(async () => ({ default: (await import("./run-progress.tsx")).RunProgress }));
const Report = lazy(async () => ({ default: (await import("./report.tsx")).Report }));

/** One run: its progress while it works, then its report. */
export function BacktestPage() {
  const { id } = useParams({ from: "/app/backtests/$id" });
  const query = useQuery(backtestQuery(id));
  if (query.isPending) return <ReportSkeleton />;
  if (query.isError) {
    return (
      <Page title="Backtest">
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  return <Run key={id} run={query.data} />;
}

function Run({ run }: { run: Backtest }) {
  const market = useRunMarket(run.settings.datasetIds);
  const heading = (
    <>
      <span className="min-w-0">{runTitle(run)}</span>
      {run.simulated && <SimulatedBadge />}
    </>
  );
  return (
    <Page title={runTitle(run)} heading={heading} below={<RunSummary run={run} />} actions={<RunActions run={run} />}>
      <Suspense fallback={<ReportBodySkeleton />}>
        {isUnderWay(run) && <RunProgress run={run} currency={market.currency} />}
        {run.status === "done" && <Report run={run} market={market} />}
        {(run.status === "failed" || run.status === "cancelled") && <RunEnded run={run} />}
      </Suspense>
    </Page>
  );
}

/** A run that ended without a report: why, and the way on. */
function RunEnded({ run }: { run: Backtest }) {
  const failed = run.status === "failed";
  const Icon = failed ? TriangleAlert : Ban;
  return (
    <div className="card mx-auto mt-6 flex max-w-3xl items-start gap-4 p-6">
      <Icon
        size={22}
        strokeWidth={1.75}
        aria-hidden
        className={failed ? "shrink-0 text-danger" : "shrink-0 text-faint"}
      />
      <div>
        <h2 className="mb-1 text-[15px] font-semibold">{failed ? "The run failed" : "The run was stopped"}</h2>
        <p className="text-muted">
          {run.error?.message ??
            (failed ? "No reason was recorded." : "Nothing was kept. Run it again from its settings.")}
        </p>
        {run.error !== null && <p className="mt-2 font-mono text-[11px] text-faint">{run.error.code}</p>}
      </div>
    </div>
  );
}

function ReportSkeleton() {
  return (
    <div className="mx-auto max-w-[1480px] px-6 pt-6 max-md:px-4">
      <Skeleton className="mb-2 h-7 w-72" />
      <Skeleton className="mb-6 h-4 w-96 max-w-full" />
      <ReportBodySkeleton />
    </div>
  );
}

/** As high as what replaces it, so that nothing jumps. */
export function ReportBodySkeleton() {
  return (
    <div role="status" aria-label="Loading the report">
      <Skeleton className="mb-5 h-[62px] w-2/3" />
      <Skeleton className="mb-5 h-[186px] w-full" />
      <Skeleton className="h-[688px] w-full" />
    </div>
  );
}
