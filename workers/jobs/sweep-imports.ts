import { and, eq } from "drizzle-orm";
import { datasets, imports } from "../../schema/tables/dataset.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { findSilentImports } from "../platform/watchdog-database.ts";
import { RETENTION } from "../privacy/retention.ts";
import { STAGED_PREFIX } from "../services/staged-upload.ts";

// An import says how far it is each second; a browser that closed ends it without a word.
const SILENT_MS = 10 * 60_000;
const IMPORTS_PER_TICK_MAX = 20;
// What one deletion of the object store takes.
const OBJECTS_PER_DELETE_MAX = 1_000;

/** Ends imports that died while they read, and removes what they had stored: files that were read, half datasets. */
export async function sweepImports(env: Env, nowMs: number): Promise<number> {
  const database = openDatabase(env.DB);
  const found = await findSilentImports(database, { silentSinceMs: nowMs - SILENT_MS, limit: IMPORTS_PER_TICK_MAX });
  for (const { id, ownerId, datasetId } of found) {
    const owned = ownedDatabase(database, ownerId);
    const failure = {
      errorCode: "interrupted",
      errorMessage: "The upload ended before the file did. Import it again.",
    };
    const still = and(eq(imports.id, id), eq(imports.status, "reading"));
    if (still === undefined) continue;
    if ((await owned.update(imports, { status: "failed", ...failure, updatedAt: nowMs }, still)) === 0) continue;
    if (datasetId === null || (await owned.find(datasets, eq(datasets.id, datasetId))) !== undefined) continue;
    await dropObjects(env.BUCKET, `candles/${ownerId}/${datasetId}/`);
  }
  await dropOldUploads(env.BUCKET, nowMs - RETENTION.stagedUploads.keptMs);
  return found.length;
}

async function dropOldUploads(bucket: R2Bucket, beforeMs: number): Promise<void> {
  const { objects } = await bucket.list({ prefix: STAGED_PREFIX, limit: OBJECTS_PER_DELETE_MAX });
  const old = objects.filter(({ uploaded }) => uploaded.getTime() < beforeMs);
  if (old.length > 0) await bucket.delete(old.map(({ key }) => key));
}

async function dropObjects(bucket: R2Bucket, prefix: string): Promise<void> {
  for (;;) {
    const { objects } = await bucket.list({ prefix, limit: OBJECTS_PER_DELETE_MAX });
    if (objects.length === 0) return;
    await bucket.delete(objects.map((object) => object.key));
  }
}
