import { and, eq, getTableColumns, isNull, ne, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { sessions, users } from "../../schema/tables/identity.ts";
import type { AccessToken } from "../../schema/wire/session.ts";
import { openDatabase } from "../platform/database.ts";
import { hexOf, randomBytes } from "../platform/digest.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { unauthorized } from "../platform/problem-error.ts";
import { issueAccessToken } from "./access-token.ts";
import { closeSockets } from "./open-sockets.ts";
import { isGenuine, makeSessionToken, parseSessionToken } from "./session-token.ts";

const HOUR_MS = 3_600_000;
/** A session that is not used for a day ends; for a week where the person asked to stay signed in. */
export const SESSION_IDLE_MS = { usual: 24 * HOUR_MS, kept: 7 * 24 * HOUR_MS } as const;
/** However often it is used, a session ends after thirty days. */
export const SESSION_ABSOLUTE_MS = 30 * 24 * HOUR_MS;
/** Requests that were under way with the token before the newest one still get the newest one for this long. */
export const REFRESH_GRACE_MS = 10_000;
const SEED_BYTES = 32;
const USER_AGENT_CHARACTERS_MAX = 200;

export type SessionRow = typeof sessions.$inferSelect;
export type UserRow = typeof users.$inferSelect;

export interface SignedIn {
  readonly session: SessionRow;
  readonly user: UserRow;
}

export interface SessionStart {
  /** As they were read when they proved who they are. */
  readonly user: Pick<UserRow, "id" | "passwordHash">;
  readonly keep: boolean;
  readonly secondFactor: boolean;
  readonly address: string;
  readonly userAgent: string;
  readonly nowMs: number;
}

/** Statements stored with a change, right behind it: its entry in the trail and its letters. */
export type Along = readonly BatchItem<"sqlite">[];

/**
 * Starts a session and says its refresh token, with what is stored along, which must be conditional on the start before it.
 * What a browser brought along has no say in it. Throws 401 where the user's password was changed or the account closed
 * since the user was read: that change ended all sessions, and one that was still on its way must not come after it.
 */
export async function startSession(
  env: Env,
  start: SessionStart,
  alongOf: (sessionId: string) => Along = () => [],
): Promise<{ session: SessionRow; token: string }> {
  const { user, keep, secondFactor, nowMs } = start;
  const session: SessionRow = {
    id: newId("ses"),
    userId: user.id,
    seed: hexOf(randomBytes(SEED_BYTES)),
    generation: 1,
    rotatedAt: nowMs,
    usedAt: nowMs,
    idleMs: keep ? SESSION_IDLE_MS.kept : SESSION_IDLE_MS.usual,
    address: start.address,
    userAgent: start.userAgent.slice(0, USER_AGENT_CHARACTERS_MAX),
    secondFactorAt: secondFactor ? nowMs : null,
    // Whoever has just signed in has just proved who they are.
    steppedUpAt: nowMs,
    viewingOwnerId: null,
    viewingUntil: null,
    createdAt: nowMs,
    endedAt: null,
    endReason: null,
  };
  const database = openDatabase(env.DB);
  const unchanged = and(
    eq(users.id, user.id),
    sql`${users.passwordHash} is ${user.passwordHash}`,
    isNull(users.disabledAt),
  );
  const [started] = await database.batch([
    database.insert(sessions).select(sql`select ${columnsOf(session)} from ${users} where ${unchanged}`),
    ...alongOf(session.id),
  ]);
  if (started.meta.changes === 0) throw unauthorized("The account was changed a moment ago. Sign in again.");
  return { session, token: await makeSessionToken(env, session) };
}

/** The values of a row in the order of the table's columns, as `insert ... select` takes them. */
function columnsOf(session: SessionRow): SQL {
  const names = Object.keys(getTableColumns(sessions)) as (keyof SessionRow)[];
  return sql.join(
    names.map((name) => sql`${session[name]}`),
    sql`, `,
  );
}

/**
 * A session goes on under a new id, with everything it was: after a step-up or a change of what it may do, a copy of
 * the old token is worth nothing. The row itself moves, and only while it is open: a session that is ended at the same
 * moment stays ended, and of two renewals at once one succeeds. Throws 401 where it has ended. `along` is stored with
 * it and must be conditional on the change before it.
 */
export async function renewSession(
  env: Env,
  before: SessionRow,
  change: Partial<Pick<SessionRow, "secondFactorAt" | "steppedUpAt" | "viewingOwnerId" | "viewingUntil">> & {
    nowMs: number;
  },
  along: Along = [],
): Promise<{ session: SessionRow; token: string }> {
  const { nowMs, ...changed } = change;
  const identity = { id: newId("ses"), seed: hexOf(randomBytes(SEED_BYTES)), generation: 1 };
  const moved = { ...changed, ...identity, rotatedAt: nowMs, usedAt: nowMs };
  const database = openDatabase(env.DB);
  const open = and(eq(sessions.id, before.id), isNull(sessions.endedAt));
  const [renewed] = await database.batch([database.update(sessions).set(moved).where(open), ...along]);
  if (renewed.meta.changes === 0) throw unauthorized("The session has ended. Sign in again.");
  await closeSockets(env, { grantIds: [before.id], reason: "renewed" });
  const session: SessionRow = { ...before, ...moved };
  return { session, token: await makeSessionToken(env, session) };
}

export type SessionLookup =
  | { readonly type: "good"; readonly signedIn: SignedIn }
  /** An old token of the family was shown again: somebody copied it. To be ended by `endReusedSession`. */
  | { readonly type: "reused"; readonly session: SessionRow; readonly user: UserRow }
  | { readonly type: "none" };

/** The session that a refresh token belongs to. Changes nothing. */
export async function lookUpSession(env: Env, text: string | undefined, nowMs: number): Promise<SessionLookup> {
  const token = text === undefined ? undefined : parseSessionToken(text);
  if (token === undefined) return { type: "none" };
  const found = await readSession(env, token.sessionId, nowMs);
  if (found === undefined || !(await isGenuine(env, token, found.session.seed))) return { type: "none" };
  const { session, user } = found;
  const behind = session.generation - token.generation;
  const inGrace = behind === 1 && nowMs < session.rotatedAt + REFRESH_GRACE_MS;
  if (behind === 0 || inGrace) return { type: "good", signedIn: found };
  return behind < 0 ? { type: "none" } : { type: "reused", session, user };
}

/** A session by its id, where it and its user are still good. */
export async function readSession(env: Env, id: string, nowMs: number): Promise<SignedIn | undefined> {
  const rows = await openDatabase(env.DB)
    .select({ session: sessions, user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, id))
    .limit(1);
  const found = rows[0];
  if (found === undefined || found.session.endedAt !== null || found.user.disabledAt !== null) return undefined;
  const { usedAt, idleMs, createdAt } = found.session;
  const over = nowMs >= usedAt + idleMs || nowMs >= createdAt + SESSION_ABSOLUTE_MS;
  return over ? undefined : found;
}

export interface TokenPair {
  readonly access: AccessToken;
  readonly refresh: string;
  /** Seconds for which the cookie of the refresh token is kept. */
  readonly cookieSeconds: number;
}

/**
 * The next pair of tokens. The generation moves by compare-and-swap, so that of any number of requests with one token
 * one moves it and all receive the same pair, made from what is stored. Throws 401 where the session has ended since it was
 * looked up.
 */
export async function rotateSession(
  env: Env,
  signedIn: SignedIn,
  presented: string,
  nowMs: number,
): Promise<TokenPair> {
  const { session } = signedIn;
  const database = openDatabase(env.DB);
  const isCurrent = parseSessionToken(presented)?.generation === session.generation;
  if (isCurrent) {
    const next = { generation: session.generation + 1, rotatedAt: nowMs, usedAt: nowMs };
    const unmoved = and(
      eq(sessions.id, session.id),
      eq(sessions.generation, session.generation),
      isNull(sessions.endedAt),
    );
    await database.update(sessions).set(next).where(unmoved);
  }
  const [row] = await database.select().from(sessions).where(eq(sessions.id, session.id)).limit(1);
  // It ended or went on under a new id meanwhile: a cookie from here would stand in the way of the new one.
  if (row === undefined || row.endedAt !== null) throw unauthorized("The session has ended. Sign in again.");
  const principal = { userId: row.userId, sessionId: row.id };
  return {
    access: await issueAccessToken(env, principal, row.rotatedAt),
    refresh: await makeSessionToken(env, row),
    cookieSeconds: cookieSeconds(row, nowMs),
  };
}

export function cookieSeconds(session: SessionRow, nowMs: number): number {
  const end = Math.min(session.usedAt + session.idleMs, session.createdAt + SESSION_ABSOLUTE_MS);
  return Math.max(0, Math.floor((end - nowMs) / 1_000));
}

/**
 * Ends one session, with what is stored along, and hangs up its sockets. `along` must be conditional on the change before
 * it. Returns whether it was open.
 */
export async function endSession(
  env: Env,
  input: { id: string; reason: string; nowMs: number; along?: Along },
): Promise<boolean> {
  const { id, reason, nowMs, along = [] } = input;
  const database = openDatabase(env.DB);
  const open = and(eq(sessions.id, id), isNull(sessions.endedAt));
  const ending = database.update(sessions).set({ endedAt: nowMs, endReason: reason }).where(open);
  const [ended] = await database.batch([ending, ...along]);
  await closeSockets(env, { grantIds: [id] });
  return ended.meta.changes > 0;
}

export interface EndOfSessions {
  readonly userId: string;
  /** The one that goes on. */
  readonly except?: string;
  readonly reason: string;
  readonly nowMs: number;
}

/**
 * Ends all sessions of a user, or all but one, in one batch with the change that is the reason and its entry in the
 * trail, then hangs up their sockets. Returns how many were open.
 */
export async function endSessionsOf(env: Env, end: EndOfSessions, along: Along = []): Promise<number> {
  const { userId, except, reason, nowMs } = end;
  const database = openDatabase(env.DB);
  const open = and(
    eq(sessions.userId, userId),
    isNull(sessions.endedAt),
    except === undefined ? undefined : ne(sessions.id, except),
  );
  const ending = database.update(sessions).set({ endedAt: nowMs, endReason: reason }).where(open);
  const [ended] = await database.batch([ending.returning({ id: sessions.id }), ...along]);
  await closeSockets(env, { grantIds: ended.map(({ id }) => id) });
  return ended.length;
}
