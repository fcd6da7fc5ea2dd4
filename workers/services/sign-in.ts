import type { SignIn, SignUp, User } from "../../schema/wire/session.ts";
import { takeSignIn, takeSignUp } from "../auth/attempts.ts";
import { clientAddress } from "../auth/client-address.ts";
import { deviceCookie, knownDevice } from "../auth/device-cookie.ts";
import { checkPassword } from "../auth/password-rules.ts";
import { renewHash } from "../auth/renew-hash.ts";
import { identityOf } from "../auth/session.ts";
import type { Clock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { invalidIssues, ProblemError, unauthorized } from "../platform/problem-error.ts";

/** What the verbs of identity work with: the request is where cookies and the origin come from. */
export interface IdentityContext {
  readonly env: Env;
  readonly request: Request;
  readonly now: Clock;
}

export interface SignInResult {
  readonly user: User;
  readonly cookies: readonly string[];
}

/** Starts a session. Throws 401 in one wording for a wrong password and an unknown address; 429 beyond the limits. */
export async function signIn(call: { ctx: IdentityContext; input: SignIn }): Promise<SignInResult> {
  const { ctx, input } = call;
  const { env, request } = ctx;
  const attempt = await takeSignIn(env, {
    email: input.email,
    address: clientAddress(request.headers),
    device: await knownDevice(env, request.headers, input.email),
    nowMs: ctx.now(),
  });
  const reply = await identityOf(env, request).api.signInEmail({
    body: { email: input.email, password: input.password },
    headers: withoutCookies(request.headers),
    asResponse: true,
  });
  if (reply.status >= 500) throw new Error(`sign-in failed with status ${reply.status}`);
  if (!reply.ok) throw unauthorized("The e-mail address or the password is wrong.");
  await attempt.succeeded();
  const { user } = await reply.json<{ user: User }>();
  await renewHash(env, { userId: user.id, password: input.password });
  const secure = new URL(request.url).protocol === "https:";
  return {
    user: { id: user.id, email: user.email, name: user.name },
    cookies: [...reply.headers.getSetCookie(), await deviceCookie(env, { email: input.email, secure })],
  };
}

/**
 * Makes a user. Answers the same for an address that is known, and changes nothing then. Throws 422 for a password
 * that breaks a rule, 429 beyond the limits.
 */
export async function signUp(call: { ctx: IdentityContext; input: SignUp }): Promise<void> {
  const { ctx, input } = call;
  const broken = checkPassword(input.password, input);
  if (broken !== undefined) throw invalidIssues([broken]);
  await takeSignUp(ctx.env, { address: clientAddress(ctx.request.headers), nowMs: ctx.now() });
  const reply = await identityOf(ctx.env, ctx.request).api.signUpEmail({
    body: { email: input.email, password: input.password, name: input.name },
    headers: withoutCookies(ctx.request.headers),
    asResponse: true,
  });
  if (reply.status >= 500) throw new Error(`sign-up failed with status ${reply.status}`);
  if (!reply.ok) {
    throw new ProblemError({
      status: 422,
      code: "invalid",
      detail: "The account could not be made with these values.",
    });
  }
}

/** Ends the session of the request's cookie, if it has one. Returns the cookies that forget it. */
export async function signOut(call: { ctx: IdentityContext }): Promise<readonly string[]> {
  const { env, request } = call.ctx;
  const reply = await identityOf(env, request).api.signOut({ headers: request.headers, asResponse: true });
  return reply.headers.getSetCookie();
}

/** A session that a page brought along must have no say in the new one. */
function withoutCookies(headers: Headers): Headers {
  const kept = new Headers(headers);
  kept.delete("Cookie");
  return kept;
}
