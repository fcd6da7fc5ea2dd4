import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { users } from "../../../schema/tables/identity.ts";
import type { SignUp, VerifyEmail } from "../../../schema/wire/session.ts";
import { prepareAudit, prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import { takeSignUp, takeSignUpLetter } from "../../auth/attempts.ts";
import { clientAddress } from "../../auth/client-address.ts";
import { countAttempt, makeOneTimeToken, prepareForget, readOneTimeToken } from "../../auth/one-time-token.ts";
import { hashPassword, verifyPassword } from "../../auth/password-hash.ts";
import { checkPassword } from "../../auth/password-rules.ts";
import { LETTERS } from "../../mail/letter.ts";
import { secretOf } from "../../platform/env.ts";
import { newId } from "../../platform/ids.ts";
import { ownedDatabase } from "../../platform/owned-database.ts";
import { invalidIssues, ProblemError, unauthorized } from "../../platform/problem-error.ts";
import { DEMO_EMAIL, demoAccount } from "../demo-account.ts";
import { seedSimulatedDatasets } from "../simulated-datasets.ts";
import { auditOf, type IdentityContext, letterOriginOf, prepareLetterTo } from "./identity-context.ts";

// A letter's link dies after five wrong passwords: who opened another's letter must not guess at what they chose.
const CONFIRM_ATTEMPTS_MAX = 5;

/** What a sign-up chose. It waits with the token of that sign-up's letter until the letter is confirmed. */
const SignUpChoice = z.object({ passwordHash: z.string(), name: z.string() });
type SignUpChoice = z.infer<typeof SignUpChoice>;

/**
 * Makes a user who still has to confirm their address. Answers the same, after the same work, for an address that is
 * known: its owner gets a letter that says so. Any number of sign-ups may wait for one address; each has a letter of its
 * own, and none touches what another chose; beyond `takeSignUpLetter` none is sent. Throws 422 for a password that breaks a rule, 429 beyond the limits.
 */
export async function signUp(call: { ctx: IdentityContext; input: SignUp }): Promise<void> {
  const { ctx, input } = call;
  const broken = checkPassword(input.password, input);
  if (broken !== undefined) throw invalidIssues([broken]);
  await takeSignUp(ctx.env, { address: clientAddress(ctx.request.headers), nowMs: ctx.now() });
  const email = input.email.toLowerCase();
  const passwordHash = await hashPassword(input.password, secretOf(ctx.env, "PASSWORD_PEPPER"));
  const mayWrite = await takeSignUpLetter(ctx.env, { email, nowMs: ctx.now() });
  const [known] = await ctx.database.select().from(users).where(eq(users.email, email)).limit(1);
  if (known?.emailVerified === true) {
    if (mayWrite)
      await ctx.database.batch([...(await prepareLetterTo(ctx, known, LETTERS.accountExists(letterOriginOf(ctx))))]);
    return;
  }
  const nowMs = ctx.now();
  const user = { id: known?.id ?? newId("usr"), email, name: input.name, passwordHash };
  // Until then the row holds the latest choice, only so that its password can ask for another letter at sign-in.
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
    prepareAudit(auditOf(ctx, user.id), { action: "account.create", subject: { kind: "user", id: user.id } }),
    ...(emailVerified || !mayWrite ? [] : await verificationStatements(ctx, user)),
  ]);
  if (emailVerified) await fillAccount(ctx, user.id);
}

/** Statements that send a letter with a new link of confirmation, which makes the given choice the account's. */
export async function verificationStatements(ctx: IdentityContext, user: { id: string; email: string } & SignUpChoice) {
  const { passwordHash, name } = user;
  const { token, statement } = await makeOneTimeToken(ctx.database, {
    kind: "verify-email",
    userId: user.id,
    payload: { passwordHash, name } satisfies SignUpChoice,
    nowMs: ctx.now(),
  });
  return [
    statement,
    ...(await prepareLetterTo(ctx, user, LETTERS.verifyEmail({ origin: letterOriginOf(ctx), token }))),
  ];
}

/**
 * Confirms an address by the token of a sign-up's letter and the password of that sign-up, whose password and name the
 * account then has. The letter shows whose the mailbox is, the password that it is the letter of who opens it: a
 * stranger's lies in the same mailbox. Throws 400 for a link that does not work, 401 for a wrong password.
 */
export async function verifyEmail(call: { ctx: IdentityContext; input: VerifyEmail }): Promise<void> {
  const { ctx, input } = call;
  const nowMs = ctx.now();
  const link = await readOneTimeToken(ctx.database, { kind: "verify-email", token: input.token, nowMs });
  if (link?.userId == null) throw deadLink();
  const { userId } = link;
  const choice = SignUpChoice.safeParse(JSON.parse(link.payload));
  if (!choice.success || !(await countAttempt(ctx.database, link.hash, CONFIRM_ATTEMPTS_MAX))) throw deadLink();
  const { passwordHash, name } = choice.data;
  if (!(await verifyPassword(input.password, secretOf(ctx.env, "PASSWORD_PEPPER"), passwordHash))) {
    throw unauthorized("This is not the password that was chosen when this letter was asked for.");
  }
  await fillAccount(ctx, userId);
  const [confirmed] = await ctx.database.batch([
    ctx.database
      .update(users)
      // Whoever comes after all is not swept away with the accounts that were never confirmed.
      .set({ passwordHash, name, emailVerified: true, deletionDueAt: null, updatedAt: nowMs })
      // One letter of all that wait is the first, and the only one; none opens an account that was closed.
      .where(and(eq(users.id, userId), eq(users.emailVerified, false), isNull(users.disabledAt))),
    prepareAuditOfChange(auditOf(ctx, userId), { action: "account.verify-email" }),
    prepareForget(ctx.database, { userId, kind: "verify-email" }),
  ]);
  if (confirmed.meta.changes === 0) throw deadLink();
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
