import type { MiddlewareHandler } from "hono";
import { clientAddress } from "../auth/client-address.ts";
import { LeaseBook, type Spending } from "../auth/lease-book.ts";
import type { Principal } from "../auth/principal.ts";
import { BUDGET_WINDOW_MS, type Budget, type Budgets, verbOf } from "../auth/request-budgets.ts";
import { leaseRequests, takeAttempt } from "../auth/throttle.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { ProblemError, unavailable } from "../platform/problem-error.ts";
import type { ApiContext, ApiEnv } from "./api-types.ts";
import { accessOfRequest } from "./authorize.ts";

// Where the outermost limit strikes it says nothing of when it ends; its window is a minute.
const EDGE_RETRY_SECONDS = 60;
// An object that failed is back on another machine within seconds.
const RETRY_SECONDS = 5;

/** What a request spent of a budget, for the headers of its reply. */
export interface Spent extends Spending {
  readonly budget: Budget;
}

/**
 * The outermost limit, the platform's own: approximate and per location, without a call over the network. It keeps a
 * flood from the exact counts; nothing else relies on it, so that its failure closes nothing.
 */
export const limitEdge: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (!/^\/(?:api|docs|health)(?:\/|$)/.test(c.req.path)) return next();
  const { success } = await c.env.EDGE_LIMIT.limit({ key: clientAddress(c.req.raw.headers) }).catch(
    (error: unknown) => {
      logEvent("edge_limit_failed", { outcome: "let through", error });
      return { success: true };
    },
  );
  if (!success) throw tooManyRequests("this address", EDGE_RETRY_SECONDS);
  return next();
};

export interface RequestLimits {
  readonly address: MiddlewareHandler<ApiEnv>;
  readonly principal: MiddlewareHandler<ApiEnv>;
  /** Messages to one address of a bot, by its token's hash: a token that was replaced spends nothing of the new one's. Throws 429. */
  readonly hook: (c: ApiContext, hash: string) => Promise<void>;
}

/**
 * The exact limits: requests of an address, of whoever is signed in, and on one owner's things. `address` stands before
 * anything is looked up, `principal` behind `authorize`. Both throw 429 beyond a limit.
 */
export function requestLimits(budgets: Budgets): RequestLimits {
  // One book for all of an isolate's requests, filled by whichever of them runs dry.
  const bookOf = bookKeeper();
  return {
    async address(c, next) {
      if (!isApi(c)) return next();
      await spendAll(c, bookOf(c.env), [[`address:${clientAddress(c.req.raw.headers)}`, budgets.address]]);
      return next();
    },
    async hook(c, hash) {
      await spendAll(c, bookOf(c.env), [[`hook:${hash}`, budgets.hook]]);
    },
    async principal(c, next) {
      const principal: Principal | undefined = c.get("principal");
      if (!isApi(c)) return next();
      const access = accessOfRequest(c);
      const verb = verbOf(c.req.method, access);
      if (principal === undefined) {
        // Nobody's: public, or that of a program which showed the token of the deployment.
        const token = access?.orToken;
        if (token !== undefined)
          await spendAll(c, bookOf(c.env), [[`${verb}:token:${token}`, budgets.principal[verb]]]);
        return next();
      }
      // Of a person all sessions are one; each key is its own, so that a program does not starve another.
      const who = principal.session === undefined ? `key:${principal.grantId}` : `user:${principal.user.id}`;
      await spendAll(c, bookOf(c.env), [
        [`${verb}:${who}`, budgets.principal[verb]],
        [`${verb}:owner:${principal.ownerId}`, budgets.tenant[verb]],
      ]);
      return next();
    },
  };
}

/** Tells in the headers of the reply what the request spent, also where it was refused. */
export const tellLimits: MiddlewareHandler<ApiEnv> = async (c, next) => {
  c.set("spent", []);
  await next();
  const spent = c.get("spent");
  if (spent.length === 0 || c.res.webSocket) return;
  const nowMs = c.get("now")();
  const policies = spent.map(({ budget }) => `"${budget.policy}";q=${budget.count};w=${budget.windowMs / 1_000}`);
  const limits = spent.map(
    ({ budget, left, endsAt }) => `"${budget.policy}";r=${left};t=${secondsUntil(endsAt, nowMs)}`,
  );
  c.header("RateLimit-Policy", policies.join(", "));
  c.header("RateLimit", limits.join(", "));
};

function bookKeeper(): (env: Env) => LeaseBook {
  let book: LeaseBook | undefined;
  let bound: Env | undefined;
  return (env) => {
    if (book === undefined || bound?.THROTTLE !== env.THROTTLE) {
      bound = env;
      book = new LeaseBook((name, ask) => leaseRequests(env, name, ask));
    }
    return book;
  };
}

async function spendAll(c: ApiContext, book: LeaseBook, wanted: [name: string, budget: Budget][]): Promise<void> {
  const nowMs = c.get("now")();
  const spendings = await Promise.all(wanted.map(([name, budget]) => spend(c.env, book, { name, budget, nowMs })));
  const spent = spendings.filter((spending) => spending !== undefined);
  c.set("spent", [...c.get("spent"), ...spent]);
  const refused = spent.filter(({ allowed }) => !allowed).sort((a, b) => b.endsAt - a.endsAt)[0];
  if (refused !== undefined) {
    const { budget, endsAt } = refused;
    throw tooManyRequests(`the limit "${budget.policy}"`, Math.max(1, secondsUntil(endsAt, nowMs)));
  }
}

/**
 * One request of a budget; undefined where it could not be counted. Reading and changing then go on uncounted: these
 * limits share out capacity, and who cannot stop a run because a counter is down loses more than we do. What computes
 * for seconds waits instead, since without a count one client could take every machine.
 */
async function spend(
  env: Env,
  book: LeaseBook,
  { name, budget, nowMs }: { name: string; budget: Budget; nowMs: number },
): Promise<Spent | undefined> {
  const short = budget.windowMs <= BUDGET_WINDOW_MS;
  try {
    if (short) return { budget, ...(await book.spend(name, budget, nowMs)) };
    const { allowed, waitMs, left } = await takeAttempt(env, name, { rule: budget, nowMs });
    return { budget, allowed, left, endsAt: nowMs + (allowed ? budget.windowMs : waitMs) };
  } catch (error) {
    logEvent("throttle_failed", { name: budget.policy, outcome: short ? "let through" : "refused", error });
    if (short) return undefined;
    throw unavailable("Requests of this kind cannot be counted at the moment. Try again.", RETRY_SECONDS);
  }
}

function tooManyRequests(whose: string, retryAfterSeconds: number): ProblemError {
  const detail = `Too many requests for ${whose}. Try again in ${retryAfterSeconds} s.`;
  return new ProblemError({ status: 429, code: "too_many_requests", detail, retryAfterSeconds });
}

function secondsUntil(endsAt: number, nowMs: number): number {
  return Math.max(0, Math.ceil((endsAt - nowMs) / 1_000));
}

/** By the path that the router reads, in which `%61pi` is `api`: a limit must not be passed by spelling. */
function isApi(c: ApiContext): boolean {
  return c.req.path.startsWith("/api/");
}
