import { and, eq, inArray, lte, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { backfills } from "../../schema/tables/backfill.ts";
import type { Database } from "../platform/database.ts";
import type { OwnedDatabase } from "../platform/owned-database.ts";

export type BackfillRow = typeof backfills.$inferSelect;
export type BackfillChange = Partial<Omit<BackfillRow, "id" | "ownerId">>;

/** A worker stores what came every few seconds and asks one page meanwhile; one that says nothing for so long is dead. */
export const BACKFILL_LEASE_MS = 60_000;

export const UNFINISHED = inArray(backfills.status, ["queued", "running"]);

/**
 * What came of a message: the row, now held; or that another worker holds it, that it came before its time, or that there
 * is nothing to do for it any more.
 */
export type Claim =
  | { readonly kind: "held"; readonly row: BackfillRow }
  | { readonly kind: "early"; readonly waitMs: number }
  | { readonly kind: "nothing" };

/** Takes a backfill for one worker. The lease of one that died runs out by itself. */
export async function claimBackfill(
  owned: OwnedDatabase,
  input: { id: string; generation: number; token: string; nowMs: number },
): Promise<Claim> {
  const { id, generation, token, nowMs } = input;
  const mine = where(eq(backfills.id, id), eq(backfills.generation, generation), UNFINISHED);
  const before = await owned.find(backfills, mine);
  if (before === undefined) return { kind: "nothing" };
  if (before.waitUntilMs !== null && before.waitUntilMs > nowMs) {
    return { kind: "early", waitMs: before.waitUntilMs - nowMs };
  }
  const free = where(mine, lte(backfills.leaseUntilMs, nowMs));
  const lease = { status: "running", leaseToken: token, leaseUntilMs: nowMs + BACKFILL_LEASE_MS, aliveAt: nowMs };
  if ((await owned.update(backfills, { ...lease, status: "running" }, free)) === 0) return { kind: "nothing" };
  const row = await owned.find(backfills, mine);
  // Compared openly because the token names a lease and opens nothing.
  return row?.leaseToken === token ? { kind: "held", row } : { kind: "nothing" };
}

/** Writes to a backfill while the worker still holds it. False where it does not any more. */
export async function updateHeld(owned: OwnedDatabase, row: BackfillRow, change: BackfillChange): Promise<boolean> {
  return (await owned.update(backfills, change, heldBy(row))) > 0;
}

export function prepareHeld(owned: OwnedDatabase, row: BackfillRow, change: BackfillChange): BatchItem<"sqlite"> {
  return owned.prepareUpdate(backfills, change, heldBy(row));
}

/**
 * A statement that fails, and with it all of its batch, where the worker no longer holds the backfill: candles and places
 * are stored together or not at all.
 */
export function requireHeld(database: Database, row: BackfillRow): BatchItem<"sqlite"> {
  const held = database
    .select({ one: sql`1` })
    .from(backfills)
    .where(and(eq(backfills.ownerId, row.ownerId), heldBy(row)));
  return failsWhere(database, sql`NOT EXISTS ${held}`);
}

/**
 * A statement that fails, and with it all of its batch, where a condition is true. The sum that overflows is how SQLite raises
 * an error outside a trigger; it is another one than that of the archive's manifest.
 */
export function failsWhere(database: Database, condition: SQL): BatchItem<"sqlite"> {
  // As a built select: a batch cannot bind the parameters of raw SQL.
  const failed = sql`CASE WHEN ${condition} THEN abs(-9223372036854775807 - 1) END`;
  return database.select({ failed }).from(sql`(SELECT 1)`);
}

/** Whether a batch failed by `failsWhere`. */
export function isLost(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (/integer overflow/i.test(at.message)) return true;
  }
  return false;
}

function heldBy(row: BackfillRow): SQL {
  return where(eq(backfills.id, row.id), UNFINISHED, eq(backfills.leaseToken, row.leaseToken ?? ""));
}

function where(...conditions: SQL[]): SQL {
  const all = and(...conditions);
  if (all === undefined) throw new Error("an update of a backfill must say which");
  return all;
}
