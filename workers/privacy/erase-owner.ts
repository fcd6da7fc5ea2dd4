import { and, eq, inArray, isNotNull, isNull, lte, ne, or, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { backtests } from "../../schema/tables/backtest.ts";
import { venueConnections } from "../../schema/tables/connection.ts";
import { deploymentFacts, invitations, oneTimeTokens, sessions, users } from "../../schema/tables/identity.ts";
import { auditOutbox, mailOutbox } from "../../schema/tables/outbox.ts";
import { erasures } from "../../schema/tables/privacy.ts";
import { bots, tradingAccounts } from "../../schema/tables/trading.ts";
import { ownerKeys, vaultSecrets } from "../../schema/tables/vault.ts";
import { forgetAnchors } from "../audit/audit-anchor.ts";
import { auditObject } from "../audit/drain-audit.ts";
import { anotherAdministrator } from "../auth/another-administrator.ts";
import { closeSocketsOf } from "../auth/open-sockets.ts";
import { endSessionsOf } from "../auth/session.ts";
import { eraseFromBackups } from "../backup/owner-keys.ts";
import { connectionObject } from "../connection/connection-port.ts";
import { replayFeed } from "../feed/live/market-feed.ts";
import { dashboardOf } from "../live/dashboard.ts";
import { LETTERS } from "../mail/letter.ts";
import { prepareLetter } from "../mail/mail-outbox.ts";
import { type Database, openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { runObject } from "../run/run-live.ts";
import { prepareForgetFormerOperator } from "../services/identity/former-operators.ts";
import { STAGED_PREFIX } from "../services/staged-upload.ts";
import { accountObject, botObject } from "../services/trading/account-object-of.ts";
import { dropObjects } from "./drop-objects.ts";
import { ownerHashOf } from "./erased-owners.ts";
import { PERSONAL_TABLES } from "./personal-tables.ts";
import { rowsOf } from "./table-section.ts";

// Accounts of one tick; what is left is taken up by the next.
const ACCOUNTS_PER_TICK_MAX = 5;
// Requests that were under way when an account was erased have long ended by then.
const SECOND_ROUND_AFTER_MS = 3_600_000;
// Each run costs a request to its object, and D1 takes 100 parameters a statement.
const RUNS_A_PAGE = 50;
// Rows of one deletion: far below what D1 does in its time.
const ROWS_A_STATEMENT = 1_000;
/** Kinds of stored files; each owner's are under the owner's id. */
const OBJECT_KINDS = ["runs/", "candles/", "exports/", "journal/", STAGED_PREFIX];

/**
 * Erases the accounts whose day has come, and goes over those of the day before once more. True where nothing is left to
 * do. One that fails does not hold up the others; it is gone on with at the next call.
 */
export async function eraseDueAccounts(env: Env, nowMs: number): Promise<boolean> {
  const database = openDatabase(env.DB);
  const due = and(
    lte(users.deletionDueAt, nowMs),
    sql`not exists (select 1 from ${erasures} where ${erasures.ownerId} = ${users.id})`,
  );
  const waiting = await database.select({ id: users.id }).from(users).where(due).limit(ACCOUNTS_PER_TICK_MAX);
  for (const { id } of waiting) await beginErasure(env, id, nowMs);
  const open = or(isNull(erasures.erasedAt), lte(erasures.erasedAt, nowMs - SECOND_ROUND_AFTER_MS));
  const begun = await database
    .select()
    .from(erasures)
    .where(and(isNotNull(erasures.ownerId), open))
    // Those that fail must not stand before the others for ever.
    .orderBy(sql`random()`)
    .limit(ACCOUNTS_PER_TICK_MAX);
  const failed: unknown[] = [];
  for (const { ownerId, ownerHash, erasedAt } of begun) {
    if (ownerId === null) continue;
    try {
      await eraseOwner(env, { ownerId, ownerHash, isSecondRound: erasedAt !== null, nowMs });
    } catch (error) {
      logEvent("erasure_failed", { id: ownerHash, error });
      failed.push(error);
    }
  }
  if (failed.length > 0) throw failed[0];
  return waiting.length < ACCOUNTS_PER_TICK_MAX && begun.length < ACCOUNTS_PER_TICK_MAX;
}

/**
 * The point from which nothing comes back, in one batch: the erasure is noted, the owner's half of the key to their secrets
 * is destroyed with the secrets, the account is closed. Does nothing where the request was taken back a moment ago, or
 * where the deployment would lose its last administrator.
 */
export async function beginErasure(env: Env, ownerId: string, nowMs: number): Promise<boolean> {
  const database = openDatabase(env.DB);
  const ownerHash = await ownerHashOf(ownerId);
  const due = and(
    eq(users.id, ownerId),
    lte(users.deletionDueAt, nowMs),
    or(ne(users.role, "administrator"), anotherAdministrator(ownerId)),
  );
  const begun = sql`exists (select 1 from ${erasures} where ${erasures.ownerHash} = ${ownerHash})`;
  const [noted] = await database.batch([
    database
      .insert(erasures)
      .select(sql`select ${ownerHash}, ${ownerId}, ${nowMs}, null, null from ${users} where ${due}`)
      .onConflictDoNothing(),
    database.delete(ownerKeys).where(and(eq(ownerKeys.ownerId, ownerId), begun)),
    database.delete(vaultSecrets).where(and(eq(vaultSecrets.ownerId, ownerId), begun)),
    database
      .update(users)
      .set({ disabledAt: sql`coalesce(${users.disabledAt}, ${nowMs})` })
      .where(and(eq(users.id, ownerId), begun)),
  ]);
  if (noted.meta.changes === 0) logEvent("erasure_not_begun", { id: ownerHash });
  return noted.meta.changes > 0;
}

/** Every step but the first may be done again from any point: each removes what it finds. */
async function eraseOwner(
  env: Env,
  erasure: { ownerId: string; ownerHash: string; isSecondRound: boolean; nowMs: number },
): Promise<void> {
  const { ownerId, ownerHash, isSecondRound, nowMs } = erasure;
  const database = openDatabase(env.DB);
  await endSessionsOf(env, { userId: ownerId, reason: "account erased", nowMs });
  await closeSocketsOf(env, ownerId);
  await eraseTrading(env, database, ownerId);
  await eraseRuns(env, database, ownerId);
  for (const kind of OBJECT_KINDS) await dropObjects(env.BUCKET, `${kind}${ownerId}/`);
  await removeRows(database, auditOutbox, eq(auditOutbox.ownerId, ownerId));
  await (await dashboardOf(env, ownerId)).object.destroy(ownerId);
  await (await auditObject(env, ownerId)).destroy(ownerId);
  await forgetAnchors(env, ownerId);
  await eraseRows(database, ownerId);
  await eraseFromBackups(env, ownerId);
  if (isSecondRound) {
    await database.update(erasures).set({ sweptAt: nowMs, ownerId: null }).where(eq(erasures.ownerHash, ownerHash));
  } else await eraseAccount(env, database, erasure);
}

/** The objects that follow runs are named by the runs' ids, so that their rows go only after them. */
async function eraseRuns(env: Env, database: Database, ownerId: string): Promise<void> {
  for (;;) {
    const rows = await database
      .select({ id: backtests.id })
      .from(backtests)
      .where(eq(backtests.ownerId, ownerId))
      .limit(RUNS_A_PAGE);
    if (rows.length === 0) return;
    await Promise.all(
      rows.map(async ({ id }) => (await runObject(env, { ownerId, runId: id })).object.destroy(ownerId)),
    );
    const ids = rows.map(({ id }) => id);
    await database.delete(backtests).where(and(eq(backtests.ownerId, ownerId), inArray(backtests.id, ids)));
  }
}

/** Bots first, so that none asks an account that is going; then accounts with their venues and replays. */
async function eraseTrading(env: Env, database: Database, ownerId: string): Promise<void> {
  const whose = { env, ownerId };
  const owned = await database.select({ id: bots.id }).from(bots).where(eq(bots.ownerId, ownerId));
  for (const { id } of owned) await (await botObject(whose, id)).object.destroy(ownerId);
  const { id: accountId, ownerId: owner } = tradingAccounts;
  const accounts = await database.select({ id: accountId }).from(tradingAccounts).where(eq(owner, ownerId));
  for (const { id } of accounts) {
    await (await accountObject(whose, id)).object.destroy(ownerId);
    await (await replayFeed(env, { ownerId, accountId: id })).object.destroy(ownerId);
  }
  const { id: connectionId, ownerId: keeper } = venueConnections;
  for (const { id } of await database.select({ id: connectionId }).from(venueConnections).where(eq(keeper, ownerId))) {
    await (await connectionObject(env, { ownerId, connectionId: id })).destroy(ownerId);
  }
}

async function eraseRows(database: Database, ownerId: string): Promise<void> {
  for (const entry of PERSONAL_TABLES) {
    // The account itself goes last: it says to which address the last letter goes.
    if (entry.table === users || entry.erasure !== "rows") continue;
    await removeRows(database, entry.table, rowsOf(entry, ownerId));
  }
  await database.batch([
    database.update(sessions).set({ viewingOwnerId: null }).where(eq(sessions.viewingOwnerId, ownerId)),
    database.update(deploymentFacts).set({ value: "erased" }).where(eq(deploymentFacts.value, ownerId)),
    prepareForgetFormerOperator(database, ownerId),
  ]);
}

/** What names the person's address, then the account with its last letter. */
async function eraseAccount(
  env: Env,
  database: Database,
  { ownerId, ownerHash, nowMs }: { ownerId: string; ownerHash: string; nowMs: number },
): Promise<void> {
  const [user] = await database.select().from(users).where(eq(users.id, ownerId)).limit(1);
  const noted = database.update(erasures).set({ erasedAt: nowMs }).where(eq(erasures.ownerHash, ownerHash));
  if (user === undefined) {
    await database.batch([noted]);
    return;
  }
  const { email } = user;
  await removeRows(database, invitations, eq(invitations.email, email));
  await removeRows(database, mailOutbox, eq(mailOutbox.recipient, email));
  const { payload } = oneTimeTokens;
  const named = sql`case when json_valid(${payload}) then json_extract(${payload}, '$.email') end = ${email}`;
  await removeRows(database, oneTimeTokens, named);
  const letter = { userId: null, to: email, letter: LETTERS.accountErased(), ofChange: true };
  await database.batch([
    database.delete(users).where(eq(users.id, ownerId)),
    // Nobody else's mailbox hears of an account that was made in its name.
    ...(user.emailVerified ? await prepareLetter({ env, database, nowMs }, letter) : []),
    noted,
  ]);
}

/** Removes rows in statements of bounded size. */
export async function removeRows(database: Database, table: SQLiteTable, where: SQL | undefined): Promise<number> {
  if (where === undefined) throw new Error("a removal must say which rows");
  let removed = 0;
  for (;;) {
    const some = sql`rowid in (select rowid from ${table} where ${where} limit ${ROWS_A_STATEMENT})`;
    const { changes } = (await database.delete(table).where(some)).meta;
    removed += changes;
    if (changes < ROWS_A_STATEMENT) return removed;
  }
}
