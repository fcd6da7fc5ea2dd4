import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { bots } from "../../schema/tables/trading.ts";
import { openDatabase } from "../platform/database.ts";
import { afterAlarm } from "../testing/after-alarm.ts";
import { botReport } from "../testing/bot-report.ts";
import { newClient, START_MS } from "../testing/test-client.ts";
import { dashboardOf } from "./dashboard.ts";
import type { HubObject } from "./hub-object.ts";

const listed = { strategyTitle: "Cross", version: 1, simulated: false, spark: [], createdAt: START_MS };

const KILL = {
  actor: { type: "user" as const, userId: "usr_1", grantId: "ses_1" },
  place: { address: "192.0.2.1", userAgent: "a test", requestId: "req_1" },
  at: START_MS,
  scope: { kind: "user" as const },
  flatten: false,
} satisfies Parameters<HubObject["noteKill"]>[0]["entry"];

async function newOwner(count: number) {
  const { userId: ownerId } = await newClient();
  const ids = Array.from({ length: count }, (_, at) => `bot_${ownerId}_${at}`);
  const database = openDatabase(env.DB);
  for (const id of ids) {
    const row = { ...listed, id, ownerId, accountId: "acc_1", name: id, status: "stopped" as const };
    await database.insert(bots).values({ ...row, definition: {} as typeof bots.$inferInsert.definition });
  }
  const { object } = await dashboardOf(env, ownerId);
  const equities = async () => {
    const rows = await database.select().from(bots).where(eq(bots.ownerId, ownerId)).orderBy(bots.createdAt, bots.id);
    return rows.map(({ equity }) => equity);
  };
  /** Replaces the database that the dashboard has, until the object is evicted. */
  const withDatabase = (DB: D1Database) =>
    runInDurableObject(object, (instance) => void Object.assign(instance, { env: { ...env, DB } }));
  return { ownerId, ids, object, equities, withDatabase };
}

/** Counts the batches that reach the real database, or refuses them. */
function countedDatabase({ refuse }: { refuse: boolean }) {
  const batches: number[] = [];
  const DB = {
    prepare: (text: string) => env.DB.prepare(text),
    batch: (statements: D1PreparedStatement[]) => {
      batches.push(statements.length);
      return refuse ? Promise.reject(new Error("D1_ERROR: Network connection lost.")) : env.DB.batch(statements);
    },
  } as unknown as D1Database;
  return { DB, batches };
}

describe("the list of bots in the database", () => {
  it("is written in few batches where many bots report at once, each with its newest figures", async () => {
    const { ownerId, ids, object, equities, withDatabase } = await newOwner(120);
    const { DB, batches } = countedDatabase({ refuse: false });
    await withDatabase(DB);
    const report = (equity: string) =>
      Promise.all(ids.map((id) => object.reportBot({ ownerId, ...botReport(id, "acc_1", equity) })));
    await report("101");
    await report("102");
    while ((await equities()).some((equity) => equity !== "102")) await runDurableObjectAlarm(object);
    expect(batches.length).toBeLessThan(20);
    expect(Math.max(...batches)).toBeLessThanOrEqual(50);
  });

  it("F22: is right again once the database is back, also where the object slept meanwhile", async () => {
    const { ownerId, ids, object, equities, withDatabase } = await newOwner(2);
    const { DB, batches } = countedDatabase({ refuse: true });
    await withDatabase(DB);
    for (const equity of ["101", "102"]) {
      for (const id of ids) await object.reportBot({ ownerId, ...botReport(id, "acc_1", equity) });
    }
    await expect.poll(afterAlarm(object, async () => batches.length)).toBeGreaterThan(0);
    expect(await equities()).toEqual([null, null]);
    await evictDurableObject(object);
    await expect.poll(afterAlarm(object, equities)).toEqual(["102", "102"]);
  });

  it("shows nothing of a bot that was taken from the dashboard before it was written", async () => {
    const { ownerId, ids, object, equities, withDatabase } = await newOwner(2);
    await withDatabase(countedDatabase({ refuse: true }).DB);
    for (const id of ids) await object.reportBot({ ownerId, ...botReport(id, "acc_1") });
    await object.forgetBot({ ownerId, botId: ids[0] });
    await evictDurableObject(object);
    await expect.poll(afterAlarm(object, equities)).toEqual([null, "100"]);
  });

  it("holds up no alarm of the dashboard where the database hangs, and is right again once it answers", async () => {
    const { ownerId, ids, object, equities, withDatabase } = await newOwner(1);
    const { promise, resolve } = Promise.withResolvers<void>();
    let hung = 0;
    const DB = {
      prepare: (text: string) => env.DB.prepare(text),
      batch: async (statements: D1PreparedStatement[]) => {
        hung += 1;
        await promise;
        return env.DB.batch(statements);
      },
    } as unknown as D1Database;
    await withDatabase(DB);
    await object.noteKill({ ownerId, entry: KILL });
    await object.reportBot({ ownerId, ...botReport(ids[0], "acc_1", "101") });
    // Those that have waited in vain once wait no more: further alarms are over at once.
    await runDurableObjectAlarm(object);
    for (let ring = 0; ring < 20; ring++) await runDurableObjectAlarm(object);
    expect(hung).toBe(2);
    expect(await runInDurableObject(object, (_, { storage }) => storage.getAlarm())).not.toBeNull();
    resolve();
    await expect.poll(equities).toEqual(["101"]);
  });
});
