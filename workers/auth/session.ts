import type { User } from "../../schema/wire/session.ts";
import { systemClock } from "../platform/clock.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { seedSimulatedDatasets } from "../services/simulated-datasets.ts";
import { createIdentity, type Identity, SESSION_ABSOLUTE_MS } from "./identity.ts";

export interface SignedIn {
  readonly id: string;
  readonly user: User;
  /** Cookies that prolong the session in the browser, where it was prolonged here. */
  readonly cookies: readonly string[];
}

const identities = new WeakMap<Env, Map<string, Identity>>();

/** The identity service of the origin that a request came to; made once an isolate. */
export function identityOf(env: Env, request: Request): Identity {
  const { origin } = new URL(request.url);
  const known = identities.get(env) ?? new Map<string, Identity>();
  identities.set(env, known);
  const identity = known.get(origin) ?? createIdentity(env, origin, (userId) => fillAccount(env, userId));
  // The edge routes few host names here; a client that invents them must not fill the isolate's memory.
  if (known.size < 8) known.set(origin, identity);
  return identity;
}

/** The session of a request's cookie, or undefined where there is none or it has ended. */
export async function sessionOf(env: Env, request: Request, nowMs: number): Promise<SignedIn | undefined> {
  if (!request.headers.has("Cookie")) return undefined;
  const identity = identityOf(env, request);
  const { response, headers } = await identity.api.getSession({ headers: request.headers, returnHeaders: true });
  if (response === null) return undefined;
  const { session, user } = response;
  const ended = session.expiresAt.getTime() <= nowMs || session.createdAt.getTime() + SESSION_ABSOLUTE_MS <= nowMs;
  if (ended) return undefined;
  const { id, email, name } = user;
  return { id: session.id, user: { id, email, name }, cookies: headers?.getSetCookie() ?? [] };
}

/** What a new user finds in place. */
async function fillAccount(env: Env, userId: string): Promise<void> {
  await seedSimulatedDatasets(ownedDatabase(openDatabase(env.DB), userId), systemClock());
}
