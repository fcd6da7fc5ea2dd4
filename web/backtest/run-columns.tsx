import type { Backtest } from "../../schema/wire/backtest.ts";
import type { BacktestSort } from "../app/search.ts";
import { formatCount, formatNumber, formatPercent } from "../format/format.ts";
import { SimulatedBadge } from "../ui/badge.tsx";
import type { ListColumn } from "../ui/list-table.tsx";
import { Ago } from "../ui/moment.tsx";
import { Signed } from "../ui/signed.tsx";
import { RunStatusBadge } from "./run-status.tsx";
import { runTitle, strategyWithParameters } from "./run-title.ts";

interface Choosing {
  readonly chosen: readonly string[];
  readonly toggle: (id: string) => void;
}

/** The columns of the list of runs. */
export function runColumns({ chosen, toggle }: Choosing): readonly ListColumn<Backtest, BacktestSort>[] {
  return [
    {
      title: "",
      left: true,
      className: "w-10",
      cell: (run) => <ChooseBox run={run} checked={chosen.includes(run.id)} onChange={() => toggle(run.id)} />,
    },
    { title: "Run", left: true, sort: "name", className: "w-full max-w-0", cell: (run) => <RunName run={run} /> },
    {
      title: "Market",
      left: true,
      className: "max-w-56",
      cell: (run) => (
        <span className="flex items-center gap-2">
          <span className="min-w-0 truncate whitespace-nowrap" title={run.symbols.join(", ")}>
            {run.symbols.join(", ")}
          </span>
          <span className="shrink-0 text-muted">{run.settings.timeframe}</span>
          {run.simulated && <SimulatedBadge />}
        </span>
      ),
    },
    { title: "State", left: true, cell: (run) => <RunStatusBadge status={run.status} /> },
    {
      title: "Return",
      sort: "return",
      cell: ({ headline }) => (
        <Signed value={headline?.totalReturn}>{formatPercent(headline?.totalReturn, { sign: "always" })}</Signed>
      ),
    },
    { title: "Draw-down", sort: "drawdown", cell: ({ headline }) => formatPercent(headline?.maxDrawdown) },
    { title: "Sharpe", sort: "sharpe", cell: ({ headline }) => formatNumber(headline?.sharpe) },
    { title: "Trades", sort: "trades", cell: ({ headline }) => formatCount(headline?.trades) },
    {
      title: "Checks",
      cell: ({ headline }) => (headline === null ? "—" : `${headline.checksPassed} of ${headline.checksRun}`),
    },
    {
      title: "Made",
      sort: "created",
      cell: (run) => (
        <span className="text-muted">
          <Ago timeMs={run.createdAt} />
        </span>
      ),
    },
  ];
}

/** The box that chooses a run; a click on it does not open the run. */
export function ChooseBox({ run, checked, onChange }: { run: Backtest; checked: boolean; onChange: () => void }) {
  return (
    <input
      type="checkbox"
      tabIndex={-1}
      aria-label={`Choose ${runTitle(run)}`}
      checked={checked}
      onChange={onChange}
      onClick={(event) => event.stopPropagation()}
      className="block size-4 accent-accent-solid max-md:size-5"
    />
  );
}

function RunName({ run }: { run: Backtest }) {
  const strategy = strategyWithParameters(run);
  const title = runTitle(run);
  return (
    <span className="block min-w-0 truncate text-base" title={title === strategy ? title : `${title} · ${strategy}`}>
      <span className="font-medium">{title}</span>
      {title !== strategy && <span className="text-muted"> · {strategy}</span>}
    </span>
  );
}
