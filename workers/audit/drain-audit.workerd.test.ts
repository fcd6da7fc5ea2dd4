import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { auditOutbox } from "../../schema/tables/outbox.ts";
import type { AuditRecord } from "../../schema/wire/audit-record.ts";
import { openDatabase } from "../platform/database.ts";
import { newId } from "../platform/ids.ts";
import { readAuditEntry } from "./audit-object.ts";
import { auditObject, drainAudit } from "./drain-audit.ts";
import { prepareAudit } from "./prepare-audit.ts";

const database = openDatabase(env.DB);
const AT = 1_800_000_000_000;

function contextOf(ownerId: string, nowMs = AT) {
  const actor = { type: "user" as const, userId: ownerId, grantId: "ses_1" };
  return { database, ownerId, actor, place: { address: "", userAgent: "", requestId: "" }, nowMs };
}

async function write(ownerId: string, actions: readonly string[]): Promise<void> {
  const [first, ...rest] = actions.map((action, index) => prepareAudit(contextOf(ownerId, AT + index), { action }));
  await database.batch([first, ...rest]);
}

async function trailOf(ownerId: string): Promise<string[]> {
  const entries = await (await auditObject(env, ownerId)).following({ ownerId, after: 0 });
  return entries.map((entry) => readAuditEntry(entry).record.action);
}

const waiting = (ownerId: string) => database.select().from(auditOutbox).where(eq(auditOutbox.ownerId, ownerId));

describe("the drain of the audit outbox", () => {
  it("moves each owner's entries into that owner's chain, in the order of time, and empties the outbox", async () => {
    const [a, b] = [newId("usr"), newId("usr")];
    await write(a, ["one", "two", "three"]);
    await write(b, ["other"]);
    await drainAudit(env);
    expect(await trailOf(a)).toEqual(["one", "two", "three"]);
    expect(await trailOf(b)).toEqual(["other"]);
    expect(await waiting(a)).toEqual([]);
  });

  it("doubles and loses nothing where a drain was killed behind the append, or two run side by side", async () => {
    const owner = newId("usr");
    await write(owner, ["one", "two"]);
    const rows = await waiting(owner);
    const records = rows.map((row) => JSON.parse(row.record) as AuditRecord);
    const object = await auditObject(env, owner);
    await object.append({ ownerId: owner, records: records.slice(0, 1) });
    await Promise.all([drainAudit(env), drainAudit(env)]);
    expect(await trailOf(owner)).toEqual(["one", "two"]);
    expect(await object.verify({ ownerId: owner, anchors: [] })).toMatchObject({ entries: 2, fault: null });
  });

  it("passes over more unreadable rows than one read takes, which stay, and moves every other row", async () => {
    const owner = newId("usr");
    const texts = ["no JSON {", '{"id":"half a record"}'];
    const bad = Array.from({ length: 100 }, (_, index) => {
      const row = { id: newId("aud"), ownerId: owner, record: texts[index % texts.length], createdAt: AT - 1 };
      return database.insert(auditOutbox).values(row);
    });
    await database.batch([bad[0], ...bad.slice(1)]);
    await write(owner, ["one", "two"]);
    await drainAudit(env);
    expect(await trailOf(owner)).toEqual(["one", "two"]);
    expect(await waiting(owner)).toHaveLength(bad.length);
    await database.delete(auditOutbox).where(eq(auditOutbox.ownerId, owner));
  });

  it("shows entries by action, actor, time and text, a page at a time", async () => {
    const owner = newId("usr");
    await write(owner, ["strategy.create", "strategy.update", "backtest.create"]);
    await drainAudit(env);
    const object = await auditObject(env, owner);
    const shown = async (filter: Parameters<typeof object.list>[0]["filter"], before?: number, limit = 200) =>
      (await object.list({ ownerId: owner, filter, before, limit })).map(
        (entry) => readAuditEntry(entry).record.action,
      );
    expect(await shown({ action: "strategy." })).toEqual(["strategy.update", "strategy.create"]);
    expect(await shown({ by: "owner", from: AT + 1, to: AT + 2 })).toEqual(["strategy.update"]);
    const stranger = { type: "user" as const, userId: newId("usr"), grantId: "ses_2" };
    const system = { type: "system" as const, userId: "", grantId: "" };
    const context = contextOf(owner, AT + 10);
    await database.batch([
      prepareAudit({ ...context, actor: stranger }, { action: "user.change" }),
      prepareAudit({ ...context, actor: system }, { action: "export.delete" }),
    ]);
    await drainAudit(env);
    expect(await shown({ by: "others" })).toEqual(["user.change"]);
    expect(await shown({ by: "nobody" })).toEqual(["export.delete"]);
    expect(await shown({ text: "BACKTEST" })).toEqual(["backtest.create"]);
    expect(await shown({}, 3, 1)).toEqual(["strategy.update"]);
  });
});
