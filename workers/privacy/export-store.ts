import { and, eq, inArray, lt, type SQL } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { dataExports } from "../../schema/tables/privacy.ts";
import type { OwnedDatabase } from "../platform/owned-database.ts";

export type ExportRow = typeof dataExports.$inferSelect;

/** A worker says how far it is each second; one that says nothing for this long is dead. */
export const EXPORT_LEASE_MS = 60_000;

export const UNFINISHED = inArray(dataExports.status, ["queued", "running"]);

/** Where the archive of an export stands, with what belongs to it while it is made. */
export function exportPrefix({ ownerId, id }: Pick<ExportRow, "ownerId" | "id">): string {
  return `exports/${ownerId}/${id}/`;
}

/**
 * Takes an export for a worker: its row, "busy" while another holds it, or "ended" where nothing is left to do. The lease
 * of a worker that died runs out by itself.
 */
export async function claimExport(
  owned: OwnedDatabase,
  input: { id: string; token: string; nowMs: number },
): Promise<ExportRow | "busy" | "ended"> {
  const { id, token, nowMs } = input;
  const free = where(eq(dataExports.id, id), UNFINISHED, lt(dataExports.leaseUntilMs, nowMs));
  const lease = {
    status: "running" as const,
    leaseToken: token,
    leaseUntilMs: nowMs + EXPORT_LEASE_MS,
    aliveAt: nowMs,
  };
  const taken = await owned.update(dataExports, lease, free);
  const row = await owned.find(dataExports, where(eq(dataExports.id, id), UNFINISHED));
  if (row === undefined) return "ended";
  // Compared openly because the token names a lease and opens nothing.
  return taken > 0 && row.leaseToken === token ? row : "busy";
}

/** Writes to an export while the worker still holds it. False where it does not any more. */
export async function updateHeld(
  owned: OwnedDatabase,
  row: ExportRow,
  values: Partial<typeof dataExports.$inferInsert>,
): Promise<boolean> {
  return (await owned.update(dataExports, values, heldBy(row))) > 0;
}

/** Ends an export that is held, with what is stored along where it was. False where it is not held any more. */
export async function endHeld(
  owned: OwnedDatabase,
  row: ExportRow,
  input: { values: Partial<typeof dataExports.$inferInsert>; along: readonly BatchItem<"sqlite">[] },
): Promise<boolean> {
  const [ended = 0] = await owned.batch([owned.prepareUpdate(dataExports, input.values, heldBy(row)), ...input.along]);
  return ended > 0;
}

function heldBy(row: ExportRow): SQL {
  return where(eq(dataExports.id, row.id), UNFINISHED, eq(dataExports.leaseToken, row.leaseToken ?? ""));
}

function where(...conditions: SQL[]): SQL {
  const all = and(...conditions);
  if (all === undefined) throw new Error("an update of an export must say which");
  return all;
}
