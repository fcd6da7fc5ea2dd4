import { eq } from "drizzle-orm";
import { z } from "zod";
import { users } from "../../schema/tables/identity.ts";
import { dataExports } from "../../schema/tables/privacy.ts";
import { auditObject } from "../audit/drain-audit.ts";
import { prepareAuditOfChange } from "../audit/prepare-audit.ts";
import { LETTERS } from "../mail/letter.ts";
import { prepareLetter } from "../mail/mail-outbox.ts";
import type { Clock } from "../platform/clock.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { ArchiveUpload, UploadState } from "./archive-upload.ts";
import { writeEnd, writeFile } from "./archive-writer.ts";
import type { ExportContext } from "./export-section.ts";
import { countItems, EXPORT_START, readStep } from "./export-sections.ts";
import { claimExport, EXPORT_LEASE_MS, type ExportRow, endHeld, exportPrefix, updateHeld } from "./export-store.ts";
import { RETENTION } from "./retention.ts";

// Packing prices takes up to 150 ms a megabyte; a message may use the processor for 30 s and should leave most of that.
const MESSAGE_BYTES_MAX = 32 * 1024 ** 2;
// Each file costs up to three requests to bindings, of which a message has a thousand.
const MESSAGE_FILES_MAX = 200;
// Rows are read fifty a query, of which a message has a thousand too.
const MESSAGE_ITEMS_MAX = 20_000;
/** How often a worker says how far it is: far more often than its lease runs out. */
const PROGRESS_MS = 1_000;

export interface ExportLimits {
  readonly messageBytesMax: number;
  readonly messageFilesMax: number;
}
const LIMITS: ExportLimits = { messageBytesMax: MESSAGE_BYTES_MAX, messageFilesMax: MESSAGE_FILES_MAX };

export interface ExportWorker {
  readonly env: Env;
  readonly now: Clock;
  readonly newToken: () => string;
  readonly limits?: ExportLimits;
}

/** How far an archive is when a message ends before it. */
const Checkpoint = z.object({
  upload: UploadState,
  cursor: z.object({ section: z.number(), after: z.number(), part: z.number() }),
  done: z.number(),
  total: z.number(),
});
type Checkpoint = z.infer<typeof Checkpoint>;

/**
 * Works on one export, from where the last message laid it aside. `continue`: another message is needed. `busy`: another
 * worker holds it. A repeated message does again what was not laid aside, in the same place: nothing is there twice.
 */
export async function workOnExport(
  message: { exportId: string; ownerId: string },
  worker: ExportWorker,
): Promise<"done" | "continue" | "busy"> {
  const { env, now } = worker;
  const { exportId, ownerId } = message;
  const database = openDatabase(env.DB);
  const owned = ownedDatabase(database, ownerId);
  const row = await claimExport(owned, { id: exportId, token: worker.newToken(), nowMs: now() });
  if (row === "ended") return "done";
  if (row === "busy") return "busy";
  const ctx = { env, database, ownerId, nowMs: row.createdAt, trail: await auditObject(env, ownerId) };
  const before = row.checkpoint === null ? undefined : Checkpoint.parse(JSON.parse(row.checkpoint));
  const key = `${exportPrefix(row)}archive.tar.gz`;
  try {
    const upload = await ArchiveUpload.open(env.BUCKET, key, before?.upload);
    const start = before ?? { cursor: EXPORT_START, done: 0, total: await countItems(ctx) };
    const state = await writeSteps(ctx, { worker, row, upload, start });
    if (state === undefined) return "done";
    if (!state.ended) return (await layAside(worker, row, { upload, ...state })) ? "continue" : "done";
    await writeEnd(upload);
    await finish(worker, row, { key, bytes: await upload.finish() });
    return "done";
  } catch (error) {
    // The next attempt need not wait for the lease to run out.
    await updateHeld(owned, row, { leaseUntilMs: 0 });
    throw error;
  }
}

