import { and, eq, lt } from "drizzle-orm";
import { backtests } from "../../schema/tables/backtest.ts";
import { imports } from "../../schema/tables/dataset.ts";
import { idempotencyKeys } from "../../schema/tables/idempotency.ts";
import { silentRuns } from "../run/run-store.ts";
import type { Database } from "./database.ts";

/**
 * The few questions that are asked of all owners' rows at once, by the watchdog and never on behalf of a user. They
 * answer ids with their owners; whatever is then done goes through that owner's view.
 */
export async function findSilentRuns(
  database: Database,
  input: { silentSinceMs: number; limit: number },
): Promise<{ id: string; ownerId: string }[]> {
  return database
    .select({ id: backtests.id, ownerId: backtests.ownerId })
    .from(backtests)
    .where(silentRuns(input.silentSinceMs))
    .limit(input.limit);
}

/** Imports that say that they read, but have said nothing since `silentSinceMs`. */
export async function findSilentImports(
  database: Database,
  input: { silentSinceMs: number; limit: number },
): Promise<{ id: string; ownerId: string; datasetId: string | null }[]> {
  return database
    .select({ id: imports.id, ownerId: imports.ownerId, datasetId: imports.datasetId })
    .from(imports)
    .where(and(eq(imports.status, "reading"), lt(imports.updatedAt, input.silentSinceMs)))
    .limit(input.limit);
}

/** Forgets what creates answered before `beforeMs`. */
export async function dropIdempotencyKeys(database: Database, beforeMs: number): Promise<void> {
  await database.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, beforeMs));
}
