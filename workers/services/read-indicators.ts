import type { IndicatorQuery, IndicatorSeries } from "../../schema/wire/indicator.ts";
import type { Strategy } from "../core/strategy/strategy.ts";
import { conflict, invalid } from "../platform/problem-error.ts";
import { bySymbol } from "../run/run-definition.ts";
import type { BacktestRow } from "../run/run-store.ts";
import { findBacktest } from "./backtest.ts";
import { type DatasetRow, findDatasets } from "./dataset.ts";
import { checkParameters } from "./resolve-strategy.ts";
import type { ServiceContext } from "./service-context.ts";
import { indicatorsOf, readWindow } from "./strategy-window.ts";

/**
 * A run's indicators on candles of its period: its strategy with its parameters, on the candles as they are stored now,
 * whether the run has finished or not. Levels that remember forever (on-balance volume) begin with the window's history.
 * Throws 404 for the run, 409 where its data or strategy are gone, 422 for a symbol or period that is not the run's.
 */
export async function readIndicators(call: {
  ctx: ServiceContext;
  input: IndicatorQuery & { id: string };
}): Promise<IndicatorSeries> {
  const { ctx, input } = call;
  const run = await findBacktest(ctx, input.id);
  const { settings } = run;
  const rows = (await findDatasets(ctx, settings.datasetIds)).sort(bySymbol);
  if (rows.length < settings.datasetIds.length) throw conflict("no_data", "A dataset of this run was deleted.");
  const row = chosenRow(rows, input.symbol);
  const strategy = strategyOf(ctx, run);
  const parameters = checkParameters(strategy.parameters, settings.strategy.parameters, "settings.strategy.parameters");
  const { symbol } = row.instrument;
  const { timeframe } = settings;
  const window = { rows, symbol, timeframe, strategy, parameters, ...periodOf(run, row, input) };
  return indicatorsOf(await readWindow(ctx, window), window);
}

function chosenRow(rows: readonly DatasetRow[], symbol: string | undefined): DatasetRow {
  const row =
    symbol === undefined && rows.length === 1 ? rows[0] : rows.find((one) => one.instrument.symbol === symbol);
  if (row !== undefined) return row;
  throw invalid("symbol", `must be one of ${rows.map((one) => one.instrument.symbol).join(", ")}`, symbol ?? null);
}

/** The part of the run's period that is asked for. */
function periodOf(run: BacktestRow, row: DatasetRow, input: IndicatorQuery): { from: number; to: number } {
  const { from: runFrom = row.fromMs, to: runTo = row.toMs } = run.settings;
  const first = Math.max(runFrom, row.fromMs);
  const last = Math.min(runTo, row.toMs);
  const { from = first, to = last } = input;
  if (from >= to) throw invalid("from", `must be before to, ${isoTime(to)}`, isoTime(from));
  if (from >= last) throw invalid("from", `must be before the end of the run, ${isoTime(last)}`, isoTime(from));
  if (to <= first) throw invalid("to", `must be after the start of the run, ${isoTime(first)}`, isoTime(to));
  return { from: Math.max(from, first), to: Math.min(to, last) };
}

function strategyOf(ctx: ServiceContext, run: BacktestRow): Strategy {
  const { strategy: choice } = run.settings;
  if (run.document !== null) return ctx.strategies.compile(run.document);
  const strategy = choice.kind === "library" ? ctx.strategies.find(choice.id) : undefined;
  if (strategy === undefined) throw conflict("no_strategy", "The strategy of this run is no longer in the library.");
  return strategy;
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
