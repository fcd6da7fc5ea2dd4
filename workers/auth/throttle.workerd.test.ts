import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { sha256Hex } from "../platform/digest.ts";
import { newId } from "../platform/ids.ts";
import { giveBackAttempt, leaseRequests, pingThrottle, takeAttempt, throttleKey } from "./throttle.ts";

const NOW_MS = 1_800_000_000_000;
const MINUTE_MS = 60_000;
const RULE = { count: 5, windowMs: 15 * MINUTE_MS };

const newName = () => `test:${newId("usr")}`;
const take = (name: string, nowMs = NOW_MS, rule = RULE) => takeAttempt(env, name, { rule, nowMs });

async function objectOf(name: string) {
  const key = await throttleKey(env, name);
  return env.THROTTLE.getByName(`attempts-${key.slice(0, 2)}`);
}

/** A new name that the same object counts. */
async function neighbourOf(key: string): Promise<string> {
  for (;;) {
    const name = newName();
    if ((await throttleKey(env, name)).startsWith(key.slice(0, 2))) return name;
  }
}

describe("a throttle", () => {
  it("S59 allows of 2,000 attempts that arrive at once exactly as many as the rule says", async () => {
    const name = newName();
    const rule = { count: 137, windowMs: MINUTE_MS };
    const answers = await Promise.all(Array.from({ length: 2_000 }, () => take(name, NOW_MS, rule)));
    expect(answers.filter((answer) => answer.allowed)).toHaveLength(137);
    expect(new Set(answers.filter((answer) => answer.allowed).map((answer) => answer.left)).size).toBe(137);
    expect(answers.find((answer) => !answer.allowed)).toEqual({ allowed: false, waitMs: MINUTE_MS, left: 0 });
  });

  it("S59 goes on counting where it was when the object has lost its memory, also for many at once", async () => {
    const name = newName();
    for (let attempt = 0; attempt < 3; attempt++) await take(name);
    await evictDurableObject(await objectOf(name));
    const answers = await Promise.all(Array.from({ length: 50 }, () => take(name)));
    expect(answers.filter((answer) => answer.allowed)).toHaveLength(2);
  });

  it("allows one more for each attempt that grows older than the window", async () => {
    const name = newName();
    for (let attempt = 0; attempt < 5; attempt++) await take(name, NOW_MS + attempt * MINUTE_MS);
    expect(await take(name, NOW_MS + 5 * MINUTE_MS)).toEqual({ allowed: false, waitMs: 10 * MINUTE_MS, left: 0 });
    expect((await take(name, NOW_MS + 15 * MINUTE_MS)).allowed).toBe(true);
    expect((await take(name, NOW_MS + 15 * MINUTE_MS)).allowed).toBe(false);
  });

  it("takes an attempt back that was right, and counts each name for itself", async () => {
    const [name, other] = [newName(), newName()];
    for (let attempt = 0; attempt < 5; attempt++) await take(name);
    expect((await take(other)).allowed).toBe(true);
    await giveBackAttempt(env, name);
    await giveBackAttempt(env, newName());
    expect((await take(name)).allowed).toBe(true);
    expect((await take(name)).allowed).toBe(false);
  });

  it("stores nothing of a name that does not count any more, and never the name itself", async () => {
    const name = newName();
    const key = await throttleKey(env, name);
    const stub = await objectOf(name);
    const stored = () =>
      runInDurableObject(stub, async (_object, { storage }) => JSON.stringify([...(await storage.list())]));
    await take(name);
    expect(await stored()).toContain(key);
    expect(await stored()).not.toContain(name);
    // A hash without a secret would tell it: there are only so many addresses.
    expect(await stored()).not.toContain(await sha256Hex(name));
    await giveBackAttempt(env, name);
    expect(await stored()).not.toContain(key);
    // The next attempt, under whichever name of the same object, finds it too old.
    await take(name);
    await take(await neighbourOf(key), NOW_MS + RULE.windowMs);
    expect(await stored()).not.toContain(key);
  });

  it("leaves nothing behind once it has nothing left to count", async () => {
    // Names share objects: one that no other test counts in.
    for (;;) {
      const name = newName();
      const stub = await objectOf(name);
      const stored = () => runInDurableObject(stub, async (_object, { storage }) => [...(await storage.list())]);
      if ((await stored()).length > 0) continue;
      await take(name);
      expect(await stored()).toHaveLength(1);
      await giveBackAttempt(env, name);
      expect(await stored()).toEqual([]);
      return;
    }
  });

  it("refuses new names, and goes on with those it knows, when it is flooded", async () => {
    const name = newName();
    await take(name);
    const stub = await objectOf(name);
    const flooded = await runInDurableObject(stub, (object) => {
      const { attempts, take: taking } = object as unknown as {
        attempts: Record<string, unknown>;
        take: (name: string, rule: typeof RULE, nowMs: number) => { allowed: boolean };
      };
      for (let index = 0; index < 10_000; index++) attempts[`flood ${index}`] = { at: [NOW_MS], until: NOW_MS + 1_000 };
      const known = Object.keys(attempts).find((key) => !key.startsWith("flood")) ?? "";
      return [taking("new", RULE, NOW_MS), taking(known, RULE, NOW_MS), taking("new", RULE, NOW_MS + 1_000)];
    });
    expect(flooded.map((answer) => answer.allowed)).toEqual([false, true, true]);
  });

  it.each(["destroy", "reset", "setAlarm", "persist", "fetch", "constructor"])(
    "lets nobody call %s over its binding",
    async (method) => {
      const reply = await env.THROTTLE.getByName("health").fetch(`https://throttle/do/call/${method}`);
      expect(reply.status).toBe(404);
      expect((await env.THROTTLE.getByName("health").fetch(`https://throttle/do/set/${method}`)).status).toBe(404);
    },
  );

  it("answers the health check", async () => {
    await expect(pingThrottle(env)).resolves.toBeUndefined();
  });

  it("that fails is an error, not an answer", async () => {
    const broken = { ...env, THROTTLE: { ...env.THROTTLE, idFromName: () => "id", get: () => ({ fetch: refuse }) } };
    await expect(takeAttempt(broken as unknown as typeof env, "x", { rule: RULE, nowMs: NOW_MS })).rejects.toThrow(
      "out of order",
    );
  });
});

const refuse = () => Promise.reject(new Error("out of order"));

describe("blocks of requests", () => {
  const rule = { count: 100, windowMs: 10_000 };
  const lease = (name: string, nowMs = NOW_MS) => leaseRequests(env, name, { rule, wanted: 1_000, nowMs });

  it("S59 of one window are together exactly what the rule allows, however many ask at once", async () => {
    const name = newName();
    const leases = await Promise.all(Array.from({ length: 300 }, () => lease(name)));
    expect(leases.reduce((sum, { granted }) => sum + granted, 0)).toBe(100);
    expect(leases.at(-1)).toMatchObject({ granted: 0, left: 0, endsAt: NOW_MS + 10_000 });
  });

  it("come anew with the next window, and leave nothing stored", async () => {
    const name = newName();
    for (let index = 0; index < 60; index++) await lease(name);
    expect((await lease(name, NOW_MS + 9_999)).granted).toBe(0);
    expect(await lease(name, NOW_MS + 10_000)).toEqual({ granted: 12, left: 88, endsAt: NOW_MS + 20_000 });
    const stub = env.THROTTLE.getByName(`requests-${await throttleKey(env, name)}`);
    const stored = await runInDurableObject(stub, async (_object, { storage }) => (await storage.list()).size);
    expect(stored).toBe(0);
  });
});
