import { eq } from "drizzle-orm";
import { users } from "../../../schema/tables/identity.ts";
import type { AccessToken, Session, StepUp, ViewingKind } from "../../../schema/wire/session.ts";
import { prepareAuditOfChange } from "../../audit/prepare-audit.ts";
import { suffices } from "../../auth/access-matrix.ts";
import { takeFactor } from "../../auth/attempts.ts";
import { knownDevice } from "../../auth/device-cookie.ts";
import { issueOneTimeToken } from "../../auth/one-time-token.ts";
import { assertionOptions, passkeysOf } from "../../auth/passkey.ts";
import { verifyPassword } from "../../auth/password-hash.ts";
import { principalOfSession } from "../../auth/principal.ts";
import { hasSecondFactor, STEP_UP_MS, takeProof } from "../../auth/second-factor.ts";
import {
  cookieSeconds,
  endSession,
  lookUpSession,
  renewSession,
  rotateSession,
  type SessionRow,
  type UserRow,
} from "../../auth/session.ts";
import { forgottenSessionCookie, sessionCookie, sessionCookieOf } from "../../auth/session-cookie.ts";
import { endReusedSession } from "../../auth/session-reuse.ts";
import { secretOf, VERSION } from "../../platform/env.ts";
import { forbidden, unauthorized } from "../../platform/problem-error.ts";
import { demoAccount } from "../demo-account.ts";
import { auditOf, type IdentityContext, originOf, type PersonContext, prepareOwnAudit } from "./identity-context.ts";
import { userOf } from "./user-view.ts";

const NOBODY = { user: null, viewing: null, secondFactor: false, steppedUpUntil: null, deletionDueAt: null };

/** Who is signed in. */
export async function readOwnSession(call: { ctx: IdentityContext; mailboxUrl: string | null }): Promise<Session> {
  const { ctx, mailboxUrl } = call;
  const { env } = ctx;
  const offered = { demo: demoAccount(env), mailboxUrl, version: VERSION };
  const found = await lookUp(ctx);
  if (found === undefined) return { ...NOBODY, ...offered };
  const { session, user } = found;
  const principal = await principalOfSession(env, found, ctx.now());
  return {
    user: userOf(user),
    viewing: await viewingOf(ctx, principal),
    secondFactor: await hasSecondFactor(env, user.id),
    steppedUpUntil: steppedUpUntil(session, ctx.now()),
    deletionDueAt: user.deletionDueAt,
    ...offered,
  };
}

/** The next pair of tokens for the session of the cookie. Throws 401. */
export async function refreshSession(call: { ctx: IdentityContext }): Promise<{ access: AccessToken; cookie: string }> {
  const { ctx } = call;
  const text = sessionCookieOf(ctx.request);
  const found = await lookUp(ctx);
  if (found === undefined || text === undefined) throw unauthorized("Sign in first.");
  const pair = await rotateSession(ctx.env, found, text, ctx.now());
  return { access: pair.access, cookie: sessionCookie(ctx.request, pair.refresh, pair.cookieSeconds) };
}

/** Ends the session of the cookie, if it has one, with its sockets. Returns the cookie that forgets it. */
export async function signOut(call: { ctx: IdentityContext }): Promise<string> {
  const { ctx } = call;
  const found = await lookUp(ctx);
  if (found !== undefined) {
    const { id } = found.session;
    const along = [prepareAuditOfChange(auditOf(ctx, found.user.id, id), { action: "session.end" })];
    await endSession(ctx.env, { id, reason: "signed out", nowMs: ctx.now(), along });
  }
  return forgottenSessionCookie(ctx.request);
}

/**
 * Proves again who the person is; the session goes on under a new id. The password counts only where no second factor
 * is set up. Throws 401 for a wrong proof, 429 beyond the limit.
 */
