import { and, count, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { backfills } from "../../../schema/tables/backfill.ts";
import { datasets } from "../../../schema/tables/dataset.ts";
import { BACKFILLS_AT_ONCE_MAX, type Backfill } from "../../../schema/wire/backfill.ts";
import { prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import { type BackfillRow, failsWhere, isLost, UNFINISHED } from "../../backfill/backfill-store.ts";
import { dropUnfinished } from "../../backfill/unfinished-candles.ts";
import { logEvent } from "../../platform/log-event.ts";
import { conflict, notFound } from "../../platform/problem-error.ts";
import { archiveStore } from "../candle-sources.ts";
import { DATASETS_MAX } from "../dataset.ts";
import { type ServiceContext, trailOf } from "../service-context.ts";

/** As many as there can be datasets: a list of all of them is one page. */
export const BACKFILLS_KEPT_MAX = DATASETS_MAX;

const STOPPED = inArray(backfills.status, ["failed", "cancelled"]);

/** The person's backfills, the newest first. */
export async function listBackfills({ ctx }: { ctx: ServiceContext }): Promise<Backfill[]> {
  const rows = await ctx.owned.list(backfills, { orderBy: [desc(backfills.createdAt)], limit: BACKFILLS_KEPT_MAX });
  return rows.map(backfillOf);
}

/** Throws 404. */
export async function getBackfill({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<Backfill> {
  return backfillOf(await findBackfill(ctx, input.id));
}

/** Stops one; what was brought stays until it is deleted. Does nothing to one that has ended. Throws 404. */
export async function cancelBackfill(call: { ctx: ServiceContext; input: { id: string } }): Promise<Backfill> {
  const { ctx, input } = call;
  const row = await findBackfill(ctx, input.id);
  const nowMs = ctx.now();
  const change = { status: "cancelled" as const, generation: sql`generation + 1`, finishedAt: nowMs, aliveAt: nowMs };
  const free = { leaseToken: null, leaseUntilMs: 0 };
  await ctx.owned.batch([
    ctx.owned.prepareUpdate(backfills, { ...change, ...free }, where(eq(backfills.id, row.id), UNFINISHED)),
    prepareAuditOfChange(trailOf(ctx), { action: "backfill.cancel", subject: { kind: "backfill", id: row.id } }),
  ]);
  return getBackfill(call);
}

/** Goes on with one that failed or was stopped, behind what was brought. Throws 404, and 409 where there is no room for it. */
export async function resumeBackfill(call: { ctx: ServiceContext; input: { id: string } }): Promise<Backfill> {
  const { ctx, input } = call;
  const row = await findBackfill(ctx, input.id);
  await requireRoomForOne(ctx);
  const nowMs = ctx.now();
  const generation = row.generation + 1;
  // A time that the venue has asked for is kept: stopping and going on is no way around it.
  const aliveAt = Math.max(nowMs, row.waitUntilMs ?? 0);
  const change = { status: "queued" as const, generation, failures: 0, redrives: 0, finishedAt: null, aliveAt };
  const told = { errorCode: null, errorMessage: null };
  const stopped = where(eq(backfills.id, row.id), eq(backfills.generation, row.generation), STOPPED);
  const [, resumed = 0] = await inRoom(ctx, [
    ctx.owned.prepareUpdate(backfills, { ...change, ...told }, stopped),
    prepareAuditOfChange(trailOf(ctx), { action: "backfill.resume", subject: { kind: "backfill", id: row.id } }),
  ]);
  if (resumed > 0) await sendBackfill(ctx, { id: row.id, generation }, aliveAt - nowMs);
  return getBackfill(call);
}

/** Throws 409 where one more would be too many at once, or make too many datasets. */
export async function requireRoomForOne({ owned }: Pick<ServiceContext, "owned">): Promise<void> {
  const open = await owned.count(backfills, UNFINISHED);
  if (open >= BACKFILLS_AT_ONCE_MAX) {
    const most = `At most ${BACKFILLS_AT_ONCE_MAX} series are brought at once, since a venue lets no more through for them.`;
    throw conflict("too_many_backfills", `${most} Wait for one or stop it.`);
  }
  // Each that is under way makes one.
  if ((await owned.count(datasets)) + open >= DATASETS_MAX) {
    throw conflict("too_many_datasets", `At most ${DATASETS_MAX} datasets are kept. Delete one first.`);
  }
}

/**
 * Runs a batch that makes one more be under way, all or none of it: where another request took the last room since it was looked
 * at, it throws the 409 that the look would have.
 */
export async function inRoom(
  ctx: ServiceContext,
  statements: readonly BatchItem<"sqlite">[],
): Promise<readonly number[]> {
  const { database, owned, ownerId } = ctx;
  const open = database
    .select({ rows: count() })
    .from(backfills)
    .where(and(eq(backfills.ownerId, ownerId), UNFINISHED));
  const kept = database.select({ rows: count() }).from(datasets).where(eq(datasets.ownerId, ownerId));
  const isFull = sql`${open} >= ${BACKFILLS_AT_ONCE_MAX} OR ${kept} + ${open} >= ${DATASETS_MAX}`;
  try {
    return await owned.batch([failsWhere(database, isFull), ...statements]);
  } catch (error) {
    if (!isLost(error)) throw error;
    await requireRoomForOne(ctx);
    // The room is there again by now.
    throw conflict("too_many_backfills", "Too many series were begun at the same moment. Ask again.");
  }
}

/** Deletes one, with what it brought unless that became a dataset. Throws 404, and 409 while it is under way. */
export async function deleteBackfill(call: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  const { ctx, input } = call;
  const row = await findBackfill(ctx, input.id);
  const ended = where(eq(backfills.id, row.id), inArray(backfills.status, ["done", "failed", "cancelled"]));
  const { status, instrument, timeframe, candles } = row;
  const [removed = 0] = await ctx.owned.batch([
    ctx.owned.prepareRemove(backfills, ended),
    prepareAuditOfChange(trailOf(ctx), {
      action: "backfill.delete",
      subject: { kind: "backfill", id: row.id },
      before: { status, instrument: instrument.id, timeframe, candles },
    }),
  ]);
  if (removed === 0) throw conflict("running", "It is under way. Stop it first.");
  if ((await ctx.owned.find(datasets, eq(datasets.id, row.datasetId))) !== undefined) return;
  await dropUnfinished(ctx.env.BUCKET, archiveStore(ctx), row.datasetId);
}

/** Throws 404. */
export async function findBackfill(ctx: Pick<ServiceContext, "owned">, id: string): Promise<BackfillRow> {
  const row = await ctx.owned.find(backfills, eq(backfills.id, id));
  if (row === undefined) throw notFound("backfill");
  return row;
}

/** A message that is lost here is sent again by the watchdog. */
export async function sendBackfill(
  { env, ownerId }: Pick<ServiceContext, "env" | "ownerId">,
  { id, generation }: { readonly id: string; readonly generation: number },
  delayMs = 0,
): Promise<void> {
  try {
    await env.BACKFILLS.send({ backfillId: id, ownerId, generation }, { delaySeconds: Math.ceil(delayMs / 1_000) });
  } catch (error) {
    logEvent("backfill_not_sent", { id, error });
  }
}

/** A row as the API shows it. */
export function backfillOf(row: BackfillRow): Backfill {
  const { id, name, status, phase, sourceId, venue, environment, instrument, timeframe, errorCode } = row;
  const { candles, repaired, missing, requests, rateWaits, createdAt, finishedAt } = row;
  const share = (at: number) => Math.min(1, Math.max(0, (at - row.fromMs) / (row.toMs - row.fromMs)));
  const isOpen = status === "queued" || status === "running";
  return {
    ...{ id, name, status, phase, sourceId, venue, environment, instrument, timeframe, from: row.fromMs, to: row.toMs },
    ...{ candles, repaired, missing, requests, rateWaits, createdAt, finishedAt },
    share: phase === "candles" && status !== "done" ? share(row.cursorMs) : 1,
    checkedShare: status === "done" || phase === "end" ? 1 : share(row.checkedMs),
    waitingUntil: isOpen ? row.waitUntilMs : null,
    error: errorCode === null ? null : { code: errorCode, message: row.errorMessage ?? "" },
    datasetId: status === "done" ? row.datasetId : null,
  };
}

function where(...conditions: SQL[]): SQL {
  const all = and(...conditions);
  if (all === undefined) throw new Error("a change of a backfill must say which");
  return all;
}
