import { and, eq, sql } from "drizzle-orm";
import { backtests } from "../../schema/tables/backtest.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { dropIdempotencyKeys, findSilentRuns } from "../platform/watchdog-database.ts";
import { RETENTION } from "../privacy/retention.ts";
import { reporterOf, stateOfRow } from "../run/run-live.ts";
import { RunStore, silentRuns } from "../run/run-store.ts";

// Twice the lease: a worker that lives has renewed it by then. The local queue forgets its messages when it stops, and
// any queue may lose one; a run with no sign of life for this long is sent again.
export const SILENT_MS = 120_000;
// A run that kills its worker each time must not do so for ever.
const REDRIVES_MAX = 5;
// One tick's worth; what is left is found by the next.
const RUNS_PER_TICK_MAX = 100;

/** The watchdog's round, each minute: takes up runs that nobody works on, and forgets what has expired. */
export async function watchRuns(env: Env, nowMs: number): Promise<{ redriven: number; givenUp: number }> {
  const database = openDatabase(env.DB);
  const silentSinceMs = nowMs - SILENT_MS;
  const counts = { redriven: 0, givenUp: 0 };
  for (const { id, ownerId } of await findSilentRuns(database, { silentSinceMs, limit: RUNS_PER_TICK_MAX })) {
    const owned = ownedDatabase(database, ownerId);
    const row = await owned.find(backtests, eq(backtests.id, id));
    if (row === undefined) continue;
    if (row.redrives >= REDRIVES_MAX) {
      await giveUp(env, { runId: id, ownerId, nowMs });
      counts.givenUp++;
      continue;
    }
    // A run that still waits in line was not given up by anybody: only runs that were begun are counted.
    // The condition is asked again with the change, so that two watchdogs send one message.
    const where = and(eq(backtests.id, id), silentRuns(silentSinceMs));
    if (where === undefined) continue;
    if (
      (await owned.update(backtests, { aliveAt: nowMs, redrives: sql`redrives + (status = 'running')` }, where)) === 0
    )
      continue;
    await env.RUNS.send({ runId: id, ownerId });
    counts.redriven++;
  }
  await dropIdempotencyKeys(database, nowMs - RETENTION.idempotencyKeys.keptMs);
  return counts;
}

/** Ends a run that failed again and again, in words for its trader. Does nothing where it has ended. */
export async function giveUp(env: Env, input: { runId: string; ownerId: string; nowMs: number }): Promise<void> {
  const { runId, ownerId, nowMs } = input;
  const owned = ownedDatabase(openDatabase(env.DB), ownerId);
  const error = {
    code: "gave_up",
    message:
      "The run stopped several times for a reason on our side and was given up. Your settings are kept: run it again, or with a shorter period or a larger timeframe.",
  };
  const store = new RunStore({ owned, bucket: env.BUCKET });
  if (!(await store.end({ id: runId, ownerId }, { status: "failed", error, nowMs }))) return;
  const row = await owned.find(backtests, eq(backtests.id, runId));
  if (row !== undefined) await reporterOf(env, ownerId)(stateOfRow(row));
}
