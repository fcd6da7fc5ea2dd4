import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { deploymentFacts, sessions, users, viewers } from "../../schema/tables/identity.ts";
import { auditOutbox, mailOutbox } from "../../schema/tables/outbox.ts";
import { erasures } from "../../schema/tables/privacy.ts";
import { vaultSecrets } from "../../schema/tables/vault.ts";
import { auditObject, drainAudit } from "../audit/drain-audit.ts";
import { prepareAudit } from "../audit/prepare-audit.ts";
import { runNightly } from "../jobs/run-nightly.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { openSecret, prepareSecret } from "../platform/vault.ts";
import { runObject } from "../run/run-live.ts";
import { prepareFormerOperator } from "../services/identity/former-operators.ts";
import { countRows, fillTables } from "../testing/person-rows.ts";
import { newPerson, START_MS } from "../testing/test-client.ts";
import { withTestQueue } from "../testing/test-queue.ts";
import { newRun } from "../testing/test-run.ts";
import { eraseDueAccounts } from "./erase-owner.ts";
import { workOnExport } from "./make-export.ts";
import { PERSONAL_TABLES } from "./personal-tables.ts";

const database = openDatabase(env.DB);
const DAY_MS = 86_400_000;
const OTHERS = PERSONAL_TABLES.filter(({ table, erasure }) => table !== users && erasure === "rows");

/** A person whose day has come, with a row in every table, files of every kind, a secret, a trail and a run. */
async function newDuePerson() {
  const { bindings } = withTestQueue();
  const run = await newRun(bindings);
  const userId = run.client.userId;
  const owned = ownedDatabase(database, userId);
  const secret = { id: "venue", field: "key", secret: "a venue's secret key", show: "nothing" as const };
  await owned.batch((await prepareSecret({ env, owned, nowMs: START_MS }, secret)).statements);
  await fillTables(userId, OTHERS);
  for (const kind of ["runs", "candles", "exports", "imports", "journal"])
    await env.BUCKET.put(`${kind}/${userId}/a/b`, "x");
  await drainAudit(env);
  await database.update(users).set({ deletionDueAt: START_MS }).where(eq(users.id, userId));
  return { userId, runId: run.id };
}

async function trailLength(userId: string): Promise<number> {
  return (await (await auditObject(env, userId)).head(userId)).seq;
}

async function leftOf(userId: string, runId: string) {
  const files = await Promise.all(
    ["runs", "candles", "exports", "imports", "journal"].map((kind) =>
      env.BUCKET.list({ prefix: `${kind}/${userId}/` }),
    ),
  );
  const { object } = await runObject(env, { ownerId: userId, runId });
  return {
    rows: await countRows(userId),
    files: files.flatMap(({ objects }) => objects.map(({ key }) => key)),
    trail: await trailLength(userId),
    run: await object.current(userId),
  };
}

/** Bindings that die with the operation of a number. */
function mortal(operations: number): Env {
  let left = operations;
  const spend = () => {
    if (left-- <= 0) throw new Error("killed");
  };
  const guarded = <T extends object>(thing: T, names: readonly string[]): T =>
    new Proxy(thing, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...parts: unknown[]) => {
          if (names.includes(String(name))) spend();
          return Reflect.apply(value, target, parts);
        };
      },
    });
  return {
    ...env,
    DB: guarded(env.DB, ["prepare", "batch"]),
    BUCKET: guarded(env.BUCKET, ["list", "delete"]),
    AUDIT: guarded(env.AUDIT, ["getByName"]),
  };
}