/** Keeps what a following message needs to go on. False where the lease was lost. */
async function layAside(
  worker: ExportWorker,
  row: ExportRow,
  state: Progress & { upload: ArchiveUpload },
): Promise<boolean> {
  const { env, now } = worker;
  const { cursor, done, total } = state;
  // A name of this attempt's own: the checkpoint before this one still needs its rest.
  const upload = await state.upload.suspend(`${exportPrefix(row)}rest-${row.leaseToken}`);
  const checkpoint: Checkpoint = { upload, cursor, done, total };
  const values = { checkpoint: JSON.stringify(checkpoint), leaseUntilMs: 0, aliveAt: now(), redrives: 0 };
  return updateHeld(ownedDatabase(openDatabase(env.DB), row.ownerId), row, values);
}

interface Progress {
  readonly cursor: Checkpoint["cursor"];
  readonly done: number;
  readonly total: number;
}

/** Writes files until a message has done its share or the archive ends; undefined where the worker lost its lease. */
async function writeSteps(
  ctx: ExportContext,
  work: { worker: ExportWorker; row: ExportRow; upload: ArchiveUpload; start: Progress },
): Promise<(Progress & { ended: boolean }) | undefined> {
  const { worker, row, upload } = work;
  const { messageBytesMax, messageFilesMax } = worker.limits ?? LIMITS;
  const owned = ownedDatabase(ctx.database, ctx.ownerId);
  let { cursor, done } = work.start;
  const { total } = work.start;
  let bytes = 0;
  let saidAt = worker.now();
  const isShareDone = (steps: number) =>
    bytes >= messageBytesMax || steps >= messageFilesMax || done - work.start.done >= MESSAGE_ITEMS_MAX;
  for (let steps = 0; !isShareDone(steps); steps++) {
    const step = await readStep(ctx, cursor);
    if (step === undefined) return { cursor, done, total, ended: true };
    if (step.file !== undefined) {
      await writeFile(upload, step.file, ctx.nowMs);
      bytes += step.file.bytes;
    }
    cursor = step.next;
    done += step.items;
    const nowMs = worker.now();
    if (nowMs < saidAt + PROGRESS_MS) continue;
    saidAt = nowMs;
    // New things may have come since they were counted; only the end is all of it.
    const progress = Math.min(0.99, done / Math.max(1, total));
    const values = { progress, aliveAt: nowMs, leaseUntilMs: nowMs + EXPORT_LEASE_MS };
    if (!(await updateHeld(owned, row, values))) return undefined;
  }
  return { cursor, done, total, ended: false };
}

/** Says that the archive is there, in the row, in a letter and in the trail; without a row, takes it away again. */
async function finish(worker: ExportWorker, row: ExportRow, made: { key: string; bytes: number }): Promise<void> {
  const { env, now } = worker;
  const nowMs = now();
  const database = openDatabase(env.DB);
  const owned = ownedDatabase(database, row.ownerId);
  const [user] = await database.select().from(users).where(eq(users.id, row.ownerId)).limit(1);
  const values = {
    ...{ status: "done" as const, progress: 1, objectKey: made.key, bytes: made.bytes, finishedAt: nowMs },
    ...{
      expiresAt: nowMs + RETENTION.exports.keptMs,
      aliveAt: nowMs,
      leaseToken: null,
      leaseUntilMs: 0,
      checkpoint: null,
    },
  };
  const trail = {
    database,
    ownerId: row.ownerId,
    actor: { type: "system" as const, userId: "", grantId: "" },
    place: { address: "", userAgent: "", requestId: "" },
    nowMs,
  };
  const event = { action: "export.finish", subject: { kind: "export", id: row.id }, after: { bytes: made.bytes } };
  if (user === undefined) {
    await env.BUCKET.delete(made.key);
    return;
  }
  const letter = { userId: user.id, to: user.email, letter: LETTERS.exportReady(row.origin), ofChange: true };
  const along = [prepareAuditOfChange(trail, event), ...(await prepareLetter({ env, database, nowMs }, letter))];
  const ended = await endHeld(owned, row, { values, along });
  await dropRests(env, row);
  // The account was erased meanwhile, and nothing names the archive.
  if (!ended && (await owned.find(dataExports, eq(dataExports.id, row.id))) === undefined)
    await env.BUCKET.delete(made.key);
}

/** Removes what an export laid aside on its way. */
export async function dropRests(env: Env, row: Pick<ExportRow, "ownerId" | "id">): Promise<void> {
  const { objects } = await env.BUCKET.list({ prefix: `${exportPrefix(row)}rest-` });
  if (objects.length > 0) await env.BUCKET.delete(objects.map(({ key }) => key));
}
