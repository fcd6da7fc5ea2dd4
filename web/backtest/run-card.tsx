import { Link } from "@tanstack/react-router";
import type { Backtest } from "../../schema/wire/backtest.ts";
import { formatNumber, formatPercent } from "../format/format.ts";
import { SimulatedBadge } from "../ui/badge.tsx";
import { Ago } from "../ui/moment.tsx";
import { Signed } from "../ui/signed.tsx";
import { ChooseBox } from "./run-columns.tsx";
import { RunStatusBadge } from "./run-status.tsx";
import { runTitle } from "./run-title.ts";

/** A run in the list on a phone. */
export function RunCard({ run, chosen, onChoose }: { run: Backtest; chosen: boolean; onChoose: () => void }) {
  const { headline } = run;
  return (
    <div className="flex items-start gap-3 px-4 py-3">
      <span className="pt-0.5">
        <ChooseBox run={run} checked={chosen} onChange={onChoose} />
      </span>
      <Link to="/backtests/$id" params={{ id: run.id }} className="num block min-w-0 flex-1">
        <span className="flex items-baseline justify-between gap-3">
          <span className="line-clamp-2 font-medium">{runTitle(run)}</span>
          {headline === null ? (
            <RunStatusBadge status={run.status} />
          ) : (
            <Signed value={headline.totalReturn} className="shrink-0 font-semibold">
              {formatPercent(headline.totalReturn, { sign: "always" })}
            </Signed>
          )}
        </span>
        <span className="mt-0.5 flex flex-wrap items-center gap-x-2 text-table text-muted">
          {run.symbols.join(", ")} {run.settings.timeframe}
          {run.simulated && <SimulatedBadge />}
        </span>
        <span className="mt-1 flex flex-wrap gap-x-3 text-table text-muted">
          {headline !== null && (
            <>
              <span>fall {formatPercent(headline.maxDrawdown, { digits: 1 })}</span>
              <span>Sharpe {formatNumber(headline.sharpe)}</span>
              <span>
                {headline.checksPassed} of {headline.checksRun} checks
              </span>
            </>
          )}
          <Ago timeMs={run.createdAt} />
        </span>
      </Link>
    </div>
  );
}
