import { proxyDurable } from "itty-durable/proxy-durable.js";
import { z } from "zod";
import { hexOf, hmacSha256 } from "../platform/digest.ts";
import { type Env, secretOf } from "../platform/env.ts";
import type { Lease, LeaseAsk, ThrottleAnswer, ThrottleRule } from "./throttle-count.ts";

/**
 * The only way to the throttle: fixed methods, replies checked. Names are hashed on the way, so that anything may be a
 * name. Under a secret: addresses are few enough to be found by hashing them all, and nobody shall choose names that
 * fall into the object of another's.
 */

const Answer = z.object({ allowed: z.boolean(), waitMs: z.number(), left: z.number() });
const LeaseReply = z.object({ granted: z.number(), left: z.number(), endsAt: z.number() });

// An object that does not answer within this is taken for one that fails: a request cannot wait for its own limit.
const THROTTLE_TIMEOUT_MS = 5_000;

type Method = "take" | "giveBack" | "lease" | "ping";

/** Takes an attempt under a name, exactly counted and stored. Throws where the object fails or is silent. */
export async function takeAttempt(
  env: Env,
  name: string,
  { rule, nowMs }: { rule: ThrottleRule; nowMs: number },
): Promise<ThrottleAnswer> {
  const key = await throttleKey(env, name);
  return Answer.parse(await call(env, shardOf(key), "take", [key, rule, nowMs]));
}

/** Gives back the newest taking of a name. */
export async function giveBackAttempt(env: Env, name: string): Promise<void> {
  const key = await throttleKey(env, name);
  await call(env, shardOf(key), "giveBack", [key]);
}

/** A block of requests of a name's window. Throws where the object fails or is silent. */
export async function leaseRequests(env: Env, name: string, ask: LeaseAsk): Promise<Lease> {
  // An object of its own, near who asks first; it stores nothing, so that nothing is left of it.
  return LeaseReply.parse(await call(env, `requests-${await throttleKey(env, name)}`, "lease", [ask]));
}

/** Whether a throttle answers. Throws where it does not. */
export async function pingThrottle(env: Env): Promise<void> {
  z.literal(true).parse(await call(env, "health", "ping", []));
}

/** What the throttle knows a name by. */
export async function throttleKey(env: Env, name: string): Promise<string> {
  return hexOf(await hmacSha256(`${secretOf(env, "AUTH_SECRET")} throttle v1`, name));
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
