import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import {
  ChallengeRef,
  ForgotPassword,
  OneTimeRef,
  PasskeyOptions,
  PasskeySignIn,
  ResetPassword,
  SecondFactor,
  SignIn,
  SignInReply,
  SignUp,
  VerifyEmail,
} from "../../schema/wire/session.ts";
import { confirmEmailChange, forgotPassword, resetPassword } from "../services/identity/account.ts";
import { signOut } from "../services/identity/session.ts";
import {
  passkeySignInOptions,
  secondFactorPasskey,
  signIn,
  signInWithFactor,
  signInWithPasskey,
} from "../services/identity/sign-in.ts";
import { signUp, verifyEmail } from "../services/identity/sign-up.ts";
import type { ApiEnv } from "./api-types.ts";
import { identityContext, setCookies } from "./identity-calls.ts";
import { done, jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const tags = ["Sign-in"];
const started = jsonReply(SignInReply, "The session's cookie is set, or a second factor is asked for.");

const postSignUp = createRoute({
  method: "post",
  path: "/api/auth/sign-up/email",
  tags,
  summary: "Ask for an account; a letter confirms the address",
  description: "Answers the same for a known address: nobody learns who is here.",
  request: { body: jsonBody(SignUp) },
  responses: { 204: done("A letter is on its way."), ...problems(403, 422, 429) },
});

const postVerifyEmail = createRoute({
  method: "post",
  path: "/api/auth/verify-email",
  tags,
  summary: "Confirm an address by the token of a sign-up's letter and the password chosen at that sign-up",
  description: "That sign-up's password and name become the account's; letters of all others are worthless then.",
  request: { body: jsonBody(VerifyEmail) },
  responses: { 204: done("Confirmed. Sign in next."), ...problems(400, 401, 403, 422) },
});

const postSignIn = createRoute({
  method: "post",
  path: "/api/auth/sign-in/email",
  tags,
  summary: "Start a session with address and password",
  request: { body: jsonBody(SignIn) },
  responses: { 200: started, ...problems(401, 403, 422, 429) },
});

const postFactorPasskey = createRoute({
  method: "post",
  path: "/api/auth/sign-in/second-factor/passkey",
  tags,
  summary: "Options for answering a challenge with a passkey",
  request: { body: jsonBody(ChallengeRef) },
  responses: { 200: jsonReply(PasskeyOptions, "For `navigator.credentials.get`."), ...problems(401, 403, 422) },
});

const postFactor = createRoute({
  method: "post",
  path: "/api/auth/sign-in/second-factor",
  tags,
  summary: "Answer a challenge with a code, a recovery code or a passkey",
  request: { body: jsonBody(SecondFactor) },
  responses: { 200: started, ...problems(401, 403, 422, 429) },
});

const postPasskeyOptions = createRoute({
  method: "post",
  path: "/api/auth/sign-in/passkey/options",
  tags,
  summary: "Options for signing in with a passkey alone",
  responses: { 200: jsonReply(PasskeyOptions, "For `navigator.credentials.get`."), ...problems(403) },
});

const postPasskey = createRoute({
  method: "post",
  path: "/api/auth/sign-in/passkey",
  tags,
  summary: "Start a session with a passkey",
  request: { body: jsonBody(PasskeySignIn) },
  responses: { 200: started, ...problems(401, 403, 422) },
});

const postSignOut = createRoute({
  method: "post",
  path: "/api/auth/sign-out",
  tags,
  summary: "End the session, its tokens and its sockets",
  responses: { 204: done("The session has ended."), ...problems(403) },
});

const postForgot = createRoute({
  method: "post",
  path: "/api/auth/password/forgot",
  tags,
  summary: "Ask for a letter to choose a new password",
  description: "Answers the same for an unknown address.",
  request: { body: jsonBody(ForgotPassword) },
  responses: { 204: done("If the address is known, a letter is on its way."), ...problems(403, 422, 429) },
});

const postReset = createRoute({
  method: "post",
  path: "/api/auth/password/reset",
  tags,
  summary: "Choose a new password by the token of a letter; all sessions end",
  request: { body: jsonBody(ResetPassword) },
  responses: { 204: done("The password is set. Sign in next."), ...problems(400, 403, 422) },
});

const postConfirmEmail = createRoute({
  method: "post",
  path: "/api/auth/email/confirm",
  tags,
  summary: "Make a new address the account's by the token of its letter",
  request: { body: jsonBody(OneTimeRef) },
  responses: { 204: done("The address is the account's."), ...problems(400, 403, 409, 422) },
});

/** Routes of whoever is not signed in yet. */
export function authRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(postSignUp, async (c) => {
      await signUp({ ctx: identityContext(c), input: c.req.valid("json") });
      return c.body(null, 204);
    })
    .openapi(postVerifyEmail, async (c) => {
      await verifyEmail({ ctx: identityContext(c), input: c.req.valid("json") });
      return c.body(null, 204);
    })
    .openapi(postSignIn, async (c) => {
      const { reply, cookies } = await signIn({ ctx: identityContext(c), input: c.req.valid("json") });
      setCookies(c, cookies);
      return c.json(reply, 200);
    })
    .openapi(postFactorPasskey, async (c) =>
      c.json(await secondFactorPasskey({ ctx: identityContext(c), input: c.req.valid("json") }), 200),
    )
    .openapi(postFactor, async (c) => {
      const { reply, cookies } = await signInWithFactor({ ctx: identityContext(c), input: c.req.valid("json") });
      setCookies(c, cookies);
      return c.json(reply, 200);
    })
    .openapi(postPasskeyOptions, async (c) => c.json(await passkeySignInOptions({ ctx: identityContext(c) }), 200))
    .openapi(postPasskey, async (c) => {
      const { reply, cookies } = await signInWithPasskey({ ctx: identityContext(c), input: c.req.valid("json") });
      setCookies(c, cookies);
      return c.json(reply, 200);
    })
    .openapi(postSignOut, async (c) => {
      setCookies(c, [await signOut({ ctx: identityContext(c) })]);
      c.header("Clear-Site-Data", '"cache"');
      return c.body(null, 204);
    })
    .openapi(postForgot, async (c) => {
      await forgotPassword({ ctx: identityContext(c), input: c.req.valid("json") });
      return c.body(null, 204);
    })
    .openapi(postReset, async (c) => {
      await resetPassword({ ctx: identityContext(c), input: c.req.valid("json") });
      return c.body(null, 204);
    })
    .openapi(postConfirmEmail, async (c) => {
      await confirmEmailChange({ ctx: identityContext(c), input: c.req.valid("json") });
      return c.body(null, 204);
    });
}
