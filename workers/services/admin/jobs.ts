import { and, eq, inArray, isNull, type SQL } from "drizzle-orm";
import { backfills } from "../../../schema/tables/backfill.ts";
import { backtests } from "../../../schema/tables/backtest.ts";
import { mailOutbox } from "../../../schema/tables/outbox.ts";
import { dataExports } from "../../../schema/tables/privacy.ts";
import type { AdminJob, JobCounts, JobKind, JobQuery } from "../../../schema/wire/admin.ts";
import { auditContext, prepareAudit, prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import { ownedDatabase } from "../../platform/owned-database.ts";
import { conflict, notFound } from "../../platform/problem-error.ts";
import { reporterOf, stateOfRow } from "../../run/run-live.ts";
import { cancelBackfill, findBackfill, sendBackfill } from "../backfill/backfills.ts";
import { cancelBacktest } from "../backtest.ts";
import type { ServiceContext } from "../service-context.ts";
import { countJobs, findJob, listJobs } from "./job-lists.ts";

type OfJob = { readonly ctx: ServiceContext; readonly input: { readonly kind: JobKind; readonly id: string } };

/** A page of the deployment's work of one kind. */
export async function listAdminJobs({ ctx, input }: { ctx: ServiceContext; input: JobQuery }) {
  return listJobs(ctx.database, input, ctx.now());
}

/** How much waits and hangs, of each kind. */
export async function countAdminJobs({ ctx }: { ctx: ServiceContext }): Promise<JobCounts> {
  return countJobs(ctx.database, ctx.now());
}

/**
 * Has work done again that hangs, waits or was given up: whoever held it loses it, and its tries are counted anew. Throws
 * 404, and 409 where it is not of a kind that can be.
 */
export async function redriveJob({ ctx, input }: OfJob): Promise<AdminJob> {
  const job = await requireJob({ ctx, input }, "redrive");
  const changed = await REDRIVES[input.kind](ofOwner(ctx, job), job);
  if (!changed) throw moved();
  return requireFound({ ctx, input });
}

/** Ends work that somebody asked for; they can ask again. Throws 404, and 409 where it has ended. */
export async function cancelJob({ ctx, input }: OfJob): Promise<AdminJob> {
  const job = await requireJob({ ctx, input }, "cancel");
  const owner = ofOwner(ctx, job);
  // Before it is done, so that nothing is done that nothing tells of; the owner's trail tells of what came of it.
  const own = auditContext(ctx, { ownerId: ctx.actor.userId, actor: ctx.actor });
  await ctx.database.batch([prepareAudit(own, eventOf(job, "job.cancel"))]);
  if (input.kind === "run") await cancelBacktest({ ctx: owner, input });
  else await cancelBackfill({ ctx: owner, input });
  return requireFound({ ctx, input });
}

const REDRIVES: Readonly<Record<JobKind, (owner: ServiceContext, job: AdminJob) => Promise<boolean>>> = {
  run: redriveRun,
  export: redriveExport,
  backfill: redriveBackfill,
  letter: redriveLetter,
};

async function redriveRun(ctx: ServiceContext, job: AdminJob): Promise<boolean> {
  const values = { ...anew(ctx.now()), errorCode: null, errorMessage: null, cancelRequested: false };
  const again = inArray(backtests.status, ["queued", "running", "failed"]);
  const [changed = 0] = await ctx.owned.batch([
    ctx.owned.prepareUpdate(backtests, values, both(eq(backtests.id, job.id), again)),
    ...redriveEntries(ctx, job),
  ]);
  if (changed === 0) return false;
  await ctx.env.RUNS.send({ runId: job.id, ownerId: job.ownerId });
  const row = await ctx.owned.find(backtests, eq(backtests.id, job.id));
  if (row !== undefined) await reporterOf(ctx.env, job.ownerId)(stateOfRow(row));
  return true;
}

async function redriveExport(ctx: ServiceContext, job: AdminJob): Promise<boolean> {
  const again = inArray(dataExports.status, ["queued", "running", "failed"]);
  const [changed = 0] = await ctx.owned.batch([
    ctx.owned.prepareUpdate(dataExports, { ...anew(ctx.now()), error: null }, both(eq(dataExports.id, job.id), again)),
    ...redriveEntries(ctx, job),
  ]);
  if (changed === 0) return false;
  await ctx.env.EXPORTS.send({ exportId: job.id, ownerId: job.ownerId });
  return true;
}

async function redriveBackfill(ctx: ServiceContext, job: AdminJob): Promise<boolean> {
  const { generation: before } = await findBackfill(ctx, job.id);
  const generation = before + 1;
  const told = { errorCode: null, errorMessage: null, failures: 0, generation };
  const again = both(
    eq(backfills.id, job.id),
    eq(backfills.generation, before),
    inArray(backfills.status, ["queued", "running", "failed"]),
  );
  const [changed = 0] = await ctx.owned.batch([
    ctx.owned.prepareUpdate(backfills, { ...anew(ctx.now()), ...told }, again),
    ...redriveEntries(ctx, job),
  ]);
  if (changed === 0) return false;
  await sendBackfill(ctx, { id: job.id, generation });
  return true;
}

/** It leaves with the next minute's letters. */
async function redriveLetter(ctx: ServiceContext, job: AdminJob): Promise<boolean> {
  const { id, sentAt, failedAt } = mailOutbox;
  const waits = and(eq(id, job.id), isNull(sentAt), isNull(failedAt));
  const [changed] = await ctx.database.batch([
    ctx.database.update(mailOutbox).set({ nextAttemptAt: ctx.now() }).where(waits),
    ...redriveEntries(ctx, job),
  ]);
  return changed.meta.changes > 0;
}

/** As it was before anybody took it up. */
function anew(nowMs: number) {
  const free = { leaseToken: null, leaseUntilMs: 0 };
  return { status: "queued" as const, finishedAt: null, aliveAt: nowMs, redrives: 0, ...free };
}

/** Right behind the change: entries in the trail of whose work it is, and in that of whoever did it. */
function redriveEntries(ctx: ServiceContext, job: AdminJob) {
  const ids = new Set([job.ownerId, ctx.actor.userId].filter((id) => id !== ""));
  return Array.from(ids, (ownerId) =>
    prepareAuditOfChange(auditContext(ctx, { ownerId, actor: ctx.actor }), eventOf(job, "job.redrive")),
  );
}

function eventOf({ kind, id, state, attempts }: AdminJob, action: string) {
  return { action, subject: { kind, id }, before: { state, attempts } };
}

/** The verbs of an owner, done by whoever asks. */
function ofOwner(ctx: ServiceContext, { ownerId }: AdminJob): ServiceContext {
  // A letter to an address that has no account is nobody's.
  if (ownerId === "") return ctx;
  return { ...ctx, ownerId, owned: ownedDatabase(ctx.database, ownerId) };
}

async function requireJob(call: OfJob, verb: AdminJob["verbs"][number]): Promise<AdminJob> {
  const job = await requireFound(call);
  if (job.verbs.includes(verb)) return job;
  const words = verb === "redrive" ? "done again" : "cancelled";
  throw conflict("job_state", `A ${job.kind} that is ${job.state} cannot be ${words}.`);
}

async function requireFound({ ctx, input }: OfJob): Promise<AdminJob> {
  const job = await findJob(ctx.database, input.kind, input.id, ctx.now());
  if (job === undefined) throw notFound(input.kind);
  return job;
}

function moved() {
  return conflict("job_moved", "It went on at that very moment. Look again.");
}

function both(...conditions: SQL[]): SQL {
  const all = and(...conditions);
  if (all === undefined) throw new Error("a change of work must say which");
  return all;
}
