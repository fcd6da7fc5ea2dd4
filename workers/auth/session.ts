import { and, eq, isNull, ne } from "drizzle-orm";
import { sessions, users } from "../../schema/tables/identity.ts";
import type { AccessToken } from "../../schema/wire/session.ts";
import { type Database, openDatabase } from "../platform/database.ts";
import { hexOf, randomBytes } from "../platform/digest.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
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
  readonly userId: string;
  readonly keep: boolean;
  readonly secondFactor: boolean;
  readonly address: string;
  readonly userAgent: string;
  readonly nowMs: number;
}

/** Starts a session and says its refresh token. What a browser brought along has no say in it. */
export async function startSession(env: Env, start: SessionStart): Promise<{ session: SessionRow; token: string }> {
  const { userId, keep, secondFactor, nowMs } = start;
  const session: SessionRow = {
    id: newId("ses"),
    userId,
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
    createdAt: nowMs,
    endedAt: null,
    endReason: null,
  };
  await openDatabase(env.DB).insert(sessions).values(session);
  return { session, token: await makeSessionToken(env, session) };
}

/**
 * A session goes on under a new id, with everything it was: after a step-up or a change of what it may do, a copy of
 * the old token is worth nothing.
 */
export async function renewSession(
  env: Env,
  before: SessionRow,
  change: Partial<Pick<SessionRow, "secondFactorAt" | "steppedUpAt" | "viewingOwnerId">> & { nowMs: number },
): Promise<{ session: SessionRow; token: string }> {
  const { nowMs, ...changed } = change;
  const identity = { id: newId("ses"), seed: hexOf(randomBytes(SEED_BYTES)), generation: 1 };
  const session: SessionRow = { ...before, ...changed, ...identity, rotatedAt: nowMs, usedAt: nowMs };
  const database = openDatabase(env.DB);
  await database.batch([database.insert(sessions).values(session), ending(database, before.id, "renewed", nowMs)]);
  await closeSockets(env, { grantIds: [before.id] });
  return { session, token: await makeSessionToken(env, session) };
}

export type SessionLookup =
  | { readonly type: "good"; readonly signedIn: SignedIn }
  /** An old token of the family was shown again: somebody copied it. The session has been ended. */
  | { readonly type: "reused"; readonly session: SessionRow; readonly user: UserRow }
  | { readonly type: "none" };

/** The session that a refresh token belongs to. Does not rotate it. */
export async function lookUpSession(env: Env, text: string | undefined, nowMs: number): Promise<SessionLookup> {
  const token = text === undefined ? undefined : parseSessionToken(text);
  if (token === undefined) return { type: "none" };
  const found = await readSession(env, token.sessionId, nowMs);
  if (found === undefined || !(await isGenuine(env, token, found.session.seed))) return { type: "none" };
  const { session, user } = found;
  const behind = session.generation - token.generation;
  const inGrace = behind === 1 && nowMs < session.rotatedAt + REFRESH_GRACE_MS;
  if (behind === 0 || inGrace) return { type: "good", signedIn: found };
  if (behind < 0) return { type: "none" };
  await endSession(env, session.id, "reuse", nowMs);
  return { type: "reused", session, user };
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
 * one moves it and all receive the same pair, made from what is stored.
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
  const [now] = await database.select().from(sessions).where(eq(sessions.id, session.id)).limit(1);
  const row = now ?? session;
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

/** Ends one session and hangs up its sockets. Returns whether it was open. */
export async function endSession(env: Env, id: string, reason: string, nowMs: number): Promise<boolean> {
  const database = openDatabase(env.DB);
  const ended = await ending(database, id, reason, nowMs);
  await closeSockets(env, { grantIds: [id] });
  return ended.meta.changes > 0;
}

/** Ends all sessions of a user, or all but one, and hangs up their sockets. Returns how many were open. */
export async function endSessionsOf(
  env: Env,
  input: { userId: string; except?: string; reason: string; nowMs: number },
): Promise<number> {
  const { userId, except, reason, nowMs } = input;
  const database = openDatabase(env.DB);
  const open = and(
    eq(sessions.userId, userId),
    isNull(sessions.endedAt),
    except === undefined ? undefined : ne(sessions.id, except),
  );
  const rows = await database.select({ id: sessions.id }).from(sessions).where(open);
  await database.update(sessions).set({ endedAt: nowMs, endReason: reason }).where(open);
  await closeSockets(env, { grantIds: rows.map((row) => row.id) });
  return rows.length;
}

function ending(database: Database, id: string, reason: string, nowMs: number) {
  return database
    .update(sessions)
    .set({ endedAt: nowMs, endReason: reason })
    .where(and(eq(sessions.id, id), isNull(sessions.endedAt)));
}
