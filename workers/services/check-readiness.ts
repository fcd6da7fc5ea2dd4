import { pingThrottle } from "../auth/throttle.ts";
import type { Clock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";

// A store that answers later than this is of no use to a page either.
const CHECK_TIMEOUT_MS = 2_000;

export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly elapsedMs: number;
  /** `timeout` or `error`; what exactly failed is in the log, not for everybody. */
  readonly error: string | null;
}

/** Asks each store that requests depend on, all at once, each within its time. */
export async function checkReadiness(ctx: { env: Env; now: Clock }): Promise<ReadinessCheck[]> {
  const { env } = ctx;
  const asks: [string, () => Promise<unknown>][] = [
    // Asked directly because the check is of the binding itself.
    ["database", () => env.DB.prepare("SELECT 1").first()],
    ["object store", () => env.BUCKET.head("health")],
    ["durable objects", () => pingThrottle(env)],
  ];
  return Promise.all(asks.map(([name, ask]) => timed(name, ask, ctx.now)));
}

async function timed(name: string, ask: () => Promise<unknown>, now: Clock): Promise<ReadinessCheck> {
  const started = now();
  const error = await Promise.race([attempt(name, ask), timeout()]);
  return { name, ok: error === null, elapsedMs: now() - started, error };
}

async function attempt(name: string, ask: () => Promise<unknown>): Promise<string | null> {
  try {
    await ask();
    return null;
  } catch (error) {
    logEvent("readiness_failed", { name, error });
    return "error";
  }
}

function timeout(): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => resolve("timeout"), CHECK_TIMEOUT_MS);
  });
}
