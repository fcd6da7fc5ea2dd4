import { unstable_readConfig as readConfig } from "wrangler";
import { CAPS, PLATFORM_CEILINGS, REQUIRED_BOT_CAPS } from "../../../workers/core/risk/cap.ts";
import { ENVIRONMENTS, type EnvironmentName } from "../environments.ts";
import type { StopResult } from "../hard-stops.ts";
import type { StopContext } from "../stop-context.ts";

/** A request is done within this, or something is wrong: half of what the platform gives by itself is never needed. */
const CPU_MS_MAX = 30_000;
/** Of one address in a minute: the exact limits stand far below. */
const EDGE_REQUESTS_MAX = 6_000;
/** Ceilings without which one order, or one account, could be of any size. */
const CEILINGS_NEEDED = [
  "orderNotional",
  "positionNotional",
  "grossExposure",
  "leverage",
  "openOrders",
  "ordersPerSecond",
];

/** Typed for the Worker's own runtime, so that it is loaded and not imported. */
const BUDGETS_FILE = "../../../workers/auth/request-budgets.ts";

/** A number of requests in a time, as `request-budgets.ts` has it. */
export interface RequestBudget {
  readonly policy: string;
  readonly count: number;
  readonly windowMs: number;
}

/** The part of an environment's configuration that bounds what it uses. */
export interface BoundedConfig {
  readonly limits?: { readonly cpu_ms?: number | undefined } | undefined;
  readonly ratelimits?: readonly RateLimit[] | undefined;
  readonly queues?: { readonly consumers?: readonly Consumer[] | undefined } | undefined;
}
interface RateLimit {
  readonly name: string;
  readonly namespace_id: string;
  readonly simple: { readonly limit: number; readonly period: number };
}
interface Consumer {
  readonly queue: string;
  readonly max_retries?: number | undefined;
}

/** Everything that anybody could use without end has to have its limit, where it is deployed to. */
export async function limitsSet({ settings }: StopContext): Promise<StopResult> {
  const configs = [undefined, ...ENVIRONMENTS].map((name) => configOf(name));
  const own = configs[ENVIRONMENTS.indexOf(settings.environment) + 1] ?? {};
  const { BUDGETS } = (await import(BUDGETS_FILE)) as { readonly BUDGETS: object };
  const budgets = Object.values(BUDGETS).flatMap(budgetsOf);
  const faults = [...configFaults(own, configs), ...budgetFaults(budgets), ...ceilingFaults()];
  const todo = "Set it: wrangler.toml and `npm run environments`, request-budgets.ts, or cap.ts.";
  if (faults.length > 0) return { passed: false, words: faults.join("; "), todo };
  const caps = Object.keys(PLATFORM_CEILINGS.caps).length;
  return {
    passed: true,
    words: `processor time, edge, budgets of requests, retries of queues, ${caps} ceilings of risk`,
  };
}

/** What of an environment's configuration has no limit, or one that another environment uses up. */
export function configFaults(own: BoundedConfig, all: readonly BoundedConfig[]): string[] {
  const faults: string[] = [];
  const cpuMs = own.limits?.cpu_ms;
  if (cpuMs === undefined || cpuMs > CPU_MS_MAX)
    faults.push(`limits.cpu_ms must be at most ${CPU_MS_MAX}, was ${cpuMs}`);
  const edge = own.ratelimits?.find(({ name }) => name === "EDGE_LIMIT");
  const edgeLimit = edge?.simple.limit;
  if (edge === undefined || edge.simple.limit > EDGE_REQUESTS_MAX || edge.simple.period !== 60) {
    faults.push(`EDGE_LIMIT must be at most ${EDGE_REQUESTS_MAX} a minute, was ${edgeLimit}`);
  }
  const sharing = all.filter(({ ratelimits }) =>
    ratelimits?.some(({ namespace_id }) => namespace_id === edge?.namespace_id),
  );
  if (sharing.length > 1) faults.push(`EDGE_LIMIT must have a namespace of its own, ${edge?.namespace_id} is shared`);
  const endless = (own.queues?.consumers ?? []).filter(({ max_retries }) => max_retries === undefined);
  for (const { queue } of endless) faults.push(`the queue ${queue} must say how often it tries again`);
  return faults;
}

/** Budgets that let any number of requests through. */
export function budgetFaults(budgets: readonly RequestBudget[]): string[] {
  return budgets
    .filter(({ count, windowMs }) => !(count > 0 && Number.isFinite(count) && windowMs > 0))
    .map(({ policy }) => `the budget ${policy} must be a number of requests in a time`);
}

function ceilingFaults(): string[] {
  const known = new Set(Object.keys(PLATFORM_CEILINGS.caps));
  const missing = CEILINGS_NEEDED.filter((name) => !known.has(name)).map((name) => `the ceiling ${name} must be set`);
  const unknown = REQUIRED_BOT_CAPS.filter((name) => CAPS[name] === undefined);
  return [...missing, ...unknown.map((name) => `bots need the cap ${name}, which there is not`)];
}

function budgetsOf(entry: object): RequestBudget[] {
  return "policy" in entry ? [entry as RequestBudget] : (Object.values(entry) as RequestBudget[]);
}

function configOf(name: EnvironmentName | undefined): BoundedConfig {
  return readConfig(
    { config: "wrangler.toml", ...(name === undefined ? {} : { env: name }) },
    { hideWarnings: true },
  ) as BoundedConfig;
}
