import type { MiddlewareHandler } from "hono";
import { type Principal, verifyAccessToken } from "../auth/access-token.ts";
import { sessionOf } from "../auth/session.ts";
import { openDatabase } from "../platform/database.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { unauthorized } from "../platform/problem-error.ts";
import type { ApiContext, ApiEnv } from "./api-types.ts";

/**
 * Requires an access token. Reading is also open to the session cookie, so that a link can download a file; a change
 * never is, so that no page of somebody else can make one. Throws 401.
 */
export const requireUser: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const principal = await principalOf(c);
  const database = openDatabase(c.env.DB);
  c.set("principal", principal);
  c.set("service", {
    env: c.env,
    ownerId: principal.userId,
    owned: ownedDatabase(database, principal.userId),
    database,
    strategies: c.get("strategies"),
    now: c.get("now"),
  });
  return next();
};

async function principalOf(c: ApiContext): Promise<Principal> {
  const authorization = c.req.header("Authorization");
  if (authorization !== undefined) {
    const token = /^Bearer ([\w.-]{1,2000})$/.exec(authorization)?.[1];
    if (token === undefined) throw unauthorized("Authorization must be `Bearer` and an access token.");
    return verifyAccessToken(c.env, token, c.get("now")());
  }
  if (c.req.method === "GET" || c.req.method === "HEAD") {
    const session = await sessionOf(c.env, c.req.raw, c.get("now")());
    if (session !== undefined) return { userId: session.user.id, sessionId: session.id };
  }
  throw unauthorized("Sign in first, then send an access token from POST /api/v1/session/token.");
}