describe("the erasure of an account", () => {
  it("leaves no row, no file, no trail and no object, but one tombstone and one letter", async () => {
    const { userId, runId } = await newDuePerson();
    const before = await leftOf(userId, runId);
    expect(Object.keys(before.rows)).toHaveLength(OTHERS.length + 1);
    expect(before.files).toHaveLength(5);
    expect(before.trail).toBeGreaterThan(0);
    const [{ email }] = await database.select().from(users).where(eq(users.id, userId));
    await database.insert(deploymentFacts).values({ name: `test ${userId}`, value: userId, createdAt: 0 });
    while (!(await eraseDueAccounts(env, START_MS)));
    const kept = { erasures: 1 };
    expect(await leftOf(userId, runId)).toEqual({ rows: kept, files: [], trail: 0, run: undefined });
    const letters = await database.select().from(mailOutbox).where(eq(mailOutbox.recipient, email));
    expect(letters).toMatchObject([{ userId: null, template: "account-erased" }]);
    // The second round, of the next night, lets go of the id itself.
    while (!(await eraseDueAccounts(env, START_MS + DAY_MS)));
    expect(await leftOf(userId, runId)).toEqual({ rows: {}, files: [], trail: 0, run: undefined });
    const text = JSON.stringify(await database.select().from(erasures));
    expect(text).not.toContain(userId);
    const facts = await database
      .select()
      .from(deploymentFacts)
      .where(eq(deploymentFacts.name, `test ${userId}`));
    expect(facts[0].value).toBe("erased");
  });

  it("is gone on with after a kill at any operation, and ends the same", async () => {
    const { userId, runId } = await newDuePerson();
    let kills = 0;
    for (let done = false; !done; kills++) {
      done = await eraseDueAccounts(mortal(kills), START_MS).catch(() => false);
      if (kills > 300) throw new Error("it never ends");
    }
    expect(kills).toBeGreaterThan(30);
    expect(await leftOf(userId, runId)).toEqual({ rows: { erasures: 1 }, files: [], trail: 0, run: undefined });
    const letters = await database.select().from(mailOutbox).where(eq(mailOutbox.template, "account-erased"));
    expect(letters.filter(({ recipient }) => recipient.startsWith(userId.replace("_", ".")))).toHaveLength(1);
  });

  it("touches nobody else's things, and ends leave to look on both ways", async () => {
    const { userId } = await newDuePerson();
    const other = newId("usr");
    const { session } = await newPerson(other);
    await fillTables(other, OTHERS);
    await database.insert(viewers).values([
      { ownerId: userId, viewerId: other, createdAt: 0 },
      { ownerId: other, viewerId: userId, createdAt: 0 },
    ]);
    await database.update(sessions).set({ viewingOwnerId: userId }).where(eq(sessions.id, session.id));
    const before = await countRows(other);
    while (!(await eraseDueAccounts(env, START_MS)));
    expect(await countRows(other)).toEqual({ ...before, viewers: (before.viewers ?? 0) - 2 });
    const [now] = await database.select().from(sessions).where(eq(sessions.id, session.id));
    expect(now.viewingOwnerId).toBeNull();
  });

  it("S35 leaves an old copy of a secret's row that opens for nobody, since its key is destroyed", async () => {
    const { userId } = await newDuePerson();
    const owned = ownedDatabase(database, userId);
    expect(await openSecret({ env, owned }, "venue")).toBe("a venue's secret key");
    const copies = await database.select().from(vaultSecrets).where(eq(vaultSecrets.ownerId, userId));
    while (!(await eraseDueAccounts(env, START_MS)));
    await database.insert(vaultSecrets).values(copies);
    await expect(openSecret({ env, owned }, "venue")).rejects.toMatchObject({ code: "erased" });
    // Not even where the owner would get a new key.
    const secret = { id: "another", field: "key", secret: "another secret", show: "nothing" as const };
    await owned.batch((await prepareSecret({ env, owned, nowMs: START_MS }, secret)).statements);
    await expect(openSecret({ env, owned }, "venue")).rejects.toMatchObject({ code: "not_authentic" });
  });

  it("drops entries of the trail and messages of queues that come late, so that nothing begins anew", async () => {
    const { userId } = await newDuePerson();
    while (!(await eraseDueAccounts(env, START_MS)));
    const actor = { type: "user" as const, userId, grantId: "ses_1" };
    const place = { address: "", userAgent: "", requestId: "" };
    await database.batch([
      prepareAudit({ database, ownerId: userId, actor, place, nowMs: START_MS }, { action: "late.entry" }),
    ]);
    await drainAudit(env);
    expect(await trailLength(userId)).toBe(0);
    expect(await database.select().from(auditOutbox).where(eq(auditOutbox.ownerId, userId))).toEqual([]);
    const worker = { env, now: () => START_MS, newToken: () => newId("lse") };
    expect(await workOnExport({ exportId: newId("exp"), ownerId: userId }, worker)).toBe("done");
    expect((await env.BUCKET.list({ prefix: `exports/${userId}/` })).objects).toEqual([]);
  });

  it("leaves no trace of one who operated the deployment once among its facts, and leaves the others on that list", async () => {
    const { userId } = await newDuePerson();
    const other = newId("usr");
    const note = (id: string) => database.batch([prepareFormerOperator(database, { userId: id, nowMs: START_MS })]);
    const facts = async () => JSON.stringify(await database.select().from(deploymentFacts));
    await note(userId);
    await note(other);
    expect(await facts()).toContain(userId);
    while (!(await eraseDueAccounts(env, START_MS)));
    expect(await facts()).not.toContain(userId);
    // One who is noted again by a request that was under way is taken off by the second round.
    await note(userId);
    while (!(await eraseDueAccounts(env, START_MS + DAY_MS)));
    expect(await facts()).not.toContain(userId);
    const [{ value }] = await database
      .select()
      .from(deploymentFacts)
      .where(eq(deploymentFacts.name, "former-operators"));
    expect(JSON.parse(value)).toEqual([other]);
  });

  it("does not begin before its day, nor once it was taken back", async () => {
    const early = newId("usr");
    await newPerson(early, { deletionDueAt: START_MS + 1 });
    const kept = newId("usr");
    await newPerson(kept);
    await eraseDueAccounts(env, START_MS);
    expect(await database.select().from(users).where(eq(users.id, early))).toHaveLength(1);
    expect(await database.select().from(users).where(eq(users.id, kept))).toHaveLength(1);
  });
});

describe("a nightly job", () => {
  // Minutes of one day, whenever the test runs.
  const midnight = Math.ceil(START_MS / DAY_MS) * DAY_MS;

  it("has a piece of its work each minute until it is through, then none until the next UTC day", async () => {
    const seen: number[] = [];
    const name = newId("req");
    const jobs = {
      [name]: async (_env: Env, nowMs: number) => {
        seen.push(nowMs);
        return seen.length !== 1;
      },
    };
    for (const at of [0, 60_000, 120_000, DAY_MS - 60_000, DAY_MS]) await runNightly(env, midnight + at, jobs);
    expect(seen.map((at) => at - midnight)).toEqual([0, 60_000, DAY_MS]);
  });

  it("that fails is tried again, says so, and holds up no other", async () => {
    const seen: string[] = [];
    const [bad, good] = [newId("req"), newId("req")];
    const jobs = {
      [bad]: async () => {
        seen.push("bad");
        throw new Error("broken");
      },
      [good]: async () => {
        seen.push("good");
        return true;
      },
    };
    await expect(runNightly(env, midnight, jobs)).rejects.toThrow("broken");
    await expect(runNightly(env, midnight + 60_000, jobs)).rejects.toThrow("broken");
    expect(seen).toEqual(["bad", "good", "bad"]);
  });
});
