import { openDatabase } from "../../platform/database.ts";
import type { Env } from "../../platform/env.ts";
import { ownedDatabase } from "../../platform/owned-database.ts";
import { candleSources } from "../../services/candle-sources.ts";
import { type DatasetRow, findDataset } from "../../services/dataset.ts";
import { ReplaySeries } from "./replay-series.ts";

/** The series that a replay plays, one a dataset, at the datasets' own timeframes. Throws where one is gone or empty. */
export async function openReplaySeries(
  env: Env,
  { ownerId, datasetIds }: { readonly ownerId: string; readonly datasetIds: readonly string[] },
): Promise<ReplaySeries[]> {
  const database = openDatabase(env.DB);
  const ctx = { env, database, ownerId, owned: ownedDatabase(database, ownerId) };
  const rows: DatasetRow[] = [];
  for (const id of datasetIds) rows.push(await findDataset(ctx, id));
  return Promise.all(
    rows.map(async (row) => {
      const [source] = await candleSources(ctx, row);
      if (source === undefined) throw new Error(`the dataset ${row.id} holds no candles`);
      return new ReplaySeries(row.instrument.id, source);
    }),
  );
}
