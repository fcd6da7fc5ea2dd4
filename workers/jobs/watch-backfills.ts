import { and, eq, lt, sql } from "drizzle-orm";
import { backfills } from "../../schema/tables/backfill.ts";
import { prepareFailedNotice } from "../backfill/backfill-notice.ts";
import { BACKFILL_LEASE_MS, UNFINISHED } from "../backfill/backfill-store.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { ownedDatabase } from "../platform/owned-database.ts";

/** Twice the lease: a worker that lives has said so by then. Any queue may lose a message. */
export const BACKFILL_SILENT_MS = 2 * BACKFILL_LEASE_MS;
// One that kills its worker each time must not do so for ever.
const REDRIVES_MAX = 5;
const BACKFILLS_PER_TICK_MAX = 20;
const GAVE_UP =
  "It stopped again and again, for a reason on our side. What was brought is kept: let it go on, or delete it.";

/**
 * Sends backfills again that nobody works on, each minute; ends those whose workers stopped again and again. One that still
 * waits in line was not given up by anybody: its message comes once more, as it was, and none is counted.
 */
export async function watchBackfills(env: Env, nowMs: number): Promise<void> {
  const database = openDatabase(env.DB);
  const silent = and(UNFINISHED, lt(backfills.aliveAt, nowMs - BACKFILL_SILENT_MS));
  const { id, ownerId, redrives, generation, leaseToken } = backfills;
  const rows = await database
    .select({ id, ownerId, redrives, generation, leaseToken })
    .from(backfills)
    .where(silent)
    .limit(BACKFILLS_PER_TICK_MAX);
  for (const row of rows) {
    // Asked again with the change, so that two watchdogs send one message.
    const same = and(eq(id, row.id), eq(generation, row.generation), silent);
    const wasHeld = row.leaseToken !== null;
    const givesUp = wasHeld && row.redrives >= REDRIVES_MAX;
    const next = wasHeld ? row.generation + 1 : row.generation;
    const free = { generation: next, aliveAt: nowMs, leaseToken: null, leaseUntilMs: 0 };
    const ended = { status: "failed" as const, finishedAt: nowMs, errorCode: "gave_up", errorMessage: GAVE_UP };
    const counted = wasHeld ? { redrives: sql`redrives + 1` } : {};
    const change = { ...free, ...(givesUp ? ended : counted) };
    const owned = ownedDatabase(database, row.ownerId);
    const told = givesUp ? prepareFailedNotice(owned, row, { text: GAVE_UP, nowMs }) : [];
    const [changes = 0] = await owned.batch([database.update(backfills).set(change).where(same), ...told]);
    if (changes === 0 || givesUp) continue;
    logEvent("backfill_sent_again", { id: row.id });
    await env.BACKFILLS.send({ backfillId: row.id, ownerId: row.ownerId, generation: next });
  }
}
