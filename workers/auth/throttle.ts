import { proxyDurable } from "itty-durable/proxy-durable.js";
import { z } from "zod";
import { sha256Hex } from "../platform/digest.ts";
import type { Env } from "../platform/env.ts";
import type { Lease, LeaseAsk, ThrottleAnswer, ThrottleRule } from "./throttle-count.ts";

/**
 * The only way to the throttle: fixed methods, replies checked. Names are hashed on the way, so that the objects hold
 * no address and no account, and anything may be a name.
 */

const Answer = z.object({ allowed: z.boolean(), waitMs: z.number(), left: z.number() });
const LeaseReply = z.object({ granted: z.number(), left: z.number(), endsAt: z.number() });

// An object that does not answer within this is taken for one that fails: a request cannot wait for its own limit.
const THROTTLE_TIMEOUT_MS = 2_000;

type Method = "take" | "giveBack" | "lease" | "ping";

/** Takes an attempt under a name, exactly counted and stored. Throws where the object fails or is silent. */
export async function takeAttempt(
  env: Env,
  name: string,
  { rule, nowMs }: { rule: ThrottleRule; nowMs: number },
): Promise<ThrottleAnswer> {
  const key = await sha256Hex(name);
  return Answer.parse(await call(env, shardOf(key), "take", [key, rule, nowMs]));
}

/** Gives back the newest taking of a name. */
export async function giveBackAttempt(env: Env, name: string): Promise<void> {
  const key = await sha256Hex(name);
  await call(env, shardOf(key), "giveBack", [key]);
}

/** A block of requests of a name's window. Throws where the object fails or is silent. */
export async function leaseRequests(env: Env, name: string, ask: LeaseAsk): Promise<Lease> {
  // An object of its own, near who asks first; it stores nothing, so that nothing is left of it.
  return LeaseReply.parse(await call(env, `requests-${await sha256Hex(name)}`, "lease", [ask]));
}

/** Whether a throttle answers. Throws where it does not. */
export async function pingThrottle(env: Env): Promise<void> {
  z.literal(true).parse(await call(env, "health", "ping", []));
}

/**
 * Names that are stored share 256 objects by their hash, so that addresses that never return leave no object behind.
 */
function shardOf(key: string): string {
  return `attempts-${key.slice(0, 2)}`;
}

async function call(env: Env, object: string, method: Method, args: readonly unknown[]): Promise<unknown> {
  // Never returned from an async function as it is: whoever awaits the library's proxy calls its method `then`.
  const remote: Record<Method, (...sent: readonly unknown[]) => Promise<unknown>> = proxyDurable(env.THROTTLE, {
    parse: true,
  }).get(object);
  return within(THROTTLE_TIMEOUT_MS, remote[method](...args));
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the throttle did not answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}
