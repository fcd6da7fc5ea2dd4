import { inArray } from "drizzle-orm";
import { nightlyJobs } from "../../schema/tables/privacy.ts";
import { backupObject } from "../backup/backup-object-of.ts";
import { backupStoreOf } from "../backup/backup-store-of.ts";
import { dropOldBackups } from "../backup/drop-old-backups.ts";
import { keepOwnerKeys } from "../backup/owner-keys.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { enforceRetention } from "../privacy/enforce-retention.ts";
import { eraseDueAccounts } from "../privacy/erase-owner.ts";

/** A job of the night: does a bounded piece of its work and says whether nothing is left of it. */
export type NightlyJob = (env: Env, nowMs: number) => Promise<boolean>;

const JOBS: Readonly<Record<string, NightlyJob>> = {
  retention: enforceRetention,
  erasure: eraseDueAccounts,
  backup: beginBackup,
  "old-backups": dropOldBackups,
  "owner-keys": async (env, nowMs) => {
    await keepOwnerKeys(env, nowMs);
    return true;
  },
};

/** The day's full backup: another object makes it, in pieces of its own. */
async function beginBackup(env: Env): Promise<boolean> {
  if (backupStoreOf(env) !== undefined) await backupObject(env).begin({ askedBy: "day" });
  return true;
}

/**
 * Gives each job that is not through for this UTC day its piece, each minute until it is. Jobs may be stopped anywhere and
 * come twice; a failure of one is told after the others had their turn.
 */
export async function runNightly(env: Env, nowMs: number, jobs = JOBS): Promise<void> {
  const database = openDatabase(env.DB);
  const day = new Date(nowMs).toISOString().slice(0, 10);
  const known = await database
    .select()
    .from(nightlyJobs)
    .where(inArray(nightlyJobs.name, Object.keys(jobs)));
  const done = new Set(known.filter((row) => row.day >= day).map((row) => row.name));
  const failures: string[] = [];
  for (const [name, job] of Object.entries(jobs)) {
    if (done.has(name)) continue;
    try {
      if (!(await job(env, nowMs))) continue;
      const row = { name, day, doneAt: nowMs };
      await database.insert(nightlyJobs).values(row).onConflictDoUpdate({ target: nightlyJobs.name, set: row });
    } catch (error) {
      failures.push(`${name}: ${String(error)}`);
    }
  }
  if (failures.length > 0) throw new Error(`nightly jobs failed: ${failures.join("; ")}`);
}
