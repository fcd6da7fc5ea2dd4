import { eq } from "drizzle-orm";
import { backtests } from "../../schema/tables/backtest.ts";
import type { Backtest } from "../../schema/wire/backtest.ts";
import { prepareAudit, prepareAuditOfChange } from "../audit/prepare-audit.ts";
import { conflict, notFound } from "../platform/problem-error.ts";
import { cancelEvent } from "../run/cancel-event.ts";
import { runObject, stateOfRow } from "../run/run-live.ts";
import { type BacktestRow, type ReportPart, RunStore } from "../run/run-store.ts";
import { type ServiceContext, trailOf } from "./service-context.ts";

type ById = { ctx: ServiceContext; input: { id: string } };

/** Throws 404. */
export async function getBacktest({ ctx, input }: ById): Promise<Backtest> {
  return backtestOf(await findBacktest(ctx, input.id));
}

/**
 * Stops a run: at once where it waits, within a month of candles where a worker is on it. Answers the run as it is;
 * one that has ended stays as it ended. Throws 404.
 */
export async function cancelBacktest({ ctx, input }: ById): Promise<Backtest> {
  const row = await findBacktest(ctx, input.id);
  const event = cancelEvent(row);
  const along = event === undefined ? [] : [prepareAudit(trailOf(ctx), event)];
  const store = runStore(ctx);
  const outcome = { status: "cancelled" as const, error: null, nowMs: ctx.now() };
  // The trail comes first: a worker must not stop for a request that nothing tells of.
  await store.end(row, outcome, { where: eq(backtests.status, "queued"), along });
  const { object: live } = await runObject(ctx.env, { ownerId: ctx.ownerId, runId: row.id });
  await live.begin({ ownerId: ctx.ownerId, state: stateOfRow(row) });
  await live.requestCancel(ctx.ownerId);
  const now = await findBacktest(ctx, input.id);
  if (now.status === "cancelled") await live.report({ ownerId: ctx.ownerId, state: stateOfRow(now) });
  return backtestOf(now);
}

/** Removes a run, its report and its watchers; a worker that is on it stops at its next write. Throws 404. */
export async function deleteBacktest({ ctx, input }: ById): Promise<void> {
  const row = await findBacktest(ctx, input.id);
  const { name, status, symbols } = row;
  await ctx.owned.batch([
    ctx.owned.prepareRemove(backtests, eq(backtests.id, row.id)),
    prepareAuditOfChange(trailOf(ctx), {
      action: "backtest.delete",
      subject: { kind: "backtest", id: row.id },
      before: { name, status, symbols },
    }),
  ]);
  await runStore(ctx).dropObjects(row);
  const { object } = await runObject(ctx.env, { ownerId: ctx.ownerId, runId: row.id });
  await object.destroy(ctx.ownerId);
}

/** A stored part of the report, as JSON. Throws 404, and 409 where the run has no report. */
export async function readReportPart(call: {
  ctx: ServiceContext;
  input: { id: string; part: ReportPart };
}): Promise<R2ObjectBody> {
  const { ctx, input } = call;
  const row = await findBacktest(ctx, input.id);
  if (row.status !== "done") throw conflict("no_report", `The run has no report: it is ${row.status}.`);
  const object = await runStore(ctx).readReport(row, input.part);
  if (object === null) throw notFound("report");
  return object;
}

/** The row of one run. Throws 404. */
export async function findBacktest(ctx: Pick<ServiceContext, "owned">, id: string): Promise<BacktestRow> {
  const row = await ctx.owned.find(backtests, eq(backtests.id, id));
  if (row === undefined) throw notFound("backtest");
  return row;
}

export function runStore(ctx: Pick<ServiceContext, "owned" | "env">): RunStore {
  return new RunStore({ owned: ctx.owned, bucket: ctx.env.BUCKET });
}

/** A row as the API shows it. */
export function backtestOf(row: BacktestRow): Backtest {
  const { id, name, status, strategyTitle, symbols, simulated, settings, headline, createdAt, startedAt, finishedAt } =
    row;
  const error = row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? "" };
  return {
    id,
    name,
    status,
    strategyTitle,
    symbols,
    simulated,
    settings,
    headline,
    error,
    createdAt,
    startedAt,
    finishedAt,
  };
}
