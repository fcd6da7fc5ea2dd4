import { and, eq, lt, sql } from "drizzle-orm";
import { dataExports } from "../../schema/tables/privacy.ts";
import { prepareAuditOfChange } from "../audit/prepare-audit.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { EXPORT_LEASE_MS, exportPrefix, UNFINISHED } from "../privacy/export-store.ts";

/** Twice the lease: a worker that lives has renewed it by then. Any queue may lose a message. */
export const EXPORT_SILENT_MS = 2 * EXPORT_LEASE_MS;
// An archive that kills its worker each time must not do so for ever.
const REDRIVES_MAX = 5;
const EXPORTS_PER_TICK_MAX = 20;

/** Sends archives again that nobody works on, each minute; gives those up that stopped again and again. */
export async function watchExports(env: Env, nowMs: number): Promise<void> {
  const database = openDatabase(env.DB);
  const silent = and(UNFINISHED, lt(dataExports.aliveAt, nowMs - EXPORT_SILENT_MS));
  const { id, ownerId, redrives } = dataExports;
  const rows = await database
    .select({ id, ownerId, redrives })
    .from(dataExports)
    .where(silent)
    .limit(EXPORTS_PER_TICK_MAX);
  for (const row of rows) {
    const message = { exportId: row.id, ownerId: row.ownerId };
    if (row.redrives >= REDRIVES_MAX) {
      await giveUpExport(env, { ...message, nowMs });
      continue;
    }
    // Asked again with the change, so that two watchdogs send one message.
    const change = { aliveAt: nowMs, redrives: sql`redrives + 1` };
    const changed = await database
      .update(dataExports)
      .set(change)
      .where(and(eq(id, row.id), silent));
    if (changed.meta.changes > 0) await env.EXPORTS.send(message);
  }
}

/** Ends an archive that failed again and again, in words for its owner. Does nothing where it has ended. */
export async function giveUpExport(
  env: Env,
  input: { exportId: string; ownerId: string; nowMs: number },
): Promise<void> {
  const { exportId, ownerId, nowMs } = input;
  const database = openDatabase(env.DB);
  const owned = ownedDatabase(database, ownerId);
  const open = and(eq(dataExports.id, exportId), UNFINISHED);
  if (open === undefined) throw new Error("an update of an export must say which");
  const error =
    "The archive could not be finished, for a reason on our side. Nothing of yours is lost: ask for it again.";
  const values = {
    status: "failed" as const,
    error,
    finishedAt: nowMs,
    leaseToken: null,
    leaseUntilMs: 0,
    checkpoint: null,
  };
  const trail = {
    database,
    ownerId,
    actor: { type: "system" as const, userId: "", grantId: "" },
    place: { address: "", userAgent: "", requestId: "" },
    nowMs,
  };
  const [ended = 0] = await owned.batch([
    owned.prepareUpdate(dataExports, values, open),
    prepareAuditOfChange(trail, { action: "export.fail", subject: { kind: "export", id: exportId } }),
  ]);
  if (ended === 0) return;
  const { objects } = await env.BUCKET.list({ prefix: exportPrefix({ ownerId, id: exportId }) });
  if (objects.length > 0) await env.BUCKET.delete(objects.map(({ key }) => key));
}
