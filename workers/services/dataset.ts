import { and, desc, eq, inArray, sql } from "drizzle-orm";
import { backfills } from "../../schema/tables/backfill.ts";
import { backtests } from "../../schema/tables/backtest.ts";
import { datasets } from "../../schema/tables/dataset.ts";
import { tradingAccounts } from "../../schema/tables/trading.ts";
import type { Dataset } from "../../schema/wire/dataset.ts";
import { prepareAuditOfChange } from "../audit/prepare-audit.ts";
import { removeCandles } from "../feed/archive/candle-archive.ts";
import { conflict, notFound } from "../platform/problem-error.ts";
import { archiveStore } from "./candle-sources.ts";
import { type ServiceContext, trailOf } from "./service-context.ts";

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
  const row = await findDataset(ctx, input.id);
  await ctx.owned.batch([
    ctx.owned.prepareUpdate(datasets, { name: input.name, updatedAt: ctx.now() }, eq(datasets.id, row.id)),
    prepareAuditOfChange(trailOf(ctx), {
      action: "dataset.rename",
      subject: { kind: "dataset", id: row.id },
      before: { name: row.name },
      after: { name: input.name },
    }),
  ]);
  return getDataset({ ctx, input });
}

/** The row of one dataset. Throws 404. */
export async function findDataset(ctx: Pick<ServiceContext, "owned">, id: string): Promise<DatasetRow> {
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

/** Removes a dataset and its candles. Throws 404, and 409 while a run still reads it. */
export async function deleteDataset(call: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  const { ctx, input } = call;
  const row = await findDataset(ctx, input.id);
  const reading = await ctx.owned.count(
    backtests,
    and(inArray(backtests.status, ["queued", "running"]), sql`instr(${backtests.settings}, ${row.id}) > 0`),
  );
  if (reading > 0) throw conflict("in_use", "A run still reads this dataset. Cancel it or wait until it is done.");
  const plays = await ctx.owned.count(tradingAccounts, sql`instr(${tradingAccounts.market}, ${row.id}) > 0`);
  if (plays > 0) throw conflict("in_use", "An account plays this dataset again. Delete the account first.");
  const { name, source, timeframe, candles } = row;
  await ctx.owned.batch([
    ctx.owned.prepareRemove(datasets, eq(datasets.id, row.id)),
    prepareAuditOfChange(trailOf(ctx), {
      action: "dataset.delete",
      subject: { kind: "dataset", id: row.id },
      before: { name, source, symbol: row.instrument.symbol, timeframe, candles },
    }),
    ctx.owned.prepareRemove(backfills, eq(backfills.datasetId, row.id)),
  ]);
  if (row.source !== "simulated") await removeCandles(archiveStore(ctx), row.id);
}
