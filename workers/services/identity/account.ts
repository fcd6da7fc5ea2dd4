import { and, eq, isNull } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { users } from "../../../schema/tables/identity.ts";
import type { ChangePassword, ResetPassword, User } from "../../../schema/wire/session.ts";
import { prepareAudit, prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import { takeFactor, takeLetter } from "../../auth/attempts.ts";
import { clientAddress } from "../../auth/client-address.ts";
import { knownDevice } from "../../auth/device-cookie.ts";
import { makeOneTimeToken, prepareForget, readOneTimeToken, takeOneTimeToken } from "../../auth/one-time-token.ts";
import { hashPassword, verifyPassword } from "../../auth/password-hash.ts";
import { checkPassword } from "../../auth/password-rules.ts";
import { type EndOfSessions, endSessionsOf } from "../../auth/session.ts";
import { LETTERS } from "../../mail/letter.ts";
import { prepareLetter } from "../../mail/mail-outbox.ts";
import { secretOf } from "../../platform/env.ts";
import { conflict, invalidIssues, unauthorized } from "../../platform/problem-error.ts";
import {
  auditOf,
  type IdentityContext,
  letterOriginOf,
  type PersonContext,
  prepareLetterTo,
  prepareOwnAudit,
} from "./identity-context.ts";
import { requireSession } from "./session.ts";
import { deadLink } from "./sign-up.ts";
import { userOf } from "./user-view.ts";

export async function changeProfile(call: { ctx: PersonContext; input: { name: string } }): Promise<User> {
  const { ctx, input } = call;
  const { user } = ctx.principal;
  const change = { name: input.name, updatedAt: ctx.now() };
  await ctx.database.batch([
    ctx.database.update(users).set(change).where(eq(users.id, user.id)),
    prepareOwnAudit(ctx, { action: "account.rename", before: { name: user.name }, after: { name: input.name } }),
  ]);
  return userOf({ ...user, ...change });
}

/** Changes the password and ends all other sessions. Throws 401 for a wrong current one, 422 for a broken rule. */
export async function changePassword(call: { ctx: PersonContext; input: ChangePassword }): Promise<void> {
  const { ctx, input } = call;
  const { env, request, principal } = ctx;
  const { user } = principal;
  const session = requireSession(ctx);
  const broken = checkPassword(input.password, user);
  if (broken !== undefined) throw invalidIssues([broken]);
  const device = await knownDevice(env, request.headers, user.email);
  const attempt = await takeFactor(env, { userId: user.id, device, nowMs: ctx.now() });
  const pepper = secretOf(env, "PASSWORD_PEPPER");
  const right = await verifyPassword(input.currentPassword, pepper, user.passwordHash ?? "");
  if (!right) throw unauthorized("The current password is wrong.");
  await attempt.succeeded();
  const end = { userId: user.id, except: session.id, reason: "password changed", nowMs: ctx.now() };
  const trail = prepareOwnAudit(ctx, { action: "account.change-password" });
  await storePassword(ctx, user, { password: input.password, trail, end });
}

/** Sends a letter with a link to choose a new password. Answers the same, after the same work, whoever is known. */
export async function forgotPassword(call: { ctx: IdentityContext; input: { email: string } }): Promise<void> {
  const { ctx } = call;
  const email = call.input.email.toLowerCase();
  const nowMs = ctx.now();
  const address = clientAddress(ctx.request.headers);
  await takeLetter(ctx.env, { kind: "reset-password", email, address, nowMs });
  const [user] = await ctx.database.select().from(users).where(eq(users.email, email)).limit(1);
  const who = { id: user?.id ?? "nobody", email };
  const made = await makeOneTimeToken(ctx.database, { kind: "reset-password", userId: who.id, nowMs });
  const letter = await prepareLetterTo(
    ctx,
    who,
    LETTERS.resetPassword({ origin: letterOriginOf(ctx), token: made.token }),
  );
  const forget = prepareForget(ctx.database, { userId: who.id, kind: "reset-password" });
  const trail = prepareAudit(auditOf(ctx, who.id), { action: "account.forgot-password" });
  if (user !== undefined && user.disabledAt === null)
    await ctx.database.batch([forget, made.statement, ...letter, trail]);
  // A batch that changes nothing: whoever measures the time learns nothing.
  else await ctx.database.batch([forget, forget, forget, forget]);
}

/** Sets a new password by the token of a letter, and ends all sessions. A second factor is still asked at sign-in. */
export async function resetPassword(call: { ctx: IdentityContext; input: ResetPassword }): Promise<void> {
  const { ctx, input } = call;
  const nowMs = ctx.now();
  const shown = { kind: "reset-password" as const, token: input.token, nowMs };
  const link = await readOneTimeToken(ctx.database, shown);
  const [user] =
    link?.userId == null ? [] : await ctx.database.select().from(users).where(eq(users.id, link.userId)).limit(1);
  if (user === undefined || user.disabledAt !== null) throw deadLink();
  // A password that breaks a rule must not cost the link.
  const broken = checkPassword(input.password, user);
  if (broken !== undefined) throw invalidIssues([broken]);
  if ((await takeOneTimeToken(ctx.database, shown)) === undefined) throw deadLink();
  const end = { userId: user.id, reason: "password reset", nowMs };
  const trail = prepareAudit(auditOf(ctx, user.id), { action: "account.reset-password" });
  await storePassword(ctx, user, { password: input.password, trail, end });
}

/** Sends a link to the new address; the change happens when it is opened. Answers the same for a known address. */
export async function requestEmailChange(call: { ctx: PersonContext; input: { email: string } }): Promise<void> {
  const { ctx } = call;
  const { user } = ctx.principal;
  const email = call.input.email.toLowerCase();
  const nowMs = ctx.now();
  await takeLetter(ctx.env, { kind: "change-email", email, address: clientAddress(ctx.request.headers), nowMs });
  const [taken] = await ctx.database.select({ id: users.id }).from(users).where(eq(users.email, email)).limit(1);
  const made = await makeOneTimeToken(ctx.database, {
    kind: "change-email",
    userId: user.id,
    payload: { email },
    nowMs,
  });
  const link = { origin: letterOriginOf(ctx), token: made.token };
  const letter = taken === undefined ? LETTERS.confirmEmail(link) : LETTERS.emailTaken(link.origin);
  await ctx.database.batch([
    prepareForget(ctx.database, { userId: user.id, kind: "change-email" }),
    ...(taken === undefined ? [made.statement] : []),
    ...(await prepareLetterTo(ctx, { id: user.id, email }, letter)),
    prepareOwnAudit(ctx, { action: "account.ask-email-change", after: { email } }),
  ]);
}

/** Makes the new address the account's; the old one is told. Throws 400 for a dead link, 409 where it was taken. */
export async function confirmEmailChange(call: { ctx: IdentityContext; input: { token: string } }): Promise<void> {
  const { ctx, input } = call;
  const nowMs = ctx.now();
  const taken = await takeOneTimeToken(ctx.database, { kind: "change-email", token: input.token, nowMs });
  const [user] =
    taken?.userId == null ? [] : await ctx.database.select().from(users).where(eq(users.id, taken.userId)).limit(1);
  if (taken === undefined || user === undefined) throw deadLink();
  const { email } = JSON.parse(taken.payload) as { email: string };
  const before = { email: user.email };
  try {
    const [changed] = await ctx.database.batch([
      ctx.database
        .update(users)
        .set({ email, emailVerified: true, updatedAt: nowMs })
        .where(and(eq(users.id, user.id), eq(users.email, user.email), isNull(users.disabledAt))),
      prepareAuditOfChange(auditOf(ctx, user.id), { action: "account.change-email", before, after: { email } }),
      ...(await prepareLetter(
        { env: ctx.env, database: ctx.database, nowMs },
        { userId: user.id, to: user.email, letter: LETTERS.emailChanged(email), ofChange: true },
      )),
      // Whoever reads the old mailbox must not choose a password any more.
      prepareForget(ctx.database, { userId: user.id, kind: "reset-password" }),
    ]);
    if (changed.meta.changes === 0) throw deadLink();
  } catch (cause) {
    const [owner] = await ctx.database.select({ id: users.id }).from(users).where(eq(users.email, email)).limit(1);
    if (owner !== undefined && owner.id !== user.id) {
      throw conflict("email_taken", "This address belongs to another account by now.");
    }
    throw cause;
  }
}

/** Stores a new password, ends sessions and makes what was asked for under the old one worthless, in one batch. */
async function storePassword(
  ctx: IdentityContext,
  user: { id: string; email: string },
  change: { password: string; trail: BatchItem<"sqlite">; end: EndOfSessions },
): Promise<void> {
  const passwordHash = await hashPassword(change.password, secretOf(ctx.env, "PASSWORD_PEPPER"));
  const { id: userId } = user;
  await endSessionsOf(ctx.env, change.end, [
    // Whoever could open the letter has shown that the address is theirs.
    ctx.database
      .update(users)
      .set({ passwordHash, emailVerified: true, updatedAt: ctx.now() })
      .where(eq(users.id, userId)),
    prepareForget(ctx.database, { userId, kind: "reset-password" }),
    prepareForget(ctx.database, { userId, kind: "second-factor" }),
    // Whoever had the old password may have asked for a change to an address of theirs.
    prepareForget(ctx.database, { userId, kind: "change-email" }),
    change.trail,
    ...(await prepareLetterTo(ctx, user, LETTERS.passwordChanged())),
  ]);
}
