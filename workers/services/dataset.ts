import { desc, eq, inArray } from "drizzle-orm";
import { datasets } from "../../schema/tables/dataset.ts";
import type { Dataset } from "../../schema/wire/dataset.ts";
import { notFound } from "../platform/problem-error.ts";
import type { ServiceContext } from "./service-context.ts";

// More than a person keeps apart by name; a list of all of them is one page.
export const DATASETS_MAX = 200;

export type DatasetRow = typeof datasets.$inferSelect;

/** All datasets of the owner, newest first. */
export async function listDatasets(call: { ctx: ServiceContext }): Promise<Dataset[]> {
  const rows = await call.ctx.owned.list(datasets, { orderBy: [desc(datasets.createdAt)], limit: DATASETS_MAX });
  return rows.map(datasetOf);
}

/** Throws 404. */
export async function getDataset(call: { ctx: ServiceContext; input: { id: string } }): Promise<Dataset> {
  return datasetOf(await findDataset(call.ctx, call.input.id));
}

/** Throws 404. */
export async function renameDataset(call: {
  ctx: ServiceContext;
  input: { id: string; name: string };
}): Promise<Dataset> {
  const { ctx, input } = call;
  await ctx.owned.update(datasets, { name: input.name, updatedAt: ctx.now() }, eq(datasets.id, input.id));
  return getDataset({ ctx, input });
}

/** The row of one dataset. Throws 404. */
export async function findDataset(ctx: ServiceContext, id: string): Promise<DatasetRow> {
  const row = await ctx.owned.find(datasets, eq(datasets.id, id));
  if (row === undefined) throw notFound("dataset");
  return row;
}

/** Rows in the order of the ids; those that are missing are left out. */
export async function findDatasets(ctx: ServiceContext, ids: readonly string[]): Promise<DatasetRow[]> {
  const rows = await ctx.owned.list(datasets, { where: inArray(datasets.id, [...ids]), limit: ids.length });
  return ids.flatMap((id) => rows.find((row) => row.id === id) ?? []);
}

/** A row as the API shows it. */
export function datasetOf(row: DatasetRow): Dataset {
  const { id, name, source, instrument, timeframe, candles, report, createdAt, updatedAt } = row;
  return {
    id,
    name,
    source,
    instrument,
    timeframe,
    from: row.fromMs,
    to: row.toMs,
    candles,
    report,
    createdAt,
    updatedAt,
  };
}

/** Removes the row. Throws 404. */
export async function deleteDataset(call: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  const removed = await call.ctx.owned.remove(datasets, eq(datasets.id, call.input.id));
  if (removed === 0) throw notFound("dataset");
}
