import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { invitations, sessions, users, viewers } from "../../../schema/tables/identity.ts";
import type { Invitation, Sharing } from "../../../schema/wire/account.ts";
import { prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import { takeLetter } from "../../auth/attempts.ts";
import { clientAddress } from "../../auth/client-address.ts";
import { makeOneTimeToken, prepareForgetHash, readOneTimeToken, TOKEN_LIFE_MS } from "../../auth/one-time-token.ts";
import { closeSockets } from "../../auth/open-sockets.ts";
import { LETTERS } from "../../mail/letter.ts";
import { prepareLetter } from "../../mail/mail-outbox.ts";
import type { Database } from "../../platform/database.ts";
import { newId } from "../../platform/ids.ts";
import { conflict, forbidden, invalid, notFound } from "../../platform/problem-error.ts";
import { auditFor, auditOf, letterOriginOf, type PersonContext, prepareOwnAudit } from "./identity-context.ts";
import { deadLink } from "./sign-up.ts";

// A team of this size shares accounts by other means than invitations.
const INVITATIONS_MAX = 50;

/** Who may see the person's things, who is invited to, and whose things the person may see. */
export async function readSharing(call: { ctx: PersonContext }): Promise<Sharing> {
  const { ctx } = call;
  const { id } = ctx.principal.user;
  const shown = { userId: users.id, name: users.name, email: users.email, createdAt: viewers.createdAt };
  const [open, mine, others] = await Promise.all([
    ctx.database.select().from(invitations).where(openInvitations(id, ctx.now())).limit(INVITATIONS_MAX),
    ctx.database
      .select(shown)
      .from(viewers)
      .innerJoin(users, eq(users.id, viewers.viewerId))
      .where(eq(viewers.ownerId, id)),
    ctx.database
      .select(shown)
      .from(viewers)
      .innerJoin(users, eq(users.id, viewers.ownerId))
      .where(eq(viewers.viewerId, id)),
  ]);
  return { invitations: open.map(invitationOf), viewers: mine, owners: others };
}

/** Invites somebody by letter to see the person's things. Throws 409 beyond the limit, 422 for one's own address. */
export async function invite(call: { ctx: PersonContext; input: { email: string } }): Promise<Invitation> {
  const { ctx } = call;
  const { env, database, principal } = ctx;
  const { user } = principal;
  const email = call.input.email.toLowerCase();
  if (email === user.email) throw invalid("email", "must be somebody else's");
  const nowMs = ctx.now();
  await takeLetter(env, { kind: "invitation", email, address: clientAddress(ctx.request.headers), nowMs });
  const open = await database.select().from(invitations).where(openInvitations(user.id, nowMs)).limit(INVITATIONS_MAX);
  if (open.length >= INVITATIONS_MAX) throw conflict("too_many", `At most ${INVITATIONS_MAX} invitations may be open.`);
  const row = {
    id: newId("inv"),
    ownerId: user.id,
    email,
    createdAt: nowMs,
    expiresAt: nowMs + TOKEN_LIFE_MS.invitation,
  };
  const payload = { invitationId: row.id, email };
  const { token, statement } = await makeOneTimeToken(database, {
    kind: "invitation",
    userId: user.id,
    payload,
    nowMs,
  });
  const letter = LETTERS.invitation({ origin: letterOriginOf(ctx), token, inviter: user.name });
  await database.batch([
    database.insert(invitations).values(row),
    statement,
    ...(await prepareLetter({ env, database, nowMs }, { userId: user.id, to: email, letter })),
    prepareOwnAudit(ctx, { action: "sharing.invite", subject: { kind: "invitation", id: row.id }, after: { email } }),
  ]);
  return invitationOf(row);
}

/** Takes an invitation back. Throws 404. */
export async function withdrawInvitation(call: { ctx: PersonContext; input: { id: string } }): Promise<void> {
  const { ctx, input } = call;
  const { id: ownerId } = ctx.principal.user;
  const mine = and(eq(invitations.id, input.id), eq(invitations.ownerId, ownerId), isNull(invitations.acceptedAt));
  const [row] = await ctx.database.select().from(invitations).where(mine).limit(1);
  if (row === undefined) throw notFound("invitation");
  await ctx.database.batch([
    ctx.database.delete(invitations).where(mine),
    prepareAuditOfChange(auditOf(ctx, ownerId, ctx.principal.grantId), {
      action: "sharing.withdraw",
      subject: { kind: "invitation", id: row.id },
      before: { email: row.email },
    }),
  ]);
}

/** Accepts an invitation that was sent to the person's own address. Throws 400 for a dead link, 403 for another's. */
export async function acceptInvitation(call: {
  ctx: PersonContext;
  input: { token: string };
}): Promise<{ ownerId: string }> {
  const { ctx, input } = call;
  const { database, principal } = ctx;
  const { user } = principal;
  const nowMs = ctx.now();
  const link = await readOneTimeToken(database, { kind: "invitation", token: input.token, nowMs });
  if (link?.userId == null) throw deadLink();
  const { userId: ownerId } = link;
  const { invitationId, email } = JSON.parse(link.payload) as { invitationId: string; email: string };
  // It stays good for the person it was sent to.
  if (email !== user.email) {
    throw forbidden("other_address", `This invitation was sent to another address. Sign in with that one.`);
  }
  const open = and(eq(invitations.id, invitationId), isNull(invitations.acceptedAt), gt(invitations.expiresAt, nowMs));
  // Each statement hangs on the one before: all happens once, or nothing.
  const leave = sql`select ${ownerId}, ${user.id}, ${nowMs} where changes() > 0`;
  const [accepted] = await database.batch([
    database.update(invitations).set({ acceptedAt: nowMs }).where(open),
    prepareAuditOfChange(auditFor(ctx, user.id), {
      action: "sharing.accept",
      subject: { kind: "user", id: ownerId },
    }),
    prepareAuditOfChange(auditFor(ctx, ownerId), {
      action: "sharing.accepted",
      subject: { kind: "user", id: user.id },
    }),
    // The values are in the order of the table's columns.
    database.insert(viewers).select(leave).onConflictDoNothing(),
    prepareForgetHash(database, link.hash),
  ]);
  if (accepted.meta.changes === 0) throw deadLink();
  return { ownerId };
}

/** Ends somebody's leave to see the person's things. Throws 404. */
export async function removeViewer(call: { ctx: PersonContext; input: { id: string } }): Promise<void> {
  const { ctx, input } = call;
  await endLeave(ctx, { ownerId: ctx.principal.user.id, viewerId: input.id }, "sharing.remove-viewer");
}

/** Gives up the person's own leave to see somebody's things. Throws 404. */
export async function leaveOwner(call: { ctx: PersonContext; input: { id: string } }): Promise<void> {
  const { ctx, input } = call;
  await endLeave(ctx, { ownerId: input.id, viewerId: ctx.principal.user.id }, "sharing.leave");
}

export async function mayView(
  ctx: { database: Database },
  leave: { ownerId: string; viewerId: string },
): Promise<boolean> {
  const rows = await ctx.database.select({ at: viewers.createdAt }).from(viewers).where(leaveIs(leave)).limit(1);
  return rows.length > 0;
}

async function endLeave(
  ctx: PersonContext,
  leave: { ownerId: string; viewerId: string },
  action: string,
): Promise<void> {
  if (!(await mayView(ctx, leave))) throw notFound("viewer");
  const { ownerId, viewerId } = leave;
  const event = { action, subject: { kind: "user", id: viewerId } };
  const looking = and(eq(sessions.userId, viewerId), eq(sessions.viewingOwnerId, ownerId));
  const [, , ended] = await ctx.database.batch([
    ctx.database.delete(viewers).where(leaveIs(leave)),
    prepareAuditOfChange(auditFor(ctx, ownerId), event),
    // Else an operator's session would go on looking, as support that nobody asked for or wrote down.
    ctx.database.update(sessions).set({ viewingOwnerId: null }).where(looking).returning({ id: sessions.id }),
  ]);
  await closeSockets(ctx.env, { grantIds: ended.map(({ id }) => id) });
}

function leaveIs({ ownerId, viewerId }: { ownerId: string; viewerId: string }) {
  return and(eq(viewers.ownerId, ownerId), eq(viewers.viewerId, viewerId));
}

function openInvitations(ownerId: string, nowMs: number) {
  return and(eq(invitations.ownerId, ownerId), isNull(invitations.acceptedAt), gt(invitations.expiresAt, nowMs));
}

function invitationOf({ id, email, createdAt, expiresAt }: Invitation): Invitation {
  return { id, email, createdAt, expiresAt };
}
