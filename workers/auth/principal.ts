import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { users, viewers } from "../../schema/tables/identity.ts";
import type { AuditPlace } from "../../schema/wire/audit-record.ts";
import type { ViewingKind } from "../../schema/wire/session.ts";
import { socketTicket } from "../live/socket-protocol.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { forbidden, unauthorized } from "../platform/problem-error.ts";
import { suffices } from "./access-matrix.ts";
import { verifyAccessToken } from "./access-token.ts";
import { type ApiKeyRow, type ApiScope, looksLikeApiKey, readApiKey, readApiKeyById } from "./api-key.ts";
import { exactAddress } from "./client-address.ts";
import { takeOneTimeToken } from "./one-time-token.ts";
import { lookUpSession, readSession, type SessionRow, type SignedIn, type UserRow } from "./session.ts";
import { sessionCookieOf } from "./session-cookie.ts";
import { endReusedSession } from "./session-reuse.ts";

/** What somebody may do to the things that a request is about. */
export type AccessRole = "viewer" | "trader" | "operator" | "administrator";

/** Whom a request speaks for. Read anew for each request, so that what was taken away is gone at once. */
export interface Principal {
  readonly user: UserRow;
  /** Whose things the request is about: the user's own, or those the user looks at. */
  readonly ownerId: string;
  readonly role: AccessRole;
  /** Undefined where the request is about the user's own things. Of a view that has `ended` nothing may be read. */
  readonly viewing: ViewingKind | undefined;
  /** The session, where one speaks; else a key does. */
  readonly session: SessionRow | undefined;
  /** Session or key. */
  readonly grantId: string;
  /** Undefined for a session, which has every scope. */
  readonly scopes: readonly ApiScope[] | undefined;
}

export const TicketPayload = z.object({ grantId: z.string() });

const SIGN_IN_FIRST = "Sign in first, then send an access token from POST /api/v1/session/token, or an API key.";

/**
 * The principal of a request: of its bearer token, an access token or an API key. Reading is also open to the session's
 * cookie, so that a link can download a file; a change never is, so that no page of somebody else can make one.
 * Throws 401, and 403 for a key that is used from elsewhere.
 */
export async function principalOf(
  env: Env,
  request: Request,
  { place, nowMs }: { place: AuditPlace; nowMs: number },
): Promise<Principal> {
  const authorization = request.headers.get("Authorization");
  if (authorization !== null) {
    const token = /^Bearer ([\w.-]{1,2000})$/.exec(authorization)?.[1];
    if (token === undefined) throw unauthorized("Authorization must be `Bearer` and an access token or an API key.");
    return looksLikeApiKey(token) ? principalOfKey(env, request, token, nowMs) : principalOfToken(env, token, nowMs);
  }
  if (request.method === "GET" || request.method === "HEAD") {
    const found = await lookUpSession(env, sessionCookieOf(request), nowMs);
    if (found.type === "good") return principalOfSession(env, found.signedIn, nowMs);
    if (found.type === "reused") await endReusedSession(env, { ...found, place, nowMs });
  }
  throw unauthorized(SIGN_IN_FIRST);
}

/**
 * The principal of a socket's ticket: taken once, within its thirty seconds, by a page of this site. Throws 403 for a
 * foreign or missing Origin, 401 for a ticket that does not work.
 */
export async function principalOfTicket(env: Env, request: Request, nowMs: number): Promise<Principal> {
  if (request.headers.get("Origin") !== new URL(request.url).origin) {
    throw forbidden("foreign_origin", "A socket must name this site as its Origin.");
  }
  const taken = await takeOneTimeToken(openDatabase(env.DB), {
    kind: "socket-ticket",
    token: socketTicket(request.headers),
    nowMs,
  });
  const grantId = taken === undefined ? undefined : TicketPayload.parse(JSON.parse(taken.payload)).grantId;
  const principal = grantId === undefined ? undefined : await principalOfGrant(env, grantId, nowMs);
  if (principal === undefined) throw unauthorized("The ticket is not valid or was used. Ask for a new one.");
  return principal;
}

/** The principal of a session or key that was shown a moment ago, where it is still good. */
async function principalOfGrant(env: Env, grantId: string, nowMs: number): Promise<Principal | undefined> {
  const signedIn = await readSession(env, grantId, nowMs);
  if (signedIn !== undefined) return principalOfSession(env, signedIn, nowMs);
  const answer = await readApiKeyById(env, grantId, nowMs);
  return answer === undefined ? undefined : principalOfKeyRow(answer);
}

/** The principal of a session that is good. */
export async function principalOfSession(env: Env, { session, user }: SignedIn, nowMs: number): Promise<Principal> {
  const own = { user, session, grantId: session.id, scopes: undefined };
  const viewing = await viewingOf(env, session, user, nowMs);
  if (viewing === undefined) return { ...own, ownerId: user.id, role: user.role, viewing };
  return { ...own, ownerId: session.viewingOwnerId ?? user.id, role: "viewer", viewing };
}

async function principalOfToken(env: Env, token: string, nowMs: number): Promise<Principal> {
  const { userId, sessionId } = await verifyAccessToken(env, token, nowMs);
  const signedIn = await readSession(env, sessionId, nowMs);
  if (signedIn === undefined || signedIn.user.id !== userId)
    throw unauthorized("The session has ended. Sign in again.");
  return principalOfSession(env, signedIn, nowMs);
}

async function principalOfKey(env: Env, request: Request, text: string, nowMs: number): Promise<Principal> {
  const answer = await readApiKey(env, { text, address: exactAddress(request.headers), nowMs });
  if (answer.type === "address") throw forbidden("address", "The API key may not be used from this address.");
  if (answer.type === "none") throw unauthorized("The API key is not valid or has expired.");
  return principalOfKeyRow(answer);
}

function principalOfKeyRow({ key, user }: { key: ApiKeyRow; user: UserRow }): Principal {
  // A key never carries the role of its owner beyond their own things.
  const own = { user, ownerId: user.id, role: "trader" as const, viewing: undefined, session: undefined };
  return { ...own, grantId: key.id, scopes: key.scopes };
}

/** On what ground a session still shows somebody else's things; undefined where it shows its own. */
async function viewingOf(env: Env, session: SessionRow, user: UserRow, nowMs: number): Promise<Principal["viewing"]> {
  const ownerId = session.viewingOwnerId;
  if (ownerId === null || ownerId === user.id) return undefined;
  const leave = and(eq(viewers.ownerId, ownerId), eq(viewers.viewerId, user.id));
  const database = openDatabase(env.DB);
  if ((await database.select({ at: viewers.createdAt }).from(viewers).where(leave).limit(1)).length > 0)
    return "invited";
  const [owner] = await database.select({ role: users.role }).from(users).where(eq(users.id, ownerId)).limit(1);
  const supports = user.role !== "trader" && owner !== undefined && suffices(user.role, owner.role);
  // Never the user's own things instead: whoever takes them for the other's would act on what they see.
  return supports && nowMs < (session.viewingUntil ?? 0) ? "support" : "ended";
}
