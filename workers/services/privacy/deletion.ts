import { and, eq, isNotNull, isNull, ne, or, sql } from "drizzle-orm";
import { users } from "../../../schema/tables/identity.ts";
import { erasures } from "../../../schema/tables/privacy.ts";
import { DELETION_GRACE_DAYS, type Deletion, type RequestDeletion } from "../../../schema/wire/privacy.ts";
import { prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import { anotherAdministrator } from "../../auth/another-administrator.ts";
import { takeFactor } from "../../auth/attempts.ts";
import { knownDevice } from "../../auth/device-cookie.ts";
import { verifyPassword } from "../../auth/password-hash.ts";
import { LETTERS } from "../../mail/letter.ts";
import { prepareLetter } from "../../mail/mail-outbox.ts";
import { secretOf } from "../../platform/env.ts";
import { conflict, invalid, unauthorized } from "../../platform/problem-error.ts";
import { auditOf, letterOriginOf, type PersonContext } from "../identity/identity-context.ts";

const DAY_MS = 86_400_000;

/**
 * Plans the erasure of the account; it happens at the end of the UTC day on which the grace runs out. Asked for again it
 * answers the day that stands. Throws 422 for another address, 401 for a wrong password, 409 for the last administrator.
 */
export async function requestDeletion(call: { ctx: PersonContext; input: RequestDeletion }): Promise<Deletion> {
  const { ctx, input } = call;
  const { env, database, principal } = ctx;
  const { user } = principal;
  if (input.email.toLowerCase() !== user.email) throw invalid("email", "must be the address of your account");
  await requirePassword(ctx, input.password);
  if (user.deletionDueAt !== null) return { dueAt: user.deletionDueAt };
  const nowMs = ctx.now();
  const dueAt = Math.ceil((nowMs + DELETION_GRACE_DAYS * DAY_MS) / DAY_MS) * DAY_MS;
  const allowed = and(
    eq(users.id, user.id),
    isNull(users.deletionDueAt),
    or(ne(users.role, "administrator"), anotherAdministrator(user.id)),
  );
  const day = new Date(dueAt).toISOString().slice(0, 10);
  const letter = LETTERS.deletionPlanned(letterOriginOf(ctx), day);
  const [planned] = await database.batch([
    database.update(users).set({ deletionDueAt: dueAt, updatedAt: nowMs }).where(allowed),
    prepareAuditOfChange(auditOf(ctx, user.id, principal.grantId), {
      action: "account.plan-deletion",
      after: { dueAt },
    }),
    ...(await prepareLetter({ env, database, nowMs }, { userId: user.id, to: user.email, letter, ofChange: true })),
  ]);
  if (planned.meta.changes > 0) return { dueAt };
  const [now] = await database.select({ dueAt: users.deletionDueAt }).from(users).where(eq(users.id, user.id)).limit(1);
  if (now?.dueAt != null) return { dueAt: now.dueAt };
  throw conflict("last_administrator", "A deployment needs an administrator: make another first.");
}

/** Takes the request back. Does nothing where there is none. Throws 409 once the erasure has begun. */
export async function cancelDeletion(call: { ctx: PersonContext }): Promise<Deletion> {
  const { ctx } = call;
  const { env, database, principal } = ctx;
  const { user } = principal;
  const nowMs = ctx.now();
  const begun = sql`exists (select 1 from ${erasures} where ${erasures.ownerId} = ${user.id})`;
  const planned = and(eq(users.id, user.id), isNotNull(users.deletionDueAt), sql`not ${begun}`);
  const event = { action: "account.keep", before: { dueAt: user.deletionDueAt } };
  const letter = { userId: user.id, to: user.email, letter: LETTERS.deletionCancelled(), ofChange: true };
  await database.batch([
    database.update(users).set({ deletionDueAt: null, updatedAt: nowMs }).where(planned),
    prepareAuditOfChange(auditOf(ctx, user.id, principal.grantId), event),
    ...(await prepareLetter({ env, database, nowMs }, letter)),
  ]);
  const [now] = await database.select({ dueAt: users.deletionDueAt }).from(users).where(eq(users.id, user.id)).limit(1);
  if (now?.dueAt != null) throw conflict("erasure_begun", "The erasure has begun and cannot be taken back.");
  return { dueAt: null };
}

/** Throws 401 for a wrong password, 429 beyond the limit. An account without one has proved itself otherwise. */
async function requirePassword(ctx: PersonContext, password: string): Promise<void> {
  const { env, request, principal } = ctx;
  const { user } = principal;
  if (user.passwordHash === null) return;
  const device = await knownDevice(env, request.headers, user.email);
  const attempt = await takeFactor(env, { userId: user.id, device, nowMs: ctx.now() });
  const right = await verifyPassword(password, secretOf(env, "PASSWORD_PEPPER"), user.passwordHash);
  if (!right) throw unauthorized("The password is wrong.");
  await attempt.succeeded();
}
