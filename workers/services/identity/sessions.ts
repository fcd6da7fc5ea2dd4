import { and, desc, eq, isNull } from "drizzle-orm";
import { sessions, users } from "../../../schema/tables/identity.ts";
import type { SessionEntry } from "../../../schema/wire/account.ts";
import { prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import { issueOneTimeToken, TOKEN_LIFE_MS } from "../../auth/one-time-token.ts";
import { SUPPORT_VIEW_MS } from "../../auth/second-factor.ts";
import { endSession, endSessionsOf, renewSession, SESSION_ABSOLUTE_MS } from "../../auth/session.ts";
import { notFound } from "../../platform/problem-error.ts";
import { auditFor, type PersonContext } from "./identity-context.ts";
import { cookieOf, requireRankOf, requireSession } from "./session.ts";
import { mayView } from "./sharing.ts";

// More browsers than anybody uses; older ones have ended by then.
const LISTED_MAX = 100;

/** The person's sessions that are open, the newest first. */
export async function listSessions(call: { ctx: PersonContext }): Promise<SessionEntry[]> {
  const { ctx } = call;
  const nowMs = ctx.now();
  const open = and(eq(sessions.userId, ctx.principal.user.id), isNull(sessions.endedAt));
  const rows = await ctx.database.select().from(sessions).where(open).orderBy(desc(sessions.usedAt)).limit(LISTED_MAX);
  return rows
    .filter((row) => nowMs < row.usedAt + row.idleMs && nowMs < row.createdAt + SESSION_ABSOLUTE_MS)
    .map((row) => ({
      id: row.id,
      current: row.id === ctx.principal.session?.id,
      address: row.address,
      userAgent: row.userAgent,
      secondFactor: row.secondFactorAt !== null,
      createdAt: row.createdAt,
      usedAt: row.usedAt,
    }));
}

/** Ends one of the person's sessions. Throws 404. */
export async function revokeSession(call: { ctx: PersonContext; input: { id: string } }): Promise<void> {
  const { ctx, input } = call;
  const mine = and(eq(sessions.id, input.id), eq(sessions.userId, ctx.principal.user.id), isNull(sessions.endedAt));
  const [row] = await ctx.database.select({ id: sessions.id }).from(sessions).where(mine).limit(1);
  if (row === undefined) throw notFound("session");
  const event = { action: "session.revoke", subject: { kind: "session", id: row.id } };
  const along = [prepareAuditOfChange(auditFor(ctx, ctx.principal.user.id), event)];
  await endSession(ctx.env, { id: row.id, reason: "revoked", nowMs: ctx.now(), along });
}

/** Ends all of the person's sessions but the one that asks. Returns how many. */
export async function revokeOtherSessions(call: { ctx: PersonContext }): Promise<{ ended: number }> {
  const { ctx } = call;
  const { id: except } = requireSession(ctx);
  const { id: userId } = ctx.principal.user;
  const trail = prepareAuditOfChange(auditFor(ctx, userId), { action: "session.revoke-others" });
  return { ended: await endSessionsOf(ctx.env, { userId, except, reason: "revoked", nowMs: ctx.now() }, [trail]) };
}

/**
 * Makes the session show another owner's things, or its own again. Throws 404 where nobody invited the person there.
 * Returns the cookie of the session, which goes on under a new id: what it may do has changed.
 */
export async function viewAccount(call: { ctx: PersonContext; input: { ownerId: string | null } }): Promise<string> {
  const { ctx, input } = call;
  const session = requireSession(ctx);
  const { user } = ctx.principal;
  const { ownerId } = input;
  if (ownerId !== null && !(await mayView(ctx, { ownerId, viewerId: user.id }))) throw notFound("account");
  return switchView(ctx, session, { ownerId, until: null }, "session.view");
}

/**
 * As `viewAccount`, for an operator who gives support, until `SUPPORT_VIEW_MS` after the proof that opened it; the owner's
 * trail tells of it. Throws 404, and 403 where the owner ranks above the operator.
 */
export async function viewForSupport(call: {
  ctx: PersonContext;
  input: { id: string; reason: string };
}): Promise<string> {
  const { ctx, input } = call;
  const session = requireSession(ctx);
  const [owner] = await ctx.database.select().from(users).where(eq(users.id, input.id)).limit(1);
  if (owner === undefined) throw notFound("user");
  requireRankOf(ctx, owner);
  const until = (session.steppedUpAt ?? ctx.now()) + SUPPORT_VIEW_MS;
  return switchView(ctx, session, { ownerId: owner.id, until }, "support.view", input.reason);
}

/** A ticket that opens one socket within thirty seconds. */
export async function issueSocketTicket(call: { ctx: PersonContext }): Promise<{ ticket: string; expiresAt: number }> {
  const { ctx } = call;
  const nowMs = ctx.now();
  const { user, grantId } = ctx.principal;
  const ticket = await issueOneTimeToken(ctx.database, {
    kind: "socket-ticket",
    userId: user.id,
    payload: { grantId },
    nowMs,
  });
  return { ticket, expiresAt: nowMs + TOKEN_LIFE_MS["socket-ticket"] };
}

async function switchView(
  ctx: PersonContext,
  session: ReturnType<typeof requireSession>,
  { ownerId, until }: { ownerId: string | null; until: number | null },
  action: string,
  reason?: string,
): Promise<string> {
  const after = reason === undefined ? { ownerId } : { ownerId, reason };
  const along = [
    prepareAuditOfChange(auditFor(ctx, ctx.principal.user.id), { action, after }),
    ...(ownerId === null
      ? []
      : [
          prepareAuditOfChange(auditFor(ctx, ownerId), {
            action: `${action}ed`,
            after: reason === undefined ? null : { reason },
          }),
        ]),
  ];
  const view = { viewingOwnerId: ownerId, viewingUntil: until };
  return cookieOf(ctx, await renewSession(ctx.env, session, { ...view, nowMs: ctx.now() }, along));
}
