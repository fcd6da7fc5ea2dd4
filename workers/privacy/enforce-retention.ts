import { and, eq, inArray, isNotNull, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { backfills } from "../../schema/tables/backfill.ts";
import { imports } from "../../schema/tables/dataset.ts";
import { apiKeys, invitations, oneTimeTokens, sessions, users } from "../../schema/tables/identity.ts";
import { noticeDeliveries, notices } from "../../schema/tables/notification.ts";
import { mailOutbox } from "../../schema/tables/outbox.ts";
import { dataExports, erasures } from "../../schema/tables/privacy.ts";
import { SESSION_ABSOLUTE_MS } from "../auth/session.ts";
import { dropUnfinished } from "../backfill/unfinished-candles.ts";
import { d1Manifest } from "../feed/archive/candle-manifest.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { dropObjects } from "./drop-objects.ts";
import { exportPrefix } from "./export-store.ts";
import { RETENTION } from "./retention.ts";

// Rows a tick removes of one table: some hundred milliseconds of D1's time.
const ROWS_A_TICK = 1_000;
// Each costs a listing and a deletion in the object store.
const EXPORTS_A_TICK = 50;
// Each is some hundred objects.
const BACKFILLS_A_TICK = 10;

type Name = keyof typeof RETENTION;
/**
 * Enforced elsewhere, each minute: see `dropOldBackups`, `forgetOldSockets`, `watchRuns`, `sweepImports`; archives and
 * candles go with their objects, and a bot's object wakes for its oldest signal.
 */
type Elsewhere =
  | "backups"
  | "signals"
  | "openSockets"
  | "idempotencyKeys"
  | "stagedUploads"
  | "exports"
  | "unconfirmedAccounts"
  | "unfinishedBackfills";

interface Expiry {
  readonly table: SQLiteTable;
  /** Rows whose time ended before an instant. */
  readonly before: (instantMs: number) => SQL | undefined;
}

const EXPIRIES: Readonly<Record<Exclude<Name, Elsewhere>, Expiry>> = {
  sessions: {
    table: sessions,
    before: (at) =>
      or(
        lt(sessions.endedAt, at),
        sql`${sessions.usedAt} + ${sessions.idleMs} < ${at}`,
        lt(sessions.createdAt, at - SESSION_ABSOLUTE_MS),
      ),
  },
  oneTimeTokens: { table: oneTimeTokens, before: (at) => lt(oneTimeTokens.expiresAt, at) },
  letters: { table: mailOutbox, before: (at) => or(lt(mailOutbox.sentAt, at), lt(mailOutbox.failedAt, at)) },
  noticeDeliveries: { table: noticeDeliveries, before: (at) => lt(noticeDeliveries.createdAt, at) },
  notices: { table: notices, before: (at) => lt(notices.at, at) },
  invitations: {
    table: invitations,
    before: (at) => or(lt(invitations.acceptedAt, at), lt(invitations.expiresAt, at)),
  },
  apiKeys: { table: apiKeys, before: (at) => or(lt(apiKeys.revokedAt, at), lt(apiKeys.expiresAt, at)) },
  imports: {
    table: imports,
    before: (at) => and(inArray(imports.status, ["done", "failed"]), lt(imports.updatedAt, at)),
  },
  erasures: { table: erasures, before: (at) => and(isNotNull(erasures.sweptAt), lt(erasures.erasedAt, at)) },
};

/** Removes what was kept long enough, a bounded number of rows at a time. True where nothing is left. */
export async function enforceRetention(env: Env, nowMs: number): Promise<boolean> {
  const database = openDatabase(env.DB);
  let isDone = true;
  for (const [name, { table, before }] of Object.entries(EXPIRIES)) {
    const expired = before(nowMs - RETENTION[name as Name].keptMs);
    const some = sql`rowid in (select rowid from ${table} where ${expired} limit ${ROWS_A_TICK})`;
    const { changes } = (await database.delete(table).where(some)).meta;
    // What triggers write down of them may be counted with them.
    if (changes >= ROWS_A_TICK) isDone = false;
  }
  if (!(await dropOldExports(env, nowMs))) isDone = false;
  if (!(await dropOldBackfills(env, nowMs - RETENTION.unfinishedBackfills.keptMs))) isDone = false;
  // They go the way of every account that is erased, with the next round of that job.
  const stale = and(
    eq(users.emailVerified, false),
    isNull(users.deletionDueAt),
    lt(users.updatedAt, nowMs - RETENTION.unconfirmedAccounts.keptMs),
  );
  await database.update(users).set({ deletionDueAt: nowMs }).where(stale);
  return isDone;
}

/** An archive's object goes before its row, so that none is left that nobody names. */
async function dropOldExports(env: Env, nowMs: number): Promise<boolean> {
  const database = openDatabase(env.DB);
  const old = await database
    .select({ id: dataExports.id, ownerId: dataExports.ownerId })
    .from(dataExports)
    .where(lt(dataExports.finishedAt, nowMs - RETENTION.exports.keptMs))
    .limit(EXPORTS_A_TICK);
  for (const row of old) {
    await dropObjects(env.BUCKET, exportPrefix(row));
    await database.delete(dataExports).where(eq(dataExports.id, row.id));
  }
  return old.length < EXPORTS_A_TICK;
}

async function dropOldBackfills(env: Env, beforeMs: number): Promise<boolean> {
  const database = openDatabase(env.DB);
  const old = and(inArray(backfills.status, ["failed", "cancelled"]), lt(backfills.finishedAt, beforeMs));
  const { id, ownerId, datasetId } = backfills;
  const rows = await database.select({ id, ownerId, datasetId }).from(backfills).where(old).limit(BACKFILLS_A_TICK);
  for (const row of rows) {
    // One that was told to go on meanwhile stays.
    const { changes } = (await database.delete(backfills).where(and(eq(id, row.id), old))).meta;
    if (changes === 0) continue;
    const store = { bucket: env.BUCKET, manifest: d1Manifest(database, row.ownerId), ownerId: row.ownerId };
    await dropUnfinished(env.BUCKET, store, row.datasetId);
  }
  return rows.length < BACKFILLS_A_TICK;
}
