import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { AccessToken, Session, SignedInUser, SignIn, SignUp } from "../../schema/wire/session.ts";
import { issueAccessToken } from "../auth/access-token.ts";
import { sessionOf } from "../auth/session.ts";
import { VERSION } from "../platform/env.ts";
import { unauthorized } from "../platform/problem-error.ts";
import { demoAccount } from "../services/demo-account.ts";
import { type IdentityContext, signIn, signOut, signUp } from "../services/sign-in.ts";
import type { ApiContext, ApiEnv } from "./api-types.ts";
import { jsonBody, jsonReply, problems } from "./route-parts.ts";
import { refuseInvalid } from "./validation.ts";

const tags = ["Session"];

const getSession = createRoute({
  method: "get",
  path: "/api/v1/session",
  tags,
  summary: "Who is signed in, and what this deployment offers",
  responses: { 200: jsonReply(Session, "The session; `user` is null where nobody is signed in.") },
});

const postToken = createRoute({
  method: "post",
  path: "/api/v1/session/token",
  tags,
  summary: "An access token of 15 minutes for the session of the cookie",
  responses: { 200: jsonReply(AccessToken, "Send it as `Authorization: Bearer`."), ...problems(401, 403) },
});

const postSignIn = createRoute({
  method: "post",
  path: "/api/auth/sign-in/email",
  tags,
  summary: "Start a session",
  request: { body: jsonBody(SignIn) },
  responses: { 200: jsonReply(SignedInUser, "The session's cookie is set."), ...problems(401, 403, 422, 429) },
});

const postSignUp = createRoute({
  method: "post",
  path: "/api/auth/sign-up/email",
  tags,
  summary: "Make an account; sign in afterwards",
  request: { body: jsonBody(SignUp) },
  responses: {
    200: jsonReply(SignedInUser, "`user` is null: the reply tells nobody who is here."),
    ...problems(403, 422, 429),
  },
});

const postSignOut = createRoute({
  method: "post",
  path: "/api/auth/sign-out",
  tags,
  summary: "End the session",
  responses: { 204: { description: "The session has ended." }, ...problems(403) },
});

/** Routes of identity. All but the reading ones set or need the session's cookie. */
export function sessionRoutes() {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
    .openapi(getSession, async (c) => {
      const session = await sessionOf(c.env, c.req.raw, c.get("now")());
      for (const cookie of session?.cookies ?? []) c.header("Set-Cookie", cookie, { append: true });
      return c.json({ user: session?.user ?? null, demo: demoAccount(c.env), version: VERSION }, 200);
    })
    .openapi(postToken, async (c) => {
      const nowMs = c.get("now")();
      const session = await sessionOf(c.env, c.req.raw, nowMs);
      if (session === undefined) throw unauthorized("Sign in first.");
      for (const cookie of session.cookies) c.header("Set-Cookie", cookie, { append: true });
      return c.json(await issueAccessToken(c.env, { userId: session.user.id, sessionId: session.id }, nowMs), 200);
    })
    .openapi(postSignIn, async (c) => {
      const { user, cookies } = await signIn({ ctx: identityContext(c), input: c.req.valid("json") });
      for (const cookie of cookies) c.header("Set-Cookie", cookie, { append: true });
      return c.json({ user }, 200);
    })
    .openapi(postSignUp, async (c) => {
      await signUp({ ctx: identityContext(c), input: c.req.valid("json") });
      return c.json({ user: null }, 200);
    })
    .openapi(postSignOut, async (c) => {
      for (const cookie of await signOut({ ctx: identityContext(c) })) c.header("Set-Cookie", cookie, { append: true });
      c.header("Clear-Site-Data", '"cache"');
      return c.body(null, 204);
    });
}

function identityContext(c: ApiContext): IdentityContext {
  return { env: c.env, request: c.req.raw, now: c.get("now") };
}
