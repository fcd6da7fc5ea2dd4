import { eq } from "drizzle-orm";
import { datasets } from "../../schema/tables/dataset.ts";
import { trialCounts } from "../../schema/tables/strategy.ts";
import { buildReport } from "../core/report/build.ts";
import { sharpeDeviationOf } from "../core/report/trial-spread.ts";
import type { Strategy } from "../core/strategy/strategy.ts";
import type { CandleSource } from "../feed/source.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { type OwnedDatabase, ownedDatabase } from "../platform/owned-database.ts";
import { candleSources } from "../services/candle-sources.ts";
import type { DatasetRow } from "../services/dataset.ts";
import { engineWork } from "./engine-work.ts";
import { bySymbol, candleRange, runDefinition } from "./run-definition.ts";
import type { BacktestRow } from "./run-store.ts";
import { type OpenRunWork, RunFailure } from "./run-work.ts";
import { STRATEGY_CATALOGUE } from "./strategy-port.ts";

interface Series {
  readonly row: DatasetRow;
  readonly source: CandleSource;
}

/** Opens runs of one owner on the real engine, candles and strategies. */
export function openEngineWork(env: Env, ownerId: string): OpenRunWork {
  const database = openDatabase(env.DB);
  const owned = ownedDatabase(database, ownerId);
  return async (run, saved) => {
    const series = await openSeries({ env, database, owned, ownerId }, run);
    const instruments = series.map(({ row, source }) => ({ instrument: row.instrument, timeframe: source.timeframe }));
    const trials = { count: run.trials, sharpeDeviation: await spreadOfTrials(owned, run) };
    const definition = runDefinition({ settings: run.settings, strategy: strategyOf(run), instruments });
    const held = {
      from: Math.min(...series.map(({ source }) => source.from)),
      to: Math.max(...series.map(({ source }) => source.to)),
    };
    return engineWork(
      {
        definition,
        sources: series.map(({ source }) => source),
        range: candleRange(definition, held),
        buildReport: (result, elapsedMs) =>
          buildReport(result, {
            strategyTitle: run.strategyTitle,
            strategySource: sourceOf(run, definition.strategy),
            datasets: series.map(({ row }) => ({ datasetId: row.id, simulated: row.source === "simulated" })),
            trials,
            elapsedMs,
          }),
      },
      saved,
    );
  };
}

/** The run's datasets in the order of their symbols, with their candles at hand. */
async function openSeries(
  ctx: { env: Env; database: ReturnType<typeof openDatabase>; owned: OwnedDatabase; ownerId: string },
  run: BacktestRow,
): Promise<Series[]> {
  const series = await Promise.all(
    run.settings.datasetIds.map(async (id): Promise<Series> => {
      const row = await ctx.owned.find(datasets, eq(datasets.id, id));
      if (row === undefined) throw new RunFailure("no_data", "A dataset of this run was deleted.");
      const [source] = await candleSources(ctx, row);
      if (source === undefined) throw new RunFailure("no_data", `${row.name} holds no candles.`);
      return { row, source };
    }),
  );
  return series.sort((left, right) => bySymbol(left.row, right.row));
}

/** How far the Sharpe ratios of the trials that have finished lie apart; undefined while they are few. */
async function spreadOfTrials(owned: OwnedDatabase, run: BacktestRow): Promise<number | undefined> {
  // Returns of weeks cannot be measured by the spread of daily ones.
  if (run.trialSubject === null || run.settings.timeframe === "1w") return undefined;
  const sums = await owned.find(trialCounts, eq(trialCounts.subject, run.trialSubject));
  return sums === undefined ? undefined : sharpeDeviationOf(sums);
}

function strategyOf(run: BacktestRow): Strategy {
  const { strategy: choice } = run.settings;
  if (run.document !== null) return STRATEGY_CATALOGUE.compile(run.document);
  const strategy = choice.kind === "library" ? STRATEGY_CATALOGUE.find(choice.id) : undefined;
  if (strategy === undefined)
    throw new RunFailure("no_strategy", "The strategy of this run is no longer in the library.");
  return strategy;
}

/** What the receipt hashes as the strategy: its rule text wherever it has one. */
function sourceOf(run: BacktestRow, strategy: Strategy): string {
  const entry = STRATEGY_CATALOGUE.library.find(({ id }) => id === strategy.id);
  return run.document ?? entry?.document ?? strategy.id;
}
