import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { backups } from "../../schema/tables/backup.ts";
import { users } from "../../schema/tables/identity.ts";
import { tradingAccounts } from "../../schema/tables/trading.ts";
import { ownerKeys } from "../../schema/tables/vault.ts";
import { auditObject } from "../audit/drain-audit.ts";
import type { PaperAccount } from "../brokers/paper/paper-terms.ts";
import { openDatabase } from "../platform/database.ts";
import { masterKeys } from "../platform/master-keys.ts";
import { objectName } from "../platform/object-name.ts";
import { backupObject } from "./backup-object-of.ts";
import { objectOfSource } from "./backup-sources.ts";
import { backupStoreOf } from "./backup-store-of.ts";
import { manifestKey, readManifest } from "./manifest.ts";
import { openNamedUnit } from "./open-named-unit.ts";
import { eraseFromBackups } from "./owner-keys.ts";
import { BACKUP_PREFIX, OWNER_KEYS, readUnitKey } from "./unit-name.ts";

const OWNER = "usr_backup";
const AT = Date.UTC(2026, 2, 1);
const ACCOUNT: PaperAccount = {
  ...{ accountId: "acc_backup", currency: "USD", cash: "100000", listener: "", instruments: [] },
  rules: { fees: { maker: 0, taker: 0, perUnit: 0, minimum: 0 }, slippage: { kind: "none" }, latencyMs: 0 } as never,
};

function store() {
  const found = backupStoreOf(env);
  if (found === undefined) throw new Error("the tests keep backups");
  return found;
}

const record = (number: number) => ({
  ...{ id: `aud_${number}`, at: AT + number, action: "test.note", subject: null, before: null, after: { number } },
  actor: { type: "user" as const, userId: OWNER, grantId: "ses_1" },
  place: { address: "", userAgent: "", requestId: "" },
});

async function linesOf(key: string): Promise<string> {
  const source = readUnitKey(key)?.source ?? "";
  return (await openNamedUnit({ store: store(), keys: masterKeys(env) }, { key, source })).lines;
}

describe("a full backup", () => {
  it("holds the database and every object of its rows, and is restored and found good by itself", async () => {
    const database = openDatabase(env.DB);
    const user = { id: OWNER, name: "B", email: "b@example.org", passwordHash: "", createdAt: AT, updatedAt: AT };
    await database.insert(users).values(user as never);
    await database.insert(tradingAccounts).values({
      ...{ id: ACCOUNT.accountId, ownerId: OWNER, name: "B", mode: "paper", currency: "USD", cash: "100000" },
      ...{ market: "{}", method: "fifo", fees: "{}", slippage: "{}", latencyMs: 0, createdAt: AT },
    } as never);
    await database.insert(ownerKeys).values({ ownerId: OWNER, salt: "the half of a key", createdAt: AT });
    const paper = env.PAPER.getByName(await objectName({ kind: "paper", ownerId: OWNER, id: ACCOUNT.accountId }));
    await paper.openAccount({ ownerId: OWNER, account: ACCOUNT });
    const trail = await auditObject(env, OWNER);
    await trail.append({ ownerId: OWNER, records: [1, 2, 3].map(record) });

    const maker = backupObject(env);
    const id = await maker.begin({ askedBy: "person" });
    expect(await maker.begin({ askedBy: "day" })).toBe(id);
    let row: typeof backups.$inferSelect | undefined;
    for (let ring = 0; ring < 200 && (row === undefined || row.finishedAt === null); ring++) {
      await runDurableObjectAlarm(maker);
      [row] = await database.select().from(backups).where(eq(backups.id, id));
    }
    expect(row).toMatchObject({ status: "verified", reason: null, sources: 3 });

    const bytes = await store().get(manifestKey(id));
    const manifest = await readManifest(masterKeys(env), manifestKey(id), bytes ?? new Uint8Array());
    expect(manifest.entries.map(({ source }) => source.split("/")[0])).toEqual([
      "AuditObject",
      "PaperVenueObject",
      "database",
    ]);
    expect(manifest.entries[0].auditHead).toEqual(await trail.head(OWNER));
    // What is under the lock holds no half of an owner's key, in any form that opens.
    const all = await Promise.all(manifest.entries.flatMap(({ units }) => units.map(({ key }) => linesOf(key))));
    expect(all.join("")).toContain("b@example.org");
    expect(all.join("")).not.toContain("the half of a key");
    expect(await store().list(OWNER_KEYS)).toHaveLength(1);
    await eraseFromBackups(env, OWNER);
    expect(await store().list(OWNER_KEYS)).toEqual([]);
  });

  it("I16: refuses a source that is not what was counted, or a trail that does not go through its head", async () => {
    const trail = await auditObject(env, "usr_other");
    await trail.append({ ownerId: "usr_other", records: [1, 2].map(record) });
    const entry = await objectOfSource(
      env,
      `AuditObject/${await objectName({ kind: "audit", ownerId: "usr_other", id: "trail" })}`,
    ).backUp();
    if (entry === undefined) throw new Error("the trail must be there");
    const check = env.BACKUP_CHECK.getByName("test");
    for (const [at, { key }] of entry.units.entries()) await check.take({ key, source: entry.source, first: at === 0 });
    const totals = { ...entry.totals, tables: { entries: [3, 1] as const } };
    const faults = await check.finish({
      source: entry.source,
      totals,
      auditHead: { seq: 2, hash: "0".repeat(64) },
    } as never);
    expect(faults.join()).toMatch(/entries must have 3 rows.*trail: rewritten at entry 2/);
  });
});

