import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { users } from "../../schema/tables/identity.ts";
import { meter } from "../metrics/meter.ts";
import { openDatabase } from "./database.ts";
import type { Env } from "./env.ts";
import { measuredEnv } from "./measured-store.ts";

/** What was counted since the last look, as `store operation outcome`. */
function counted(): Record<string, number> {
  const { counts } = meter.take();
  const calls = counts.filter(([name]) => name === "storage_operations_total");
  return Object.fromEntries(calls.map(([, key, value]) => [key.replaceAll("\t", " "), value]));
}

beforeEach(() => void meter.take());

describe("the database as it is measured", () => {
  it("answers as it does, and counts each call by what it did", async () => {
    const database = openDatabase(env.DB);
    const none = await database.select().from(users).where(sql`id = ${"nobody"}`);
    expect(none).toEqual([]);
    await database.delete(users).where(sql`id = ${"nobody"}`);
    const [first, second] = await database.batch([
      database.select({ one: sql<number>`1` }).from(users),
      database.delete(users).where(sql`id = 'nobody'`),
    ]);
    expect([first, second.meta.changes]).toEqual([[], 0]);
    expect(counted()).toEqual({ "d1 read ok": 1, "d1 delete ok": 1, "d1 batch ok": 1 });
  });

  it("tells what a rule of the table refuses from a database that fails", async () => {
    const database = openDatabase(env.DB);
    const broken = { id: "usr_1" } as typeof users.$inferInsert;
    await expect(database.insert(users).values(broken)).rejects.toThrow();
    await expect(database.run(sql`select * from no_such_table`)).rejects.toThrow();
    expect(counted()).toEqual({ "d1 write refused": 1, "d1 read error": 1 });
  });
});

describe("the object store as it is measured", () => {
  it("answers as it does, and counts each call by what it did", async () => {
    const { BUCKET } = measuredEnv(env);
    await BUCKET.put("measured/a", "text");
    expect(await (await BUCKET.get("measured/a"))?.text()).toBe("text");
    expect((await BUCKET.list({ prefix: "measured/" })).objects).toHaveLength(1);
    await BUCKET.delete("measured/a");
    expect(await BUCKET.head("measured/a")).toBeNull();
    expect(counted()).toEqual({ "r2 write ok": 1, "r2 read ok": 2, "r2 list ok": 1, "r2 delete ok": 1 });
  });

  it("counts a store that fails, and lets its error through", async () => {
    const failing = { get: () => Promise.reject(new Error("get: internal error (10001)")) } as unknown as R2Bucket;
    const { BUCKET } = measuredEnv({ ...env, BUCKET: failing } as Env);
    await expect(BUCKET.get("a")).rejects.toThrow("10001");
    expect(counted()).toEqual({ "r2 read error": 1 });
  });

  it("is wrapped once for each environment", () => {
    expect(measuredEnv(env)).toBe(measuredEnv(env));
  });
});
