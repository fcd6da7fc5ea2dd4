import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { type Access, accessOf, suffices } from "../auth/access-matrix.ts";
import { exactAddress } from "../auth/client-address.ts";
import { type Principal, principalOf, principalOfTicket } from "../auth/principal.ts";
import { showsProgramToken } from "../auth/program-token.ts";
import { hasSecondFactor, STEP_UP_MS } from "../auth/second-factor.ts";
import { openDatabase } from "../platform/database.ts";
import { noteInLog } from "../platform/log-context.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { forbidden, notFound } from "../platform/problem-error.ts";
import type { ApiContext, ApiEnv } from "./api-types.ts";

/**
 * Lets a request through to its route only as the table of access says. The entry is that of the route the router will
 * run, so that the two cannot differ; a path of the API without one is answered 404.
 */
export const authorize: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const access = accessOfRequest(c);
  if (access === undefined) {
    if (c.req.path.startsWith("/api/")) throw notFound("route");
    return next();
  }
  if (access.audience === "public") return next();
  if (access.orToken !== undefined && (await showsProgramToken(c.env, access.orToken, c.req.raw))) return next();
  const nowMs = c.get("now")();
  const principal =
    access.shows === "ticket"
      ? await principalOfTicket(c.env, c.req.raw, nowMs)
      : await principalOf(c.env, c.req.raw, { place: placeOf(c), nowMs });
  c.set("callerId", principal.user.id);
  noteInLog({ ownerId: principal.ownerId });
  checkView(principal, access);
  checkScope(principal, access);
  checkRole(principal, access);
  await checkProof(c, principal, access, nowMs);
  setPrincipal(c, principal);
  return next();
};

/** The entry of the route that the router will run; undefined where there is none. */
export function accessOfRequest(c: ApiContext): Access | undefined {
  for (const { method, path } of matchedRoutes(c)) {
    const access = accessOf(method, path);
    if (access !== undefined) return access;
  }
  return undefined;
}

/** Whether a principal has the role and the scope that a route needs, proofs apart. */
export function isAllowed({ scopes, role }: Principal, { audience, scope }: Access): boolean {
  const hasScope = scopes === undefined || (scope !== undefined && scopes.includes(scope));
  return hasScope && (audience === "public" || audience === "self" || suffices(role, audience));
}

/** The person's own settings stay open, and the way back. */
function checkView({ viewing }: Principal, { audience }: Access): void {
  if (viewing !== "ended" || audience === "self") return;
  throw forbidden("view_ended", "Your look at another's account has ended. Go back to your own, then open it anew.");
}

function checkScope({ scopes }: Principal, { scope }: Access): void {
  if (scopes === undefined) return;
  if (scope === undefined) throw forbidden("scope", "API keys cannot do this; a signed-in person can.");
  if (!scopes.includes(scope)) throw forbidden("scope", `The API key needs the scope ${scope}.`);
}

function checkRole(principal: Principal, { audience }: Access): void {
  if (audience === "public" || audience === "self" || suffices(principal.role, audience)) return;
  if (principal.viewing !== undefined) {
    throw forbidden("read_only", "You are looking at somebody else's account; nothing in it can be changed from here.");
  }
  throw forbidden("role", `This needs the role ${audience}.`);
}

async function checkProof(c: ApiContext, principal: Principal, { needs }: Access, nowMs: number): Promise<void> {
  if (needs === undefined) return;
  if (needs === "second-factor" && !(await hasSecondFactor(c.env, principal.user.id))) {
    throw factorMissing();
  }
  requireProofOf(principal, nowMs);
}

/** For routes of which only some requests are dangerous. Throws 403 `step_up` without a proof of the last minutes. */
export function requireFreshProof(c: ApiContext): void {
  requireProofOf(c.get("principal"), c.get("now")());
}

/** Same, of a person who has a second factor: real money moves behind it. Throws 403 `mfa_required` and `step_up`. */
export async function requireFreshFactor(c: ApiContext): Promise<void> {
  const principal = c.get("principal");
  if (!(await hasSecondFactor(c.env, principal.user.id))) throw factorMissing();
  requireProofOf(principal, c.get("now")());
}

function factorMissing() {
  return forbidden("mfa_required", "Set up a second factor first, under Settings, Security.");
}

function requireProofOf(principal: Principal, nowMs: number): void {
  const provenAt = principal.session?.steppedUpAt ?? null;
  if (provenAt === null || nowMs >= provenAt + STEP_UP_MS) {
    throw forbidden("step_up", "Prove again who you are at POST /api/v1/session/step-up, then repeat the request.");
  }
}

function setPrincipal(c: ApiContext, principal: Principal): void {
  const { ownerId, user, grantId, session } = principal;
  const database = openDatabase(c.env.DB);
  const actor = { type: session === undefined ? ("api-key" as const) : ("user" as const), userId: user.id, grantId };
  c.set("principal", principal);
  c.set("service", {
    env: c.env,
    ownerId,
    owned: ownedDatabase(database, ownerId),
    database,
    strategies: c.get("strategies"),
    now: c.get("now"),
    actor,
    place: placeOf(c),
  });
}

/** Where a request came from, for the audit trail. */
export function placeOf(c: ApiContext) {
  const userAgent = (c.req.header("User-Agent") ?? "").slice(0, 200);
  return { address: exactAddress(c.req.raw.headers), userAgent, requestId: c.get("requestId") };
}
