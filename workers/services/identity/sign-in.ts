import { and, eq } from "drizzle-orm";
import { users } from "../../../schema/tables/identity.ts";
import type { PasskeyOptions, PasskeySignIn, SecondFactor, SignIn, SignInReply } from "../../../schema/wire/session.ts";
import { prepareAudit, prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import { takeChallenge, takeFactor, takeSignIn, takeSignUpLetter } from "../../auth/attempts.ts";
import { clientAddress } from "../../auth/client-address.ts";
import { deviceCookie, knownDevice } from "../../auth/device-cookie.ts";
import { countAttempt, issueOneTimeToken, readOneTimeToken, takeOneTimeToken } from "../../auth/one-time-token.ts";
import { assertionOptions, passkeysOf, verifyAssertion } from "../../auth/passkey.ts";
import { decoyHash, hashPassword, isOutdated, verifyPassword } from "../../auth/password-hash.ts";
import { recoveryCodesLeft } from "../../auth/recovery-code.ts";
import { factorMethods, takeProof } from "../../auth/second-factor.ts";
import { cookieSeconds, startSession, type UserRow } from "../../auth/session.ts";
import { isSecure, sessionCookie } from "../../auth/session-cookie.ts";
import { LETTERS } from "../../mail/letter.ts";
import { sha256Hex } from "../../platform/digest.ts";
import { secretOf } from "../../platform/env.ts";
import { forbidden, unauthorized } from "../../platform/problem-error.ts";
import { auditOf, type IdentityContext, originOf, prepareLetterTo } from "./identity-context.ts";
import { verificationStatements } from "./sign-up.ts";
import { userOf } from "./user-view.ts";

// A challenge dies after five wrong codes: a million codes, five guesses.
const FACTOR_ATTEMPTS_MAX = 5;
const WRONG_PASSWORD = "The e-mail address or the password is wrong.";

export interface SignInResult {
  readonly reply: SignInReply;
  readonly cookies: readonly string[];
}

/**
 * Starts a session, or answers a challenge where a second factor is set up. Throws 401 in one wording, after the same
 * work, for a wrong password and an unknown address; 403 for an address that is not confirmed; 429 beyond the limits.
 */
export async function signIn(call: { ctx: IdentityContext; input: SignIn }): Promise<SignInResult> {
  const { ctx, input } = call;
  const { env, request } = ctx;
  const email = input.email.toLowerCase();
  const attempt = await takeSignIn(env, {
    email,
    address: clientAddress(request.headers),
    device: await knownDevice(env, request.headers, email),
    nowMs: ctx.now(),
  });
  const [known] = await ctx.database.select().from(users).where(eq(users.email, email)).limit(1);
  const pepper = secretOf(env, "PASSWORD_PEPPER");
  const right = await verifyPassword(input.password, pepper, known?.passwordHash ?? decoyHash());
  if (known === undefined || known.passwordHash === null || !right) {
    if (known !== undefined) await audit(ctx, known.id, "session.refuse");
    throw unauthorized(WRONG_PASSWORD);
  }
  await attempt.succeeded();
  const user = isOutdated(known.passwordHash) ? await renewHash(ctx, known, known.passwordHash, input.password) : known;
  await requireUsable(ctx, user);
  const methods = await factorMethods(env, user.id);
  if (methods.length === 0) return finish(ctx, user, { keep: input.keep, secondFactor: false });
  const payload = { keep: input.keep, password: await passwordMark(user) };
  const token = await issueOneTimeToken(ctx.database, {
    kind: "second-factor",
    userId: user.id,
    payload,
    nowMs: ctx.now(),
  });
  return { reply: { user: null, challenge: { token, methods } }, cookies: [] };
}

/** Options for answering a challenge with a passkey. Throws 401 for a challenge that has ended. */
export async function secondFactorPasskey(call: {
  ctx: IdentityContext;
  input: { challenge: string };
}): Promise<PasskeyOptions> {
  const { ctx, input } = call;
  const challenge = await openChallenge(ctx, input.challenge);
  return passkeyOptions(ctx, challenge.userId);
}

/**
 * Answers a challenge. Throws 401 for a wrong proof, and for every proof once five were wrong; 429 where the account
 * had too many wrong ones of late.
 */
export async function signInWithFactor(call: { ctx: IdentityContext; input: SecondFactor }): Promise<SignInResult> {
  const { ctx, input } = call;
  const { env, request, database } = ctx;
  const challenge = await openChallenge(ctx, input.challenge);
  const [user] = await database.select().from(users).where(eq(users.id, challenge.userId)).limit(1);
  // One that was still on its way when the password was changed belongs to the old one.
  if (user === undefined || (await passwordMark(user)) !== challenge.password) throw endedChallenge();
  const device = await knownDevice(env, request.headers, user.email);
  if (!(await countAttempt(database, challenge.hash, FACTOR_ATTEMPTS_MAX))) throw endedChallenge();
  const attempt = await takeFactor(env, { userId: user.id, device, nowMs: ctx.now() });
  const proof = { userId: user.id, proof: input.proof, origin: originOf(ctx), nowMs: ctx.now() };
  if (!(await takeProof(env, { ...proof, passkeyPurpose: "passkey-sign-in" }))) {
    await audit(ctx, user.id, "session.refuse-factor");
    throw unauthorized("The code is wrong, was used, or has expired.");
  }
  await attempt.succeeded();
  await requireUsable(ctx, user);
  if (input.proof.method === "recovery") {
    const left = await recoveryCodesLeft(env, user.id);
    await database.batch([...(await prepareLetterTo(ctx, user, LETTERS.recoveryCodeUsed(left)))]);
  }
  // Taken only now, so that a wrong code does not cost it.
  const shown = { kind: "second-factor" as const, token: input.challenge, nowMs: ctx.now() };
  if ((await takeOneTimeToken(database, shown)) === undefined) throw endedChallenge();
  return finish(ctx, user, { keep: challenge.keep, secondFactor: true });
}

/** Options for signing in with a passkey alone. Throws 429 beyond the limit. */
export async function passkeySignInOptions(call: { ctx: IdentityContext }): Promise<PasskeyOptions> {
  const { ctx } = call;
  await takeChallenge(ctx.env, { address: clientAddress(ctx.request.headers), nowMs: ctx.now() });
  return passkeyOptions(ctx, null);
}

/** Signs in with a passkey that its device unlocked for its user: two factors in one. Throws 401. */
export async function signInWithPasskey(call: { ctx: IdentityContext; input: PasskeySignIn }): Promise<SignInResult> {
  const { ctx, input } = call;
  const nowMs = ctx.now();
  const refused = unauthorized("The passkey is not known here, or took too long. Try again.");
  const taken = await takeOneTimeToken(ctx.database, { kind: "passkey-sign-in", token: input.token, nowMs });
  if (taken === undefined || taken.userId !== null) throw refused;
  const { challenge } = JSON.parse(taken.payload) as { challenge: string };
  const shown = { challenge, response: input.response, userId: undefined, nowMs };
  const userId = await verifyAssertion(ctx.env, { origin: originOf(ctx) }, shown);
  const [user] =
    userId === undefined ? [] : await ctx.database.select().from(users).where(eq(users.id, userId)).limit(1);
  if (user === undefined) throw refused;
  await requireUsable(ctx, user);
  return finish(ctx, user, { keep: input.keep, secondFactor: true });
}

async function finish(
  ctx: IdentityContext,
  user: UserRow,
  how: { keep: boolean; secondFactor: boolean },
): Promise<SignInResult> {
  const { env, request, place } = ctx;
  const nowMs = ctx.now();
  const { session, token } = await startSession(env, { user, ...how, ...place, nowMs }, (id) => [
    prepareAuditOfChange(auditOf(ctx, user.id, id), {
      action: "session.start",
      after: { secondFactor: how.secondFactor },
    }),
  ]);
  return {
    reply: { user: userOf(user), challenge: null },
    cookies: [
      sessionCookie(request, token, cookieSeconds(session, nowMs)),
      await deviceCookie(env, { email: user.email, secure: isSecure(request) }),
    ],
  };
}

/** Only after the password was right: what is told here is told to the owner. */
async function requireUsable(ctx: IdentityContext, user: UserRow): Promise<void> {
  if (user.disabledAt !== null)
    throw forbidden("disabled", "This account was closed. Write to the people who run this site.");
  if (user.emailVerified) return;
  const { id, email, name, passwordHash } = user;
  if (passwordHash !== null && (await takeSignUpLetter(ctx.env, { email, nowMs: ctx.now() }))) {
    const [token, ...letter] = await verificationStatements(ctx, { id, email, name, passwordHash });
    await ctx.database.batch([token, ...letter]);
  }
  throw forbidden("email_unverified", "Confirm your e-mail address first: open the newest letter that we sent you.");
}

async function openChallenge(ctx: IdentityContext, token: string) {
  const row = await readOneTimeToken(ctx.database, { kind: "second-factor", token, nowMs: ctx.now() });
  if (row?.userId == null || row.attempts >= FACTOR_ATTEMPTS_MAX) throw endedChallenge();
  const { keep, password } = JSON.parse(row.payload) as { keep: boolean; password: string };
  return { hash: row.hash, userId: row.userId, keep, password };
}

/** Tells a user's password from the next one, and nothing else of it. */
function passwordMark(user: UserRow): Promise<string> {
  return sha256Hex(user.passwordHash ?? "");
}

function endedChallenge() {
  return unauthorized("This sign-in has ended. Start again with your password.");
}

async function passkeyOptions(ctx: IdentityContext, userId: string | null): Promise<PasskeyOptions> {
  const known = userId === null ? [] : await passkeysOf(ctx.env, userId);
  const options = await assertionOptions({ origin: originOf(ctx) }, known);
  const token = await issueOneTimeToken(ctx.database, {
    kind: "passkey-sign-in",
    userId,
    payload: { challenge: options.challenge },
    nowMs: ctx.now(),
  });
  return { token, options: { ...options } };
}

/**
 * Hashes a password again at today's cost where its stored hash is cheaper: only a sign-in ever sees the password. Answers
 * the user with the hash that is stored now. Throws 401 where it was changed meanwhile to that of another password.
 */
async function renewHash(ctx: IdentityContext, user: UserRow, before: string, password: string): Promise<UserRow> {
  const pepper = secretOf(ctx.env, "PASSWORD_PEPPER");
  const passwordHash = await hashPassword(password, pepper);
  const unchanged = and(eq(users.id, user.id), eq(users.passwordHash, before));
  const renewed = await ctx.database.update(users).set({ passwordHash }).where(unchanged);
  if (renewed.meta.changes > 0) return { ...user, passwordHash };
  // A sign-in of the same moment may have renewed it first.
  const [now] = await ctx.database.select().from(users).where(eq(users.id, user.id)).limit(1);
  if (now === undefined || !(await verifyPassword(password, pepper, now.passwordHash ?? ""))) {
    throw unauthorized(WRONG_PASSWORD);
  }
  return now;
}

async function audit(ctx: IdentityContext, userId: string, action: string): Promise<void> {
  await ctx.database.batch([prepareAudit(auditOf(ctx, userId), { action })]);
}