describe("an object that is backed up", () => {
  it("stores what changed with its own alarm, and nothing while nothing does", async () => {
    const ownerId = "usr_alarm";
    const name = await objectName({ kind: "audit", ownerId, id: "trail" });
    const trail = env.AUDIT.getByName(name);
    const units = async () => (await store().list(BACKUP_PREFIX)).filter((key) => key.includes(name));
    await trail.append({ ownerId, records: [record(1)] });
    await trail.sealBackup();
    const first = await units();
    expect(first).toHaveLength(2);
    await trail.sealBackup();
    expect(await units()).toEqual(first);
    await trail.append({ ownerId, records: [record(2)] });
    await trail.sealBackup();
    expect(await units()).toHaveLength(3);
  });

  it("stores with the first alarm what changed before it slept, and then rings no more", async () => {
    const ownerId = "usr_asleep";
    const name = await objectName({ kind: "audit", ownerId, id: "trail" });
    const trail = env.AUDIT.getByName(name);
    const units = async () => (await store().list(BACKUP_PREFIX)).filter((key) => key.includes(name)).length;
    const alarm = () => runInDurableObject(trail, (_object, state) => state.storage.getAlarm());
    await trail.append({ ownerId, records: [record(1)] });
    await expect.poll(units).toBe(2);
    await trail.append({ ownerId, records: [record(2)] });
    await expect.poll(alarm).not.toBeNull();
    expect(await units()).toBe(2);
    // As if three quarters of a minute had passed.
    await runInDurableObject(trail, (_object, state) => {
      state.storage.sql.exec("update backup_state set value = json_set(value, '$.at', 0)");
    });
    await evictDurableObject(trail);
    expect(await runDurableObjectAlarm(trail)).toBe(true);
    await expect.poll(units).toBe(3);
    await evictDurableObject(trail);
    expect(await runDurableObjectAlarm(trail)).toBe(false);
    expect(await units()).toBe(3);
  });

  it("takes a restore only while it is empty, and is then what it was", async () => {
    const ownerId = "usr_from";
    const from = env.AUDIT.getByName(await objectName({ kind: "audit", ownerId, id: "trail" }));
    await from.append({ ownerId, records: [1, 2, 3, 4].map(record) });
    const entry = await from.backUp();
    const lines = await Promise.all((entry?.units ?? []).map(({ key }) => linesOf(key)));
    const to = env.AUDIT.getByName("another");
    for (const [at, text] of lines.entries()) await to.restoreUnit({ lines: text, first: at === 0 });
    await runInDurableObject(to, (object) =>
      expect(object.restoreUnit({ lines: lines[0], first: true })).rejects.toThrow("only an empty object"),
    );
    const totals = await to.endRestore({ at: AT, asOf: AT });
    expect(totals).toEqual(entry?.totals);
    expect(await to.head(ownerId)).toEqual(await from.head(ownerId));
    await runInDurableObject(to, (object) =>
      expect(object.restoreUnit({ lines: lines[0], first: false })).rejects.toThrow("begin with the first"),
    );
    expect((await to.checkRestored({ auditHead: await from.head(ownerId) })).faults).toEqual([]);
  });

  it("S35: leaves sealed copies of keys, with the owner's half beside them, out of every unit", async () => {
    const ownerId = "usr_copy";
    const trail = env.AUDIT.getByName(await objectName({ kind: "audit", ownerId, id: "trail" }));
    await trail.append({ ownerId, records: [record(1)] });
    await runInDurableObject(trail, (_object, state) => {
      state.storage.kv.put("venue-keys", { salt: "half of a key", sealed: "v1.k1" });
      state.storage.kv.put("kept", { some: undefined, number: Number.POSITIVE_INFINITY });
    });
    const entry = await trail.backUp();
    const lines = (await Promise.all((entry?.units ?? []).map(({ key }) => linesOf(key)))).join("");
    expect(lines).not.toContain("half of a key");
    expect(lines).toContain('"kept"');
  });
});