export async function stepUp(call: { ctx: PersonContext; input: StepUp }): Promise<{ until: number; cookie: string }> {
  const { ctx, input } = call;
  const { env, request, principal } = ctx;
  const { user } = principal;
  const session = requireSession(ctx);
  const device = await knownDevice(env, request.headers, user.email);
  const attempt = await takeFactor(env, { userId: user.id, device, nowMs: ctx.now() });
  const proven =
    input.method === "password"
      ? await provenByPassword(ctx, input.password)
      : await takeProof(env, {
          userId: user.id,
          proof: input,
          origin: originOf(ctx),
          nowMs: ctx.now(),
          passkeyPurpose: "passkey-step-up",
        });
  if (!proven) {
    await ctx.database.batch([prepareOwnAudit(ctx, { action: "session.refuse-step-up" })]);
    throw unauthorized("The proof is wrong, was used, or has expired.");
  }
  await attempt.succeeded();
  const nowMs = ctx.now();
  const factor = input.method === "password" ? {} : { secondFactorAt: nowMs };
  const event = { action: "session.step-up", after: { method: input.method } };
  const along = [prepareAuditOfChange(auditOf(ctx, user.id, principal.grantId), event)];
  const renewed = await renewSession(env, session, { ...factor, steppedUpAt: nowMs, nowMs }, along);
  return { until: nowMs + STEP_UP_MS, cookie: cookieOf(ctx, renewed) };
}

/** Options for a step-up with a passkey. */
export async function stepUpPasskeyOptions(call: { ctx: PersonContext }) {
  const { ctx } = call;
  const { user } = ctx.principal;
  const options = await assertionOptions({ origin: originOf(ctx) }, await passkeysOf(ctx.env, user.id));
  const payload = { challenge: options.challenge };
  const token = await issueOneTimeToken(ctx.database, {
    kind: "passkey-step-up",
    userId: user.id,
    payload,
    nowMs: ctx.now(),
  });
  return { token, options: { ...options } };
}

/** The session that acts. Throws 403 where a key does. */
export function requireSession(ctx: PersonContext): SessionRow {
  const { session } = ctx.principal;
  if (session === undefined) throw forbidden("scope", "API keys cannot do this; a signed-in person can.");
  return session;
}

/** Throws 403 where a user ranks above who acts: nobody reaches up to an account that can do more than their own. */
export function requireRankOf(ctx: PersonContext, target: UserRow): void {
  if (suffices(ctx.principal.user.role, target.role)) return;
  throw forbidden("rank", `This user is ${target.role}; only somebody of that role can do this.`);
}

export function cookieOf(ctx: IdentityContext, { session, token }: { session: SessionRow; token: string }): string {
  return sessionCookie(ctx.request, token, cookieSeconds(session, ctx.now()));
}

async function provenByPassword(ctx: PersonContext, password: string): Promise<boolean> {
  const { user } = ctx.principal;
  if (await hasSecondFactor(ctx.env, user.id)) {
    throw forbidden("mfa_required", "This account has a second factor: prove it with that.");
  }
  return verifyPassword(password, secretOf(ctx.env, "PASSWORD_PEPPER"), user.passwordHash ?? "");
}

function steppedUpUntil(session: SessionRow, nowMs: number): number | null {
  const until = (session.steppedUpAt ?? Number.NEGATIVE_INFINITY) + STEP_UP_MS;
  return until > nowMs ? until : null;
}

async function viewingOf(ctx: IdentityContext, principal: { ownerId: string; viewing: ViewingKind | undefined }) {
  if (principal.viewing === undefined) return null;
  // Whose account it was is no longer the business of who looked.
  if (principal.viewing === "ended")
    return { ownerId: principal.ownerId, name: "", email: "", kind: principal.viewing };
  const [owner] = await ctx.database.select().from(users).where(eq(users.id, principal.ownerId)).limit(1);
  if (owner === undefined) return null;
  return { ownerId: owner.id, name: owner.name, email: owner.email, kind: principal.viewing };
}

/** The session of the cookie; where an old token was shown, its owner is told. */
async function lookUp(ctx: IdentityContext) {
  const found = await lookUpSession(ctx.env, sessionCookieOf(ctx.request), ctx.now());
  if (found.type === "reused") await endReusedSession(ctx.env, { ...found, place: ctx.place, nowMs: ctx.now() });
  return found.type === "good" ? found.signedIn : undefined;
}
