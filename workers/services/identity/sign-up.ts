import { and, eq } from "drizzle-orm";
import { users } from "../../../schema/tables/identity.ts";
import type { SignUp } from "../../../schema/wire/session.ts";
import { prepareAudit } from "../../audit/prepare-audit.ts";
import { takeSignUp } from "../../auth/attempts.ts";
import { clientAddress } from "../../auth/client-address.ts";
import { makeOneTimeToken, prepareForget, takeOneTimeToken } from "../../auth/one-time-token.ts";
import { hashPassword } from "../../auth/password-hash.ts";
import { checkPassword } from "../../auth/password-rules.ts";
import { LETTERS } from "../../mail/letter.ts";
import { secretOf } from "../../platform/env.ts";
import { newId } from "../../platform/ids.ts";
import { ownedDatabase } from "../../platform/owned-database.ts";
import { invalidIssues, ProblemError } from "../../platform/problem-error.ts";
import { DEMO_EMAIL, demoAccount } from "../demo-account.ts";
import { seedSimulatedDatasets } from "../simulated-datasets.ts";
import { auditOf, type IdentityContext, originOf, prepareLetterTo } from "./identity-context.ts";

/**
 * Makes a user who still has to confirm their address. Answers the same, after the same work, for an address that is
 * known: its owner gets a letter that says so. An account that was never confirmed is made anew, so that nobody can
 * wait in one for the address's true owner. Throws 422 for a password that breaks a rule, 429 beyond the limits.
 */
export async function signUp(call: { ctx: IdentityContext; input: SignUp }): Promise<void> {
  const { ctx, input } = call;
  const broken = checkPassword(input.password, input);
  if (broken !== undefined) throw invalidIssues([broken]);
  await takeSignUp(ctx.env, { address: clientAddress(ctx.request.headers), nowMs: ctx.now() });
  const email = input.email.toLowerCase();
  const passwordHash = await hashPassword(input.password, secretOf(ctx.env, "PASSWORD_PEPPER"));
  const [known] = await ctx.database.select().from(users).where(eq(users.email, email)).limit(1);
  if (known?.emailVerified === true) {
    await ctx.database.batch([...(await prepareLetterTo(ctx, known, LETTERS.accountExists(originOf(ctx))))]);
    return;
  }
  const nowMs = ctx.now();
  const user = { id: known?.id ?? newId("usr"), email, name: input.name, passwordHash };
  const emailVerified = email === DEMO_EMAIL && demoAccount(ctx.env) !== null;
  const stored = { emailVerified, createdAt: nowMs, updatedAt: nowMs };
  await ctx.database.batch([
    ctx.database
      .insert(users)
      .values({ ...user, ...stored })
      .onConflictDoUpdate({
        target: users.email,
        set: { name: input.name, passwordHash, updatedAt: nowMs },
        setWhere: eq(users.emailVerified, false),
      }),
    prepareForget(ctx.database, { userId: user.id, kind: "verify-email" }),
    prepareAudit(auditOf(ctx, user.id), { action: "account.create", subject: { kind: "user", id: user.id } }),
    ...(emailVerified ? [] : await verificationStatements(ctx, user)),
  ]);
  if (emailVerified) await fillAccount(ctx, user.id);
}

/** Statements that send a letter with a new link of confirmation. */
export async function verificationStatements(ctx: IdentityContext, user: { id: string; email: string }) {
  const { token, statement } = await makeOneTimeToken(ctx.database, {
    kind: "verify-email",
    userId: user.id,
    nowMs: ctx.now(),
  });
  return [statement, ...(await prepareLetterTo(ctx, user, LETTERS.verifyEmail({ origin: originOf(ctx), token })))];
}

/** Confirms an address by the token of its letter. Throws 400 where it does not work. */
export async function verifyEmail(call: { ctx: IdentityContext; input: { token: string } }): Promise<void> {
  const { ctx, input } = call;
  const nowMs = ctx.now();
  const taken = await takeOneTimeToken(ctx.database, { kind: "verify-email", token: input.token, nowMs });
  if (taken?.userId == null) throw deadLink();
  const { userId } = taken;
  await fillAccount(ctx, userId);
  await ctx.database.batch([
    ctx.database
      .update(users)
      // Whoever comes after all is not swept away with the accounts that were never confirmed.
      .set({ emailVerified: true, deletionDueAt: null, updatedAt: nowMs })
      .where(and(eq(users.id, userId), eq(users.emailVerified, false))),
    prepareAudit(auditOf(ctx, userId), { action: "account.verify-email" }),
  ]);
}

/** What a link of a letter answers that does not work any more. */
export function deadLink(): ProblemError {
  const detail = "This link was used or has expired. Ask for a new letter.";
  return new ProblemError({ status: 400, code: "link_dead", detail });
}

/** What a new user finds in place. */
async function fillAccount(ctx: IdentityContext, userId: string): Promise<void> {
  await seedSimulatedDatasets(ownedDatabase(ctx.database, userId), ctx.now());
}
