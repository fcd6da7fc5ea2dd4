import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { auditHeads } from "../../schema/tables/outbox.ts";
import type { AuditRecord } from "../../schema/wire/audit-record.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { ANCHOR_PREFIX, anchorAudit, forgetAnchors, readAnchors } from "./audit-anchor.ts";
import { type AuditFaultKind, canonicalJson, chainRecords, GENESIS_HASH } from "./audit-chain.ts";
import { type AuditObject, readAuditEntry, type StoredAuditEntry } from "./audit-object.ts";
import { auditObject, drainAudit } from "./drain-audit.ts";
import { prepareAudit } from "./prepare-audit.ts";

const database = openDatabase(env.DB);
const HOUR_MS = 3_600_000;
const HOUR = 500_000 * HOUR_MS;
const MINUTE_MS = 60_000;

beforeEach(() => database.delete(auditHeads));

async function write(ownerId: string, count: number): Promise<void> {
  const actor = { type: "user" as const, userId: ownerId, grantId: "ses_1" };
  const place = { address: "203.0.113.1", userAgent: "browser", requestId: "req_1" };
  const statements = Array.from({ length: count }, (_, index) =>
    prepareAudit({ database, ownerId, actor, place, nowMs: HOUR + index }, { action: "strategy.update", after: index }),
  );
  await database.batch([statements[0], ...statements.slice(1)]);
  await drainAudit(env);
}

const headOf = async (ownerId: string) =>
  (await database.select().from(auditHeads).where(eq(auditHeads.ownerId, ownerId)))[0];
const seqs = async (ownerId: string) => (await readAnchors(env, ownerId)).map(({ seq }) => seq);

describe("the anchors of the audit chains", () => {
  it("S64: are written once an hour for each chain that moved, and for no other", async () => {
    const [busy, quiet] = [newId("usr"), newId("usr")];
    await write(busy, 2);
    await write(quiet, 1);
    expect(await anchorAudit(env, HOUR)).toBe(2);
    await write(busy, 3);
    expect(await anchorAudit(env, HOUR + 59 * MINUTE_MS)).toBe(0);
    expect(await anchorAudit(env, HOUR + HOUR_MS)).toBe(1);
    expect(await anchorAudit(env, HOUR + 2 * HOUR_MS)).toBe(0);
    expect(await seqs(busy)).toEqual([2, 5]);
    expect(await seqs(quiet)).toEqual([1]);
    const { hash } = await (await auditObject(env, busy)).head(busy);
    expect((await readAnchors(env, busy))[1]).toMatchObject({ seq: 5, hash });
  });

  it("go on in the next minute where one tick cannot write them all", async () => {
    const rows = Array.from({ length: 130 }, () => ({ ownerId: newId("usr"), seq: 1, hash: "a".repeat(64) }));
    const statements = rows.map((row) => database.insert(auditHeads).values(row));
    await database.batch([statements[0], ...statements.slice(1)]);
    expect(await anchorAudit(env, HOUR)).toBe(100);
    expect(await anchorAudit(env, HOUR + MINUTE_MS)).toBe(30);
    expect(await anchorAudit(env, HOUR + 2 * MINUTE_MS)).toBe(0);
  });

  it("are the same after a kill between the object and its mark, and never write over what is there", async () => {
    const owner = newId("usr");
    await write(owner, 2);
    await anchorAudit(env, HOUR);
    const unmarked = { anchoredSeq: 0, anchoredAt: 0 };
    await database.update(auditHeads).set(unmarked).where(eq(auditHeads.ownerId, owner));
    const { objects } = await env.BUCKET.list({ prefix: ANCHOR_PREFIX });
    const written = await Promise.all(objects.map(async ({ key }) => (await env.BUCKET.get(key))?.text()));
    await Promise.all([anchorAudit(env, HOUR + MINUTE_MS), anchorAudit(env, HOUR + MINUTE_MS)]);
    const now = await env.BUCKET.list({ prefix: ANCHOR_PREFIX });
    expect(now.objects.map(({ key, version }) => [key, version])).toEqual(
      objects.map(({ key, version }) => [key, version]),
    );
    expect(await Promise.all(objects.map(async ({ key }) => (await env.BUCKET.get(key))?.text()))).toEqual(written);
    expect(await headOf(owner)).toMatchObject({ anchoredSeq: 2, anchoredAt: HOUR + MINUTE_MS });
  });

  it("of one owner that cannot be written hold up no other, are told of, and are tried again", async () => {
    const [bad, good] = [newId("usr"), newId("usr")];
    await write(bad, 1);
    await write(good, 1);
    let puts = 0;
    const bucket = new Proxy(env.BUCKET, {
      get(target, name: keyof R2Bucket) {
        if (name === "put" && puts++ === 0) return () => Promise.reject(new Error("the store is away"));
        return target[name].bind(target);
      },
    });
    const broken: Env = { ...env, BUCKET: bucket };
    await expect(anchorAudit(broken, HOUR)).rejects.toThrow("1 of 2 anchors");
    expect((await seqs(bad)).length + (await seqs(good)).length).toBe(1);
    expect(await anchorAudit(env, HOUR + MINUTE_MS)).toBe(1);
    expect([await seqs(bad), await seqs(good)]).toEqual([[1], [1]]);
  });

  it("name no owner, and go with their owner where no lock keeps them", async () => {
    const owner = newId("usr");
    await write(owner, 1);
    await anchorAudit(env, HOUR);
    const { objects } = await env.BUCKET.list({ prefix: ANCHOR_PREFIX });
    expect(objects.some(({ key }) => key.includes(owner))).toBe(false);
    expect(await forgetAnchors(env, owner)).toBe(true);
    expect(await seqs(owner)).toEqual([]);
    expect(await headOf(owner)).toBeUndefined();
  });
});

