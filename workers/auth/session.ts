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
  const found = await identityOf(env, request).api.getSession({ headers: request.headers });
  if (found === null) return undefined;
  const { session, user } = found;
  const ended = session.expiresAt.getTime() <= nowMs || session.createdAt.getTime() + SESSION_ABSOLUTE_MS <= nowMs;
  return ended ? undefined : { id: session.id, user: { id: user.id, email: user.email, name: user.name } };
}

/** What a new user finds in place. */
async function fillAccount(env: Env, userId: string): Promise<void> {
  await seedSimulatedDatasets(ownedDatabase(openDatabase(env.DB), userId), systemClock());
}
