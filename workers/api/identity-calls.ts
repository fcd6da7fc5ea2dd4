import { openDatabase } from "../platform/database.ts";
import type { IdentityContext, PersonContext } from "../services/identity/identity-context.ts";
import type { ApiContext } from "./api-types.ts";
import { placeOf } from "./authorize.ts";

/** What the verbs of identity need of a request that may be anybody's. */
export function identityContext(c: ApiContext): IdentityContext {
  return { env: c.env, database: openDatabase(c.env.DB), request: c.req.raw, place: placeOf(c), now: c.get("now") };
}

/** The same behind `authorize`. */
export function personContext(c: ApiContext): PersonContext {
  return { ...identityContext(c), principal: c.get("principal") };
}

export function setCookies(c: ApiContext, cookies: readonly string[]): void {
  for (const cookie of cookies) c.header("Set-Cookie", cookie, { append: true });
}