const LENGTH = 40;
const KINDS = ["edit", "column", "delete", "swap", "insert", "truncate", "empty", "rewrite", "break"] as const;

type Row = StoredAuditEntry & { id: string; at: number; action: string; actor: string };

/** What somebody with the keys of the object's storage might do to a trail. */
function tampered(rows: readonly Row[], kind: (typeof KINDS)[number], at: number, other: number): Row[] {
  const bad = rows.map((row) => ({ ...row }));
  const second = other === at ? (at + 1) % LENGTH : other;
  const record = { ...readAuditEntry(bad[at]).record, action: "backtest.delete" };
  const edited = { ...bad[at], action: record.action, record: canonicalJson(record) };
  if (kind === "edit") bad[at] = edited;
  if (kind === "column") bad[at].action = "strategy.create";
  if (kind === "break") bad[at].record = bad[at].record.slice(0, -1);
  if (kind === "delete") bad.splice(at, 1);
  if (kind === "insert") {
    bad.push({ ...edited, id: "aud_new" });
    return bad.map((row, index) => (index === LENGTH ? { ...row, seq: LENGTH + 1 } : row));
  }
  if (kind === "truncate") bad.splice(at);
  if (kind === "empty") bad.splice(0);
  if (kind === "swap") {
    const { seq } = bad[at];
    bad[at].seq = bad[second].seq;
    bad[second].seq = seq;
  }
  if (kind === "rewrite") {
    bad[at] = edited;
    const records = bad.map((row) => readAuditEntry(row).record);
    chainRecords({ seq: 0, hash: GENESIS_HASH }, records).forEach(({ hash }, index) => {
      bad[index].hash = hash;
    });
  }
  return bad;
}

function replace(sql: SqlStorage, rows: readonly Row[]): void {
  sql.exec("delete from entries");
  for (const row of rows) {
    sql.exec(
      "insert into entries (seq, id, at, action, actor, record, hash) values (?, ?, ?, ?, ?, ?, ?)",
      ...[row.seq, row.id, row.at, row.action, row.actor, row.record, row.hash],
    );
  }
}

describe("a trail in its object", () => {
  it("S64: 1,000 random tamperings with the stored rows are all found against the anchors in R2", async () => {
    const owner = newId("usr");
    await write(owner, 15);
    await anchorAudit(env, HOUR);
    await write(owner, LENGTH - 15);
    await anchorAudit(env, HOUR + HOUR_MS);
    const anchors = (await readAnchors(env, owner)).map(({ seq, hash }) => ({ seq, hash }));
    const faults = new Map<AuditFaultKind | undefined, number>();
    await runInDurableObject(await auditObject(env, owner), async (object: AuditObject, { storage }) => {
      const rows = storage.sql.exec<Row>("select * from entries order by seq").toArray();
      const place = fc.nat({ max: LENGTH - 1 });
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...KINDS), place, place, async (kind, at, other) => {
          storage.transactionSync(() => replace(storage.sql, tampered(rows, kind, at, other)));
          const { fault } = await object.verify({ ownerId: owner, anchors });
          expect(fault, `${kind} ${at} ${other}`).not.toBeNull();
          faults.set(fault?.kind, (faults.get(fault?.kind) ?? 0) + 1);
        }),
        { numRuns: 1_000, seed: 64 },
      );
      storage.transactionSync(() => replace(storage.sql, rows));
      expect(await object.verify({ ownerId: owner, anchors })).toMatchObject({ entries: LENGTH, fault: null });
    });
    expect([...faults.values()].reduce((sum, count) => sum + count, 0)).toBe(1_000);
    expect([...faults.keys()].sort()).toEqual(["changed", "missing", "rewritten", "truncated"]);
  });

  it("that was emptied or holds what is no record can still be listed", async () => {
    const owner = newId("usr");
    await write(owner, 2);
    const object = await auditObject(env, owner);
    await runInDurableObject(object, (_, { storage }) => {
      storage.sql.exec("update entries set record = 'no JSON {' where seq = 1");
    });
    const entries = await object.list({ ownerId: owner, filter: {}, limit: 10 });
    const actions = entries.map((entry): AuditRecord["action"] => readAuditEntry(entry).record.action);
    expect(actions).toEqual(["strategy.update", "unreadable"]);
  });
});
