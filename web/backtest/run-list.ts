import type { Backtest } from "../../schema/wire/backtest.ts";
import type { BacktestSearch, BacktestSort } from "../app/search.ts";
import { runTitle, strategyWithParameters } from "./run-title.ts";

/** The runs that a search lets through, in its order. Runs without the number sorted by come last. */
export function arrangeRuns(runs: readonly Backtest[], search: BacktestSearch): readonly Backtest[] {
  const words = (search.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const kept = runs.filter(
    (run) => matchesStatus(run, search.status) && words.every((word) => textOf(run).includes(word)),
  );
  const sort = search.sort ?? "created";
  const order = search.order ?? (sort === "name" ? "asc" : "desc");
  const direction = order === "asc" ? 1 : -1;
  return kept.sort((a, b) => compareKeys(keyOf(a, sort), keyOf(b, sort), direction) || b.createdAt - a.createdAt);
}

function matchesStatus(run: Backtest, status: BacktestSearch["status"]): boolean {
  if (status === undefined) return true;
  return status === "running" ? run.status === "running" || run.status === "queued" : run.status === status;
}

function textOf(run: Backtest): string {
  return `${run.name} ${strategyWithParameters(run)} ${run.symbols.join(" ")} ${run.settings.timeframe}`.toLowerCase();
}

type Key = string | number | null;

function keyOf(run: Backtest, sort: BacktestSort): Key {
  switch (sort) {
    case "created":
      return run.createdAt;
    case "name":
      return runTitle(run).toLowerCase();
    case "return":
      return run.headline?.totalReturn ?? null;
    case "drawdown":
      return run.headline?.maxDrawdown ?? null;
    case "sharpe":
      return run.headline?.sharpe ?? null;
    case "trades":
      return run.headline?.trades ?? null;
  }
}

function compareKeys(a: Key, b: Key, direction: number): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return (a < b ? -1 : 1) * direction;
}
