import type { Backtest } from "../../schema/wire/backtest.ts";
import type { CsvColumn } from "../format/csv.ts";
import { runTitle, strategyWithParameters } from "./run-title.ts";

/** The list of runs as a table for other programs: times ISO in UTC, shares as numbers (0.1 is 10 %). */
export const RUN_CSV: readonly CsvColumn<Backtest>[] = [
  { title: "id", cell: (run) => run.id },
  { title: "name", cell: (run) => runTitle(run) },
  { title: "strategy", cell: (run) => strategyWithParameters(run) },
  { title: "symbols", cell: (run) => run.symbols.join(" ") },
  { title: "timeframe", cell: (run) => run.settings.timeframe },
  { title: "simulated", cell: (run) => (run.simulated ? "yes" : "no") },
  { title: "status", cell: (run) => run.status },
  { title: "total_return", cell: ({ headline }) => headline?.totalReturn ?? null },
  { title: "cagr", cell: ({ headline }) => headline?.cagr ?? null },
  { title: "max_drawdown", cell: ({ headline }) => headline?.maxDrawdown ?? null },
  { title: "sharpe", cell: ({ headline }) => headline?.sharpe ?? null },
  { title: "profit_factor", cell: ({ headline }) => headline?.profitFactor ?? null },
  { title: "win_rate", cell: ({ headline }) => headline?.winRate ?? null },
  { title: "trades", cell: ({ headline }) => headline?.trades ?? null },
  { title: "exposure", cell: ({ headline }) => headline?.exposure ?? null },
  { title: "checks_passed", cell: ({ headline }) => headline?.checksPassed ?? null },
  { title: "checks_run", cell: ({ headline }) => headline?.checksRun ?? null },
  { title: "made", cell: (run) => new Date(run.createdAt).toISOString() },
];
