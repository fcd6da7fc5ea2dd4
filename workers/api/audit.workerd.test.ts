import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { sessions, viewers } from "../../schema/tables/identity.ts";
import { type AuditPage, AuditTail, type AuditVerification } from "../../schema/wire/audit.ts";
import type { Backtest } from "../../schema/wire/backtest.ts";
import type { Dataset, Import } from "../../schema/wire/dataset.ts";
import type { UserStrategy } from "../../schema/wire/strategy.ts";
import { anchorAudit } from "../audit/audit-anchor.ts";
import { type AuditEntry, verifyChain } from "../audit/audit-chain.ts";
import { auditObject } from "../audit/drain-audit.ts";
import { ACCESS } from "../auth/access-matrix.ts";
import { openDatabase } from "../platform/database.ts";
import { newClient, START_MS, type TestClient } from "../testing/test-client.ts";
import { withTestQueue } from "../testing/test-queue.ts";

const CANDLES = ["time,open,high,low,close,volume", ...["01", "02", "03"].map((day) => `2024-01-${day},1,2,1,2,5`)];
const database = openDatabase(env.DB);
let owner: TestClient;

beforeAll(async () => {
  owner = await newClient({ bindings: withTestQueue().bindings });
});

const trail = (query = "", client = owner) => client.json<AuditPage>("GET", `/api/v1/audit?${query}`);
const datasetsOf = async (client = owner) => (await client.json<{ rows: Dataset[] }>("GET", "/api/v1/datasets")).rows;

describe("the audit trail", () => {
  it("shows a rename with what was before and after, to its owner alone", async () => {
    const [dataset] = await datasetsOf();
    await owner.json("PATCH", `/api/v1/datasets/${dataset.id}`, { name: "Renamed" });
    const { rows } = await trail("action=dataset.&text=RENAMED");
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      ...{ action: "dataset.rename", subject: { kind: "dataset", id: dataset.id }, at: START_MS },
      ...{ before: { name: dataset.name }, after: { name: "Renamed" } },
      actor: { type: "user", userId: owner.userId },
    });
    const stranger = await newClient();
    expect(await trail("", stranger)).toEqual({ rows: [], next: null });
    expect((await trail(`to=${START_MS}`)).rows).toEqual([]);
  });

  it("is handed out a page at a time, and is whole", async () => {
    const client = await newClient();
    const [{ id }] = await datasetsOf(client);
    for (const name of ["a", "b", "c"]) await client.json("PATCH", `/api/v1/datasets/${id}`, { name });
    const first = await trail("limit=2", client);
    const second = await trail(`limit=2&before=${first.next}`, client);
    expect([...first.rows, ...second.rows].map(({ after }) => after)).toEqual(
      ["c", "b", "a"].map((name) => ({ name })),
    );
    expect(second.next).toBeNull();
    const verdict = await client.json<AuditVerification>("GET", "/api/v1/audit/verification");
    expect(verdict).toEqual({
      ...{ entries: 3, fault: null, anchors: 0, lastAnchoredAt: null },
      head: { seq: 3, hash: first.rows[0].hash },
    });
    expect((await client.send("GET", "/api/v1/audit?limit=201")).status).toBe(422);
  });

  it("S64: is verified with its anchors, which find a trail whose object was emptied", async () => {
    const client = await newClient();
    const [{ id }] = await datasetsOf(client);
    const verdict = () => client.json<AuditVerification>("GET", "/api/v1/audit/verification");
    for (const name of ["a", "b"]) await client.json("PATCH", `/api/v1/datasets/${id}`, { name });
    await anchorAudit(env, START_MS);
    await client.json("PATCH", `/api/v1/datasets/${id}`, { name: "c" });
    expect(await verdict()).toMatchObject({ entries: 3, fault: null, anchors: 1 });
    expect((await verdict()).lastAnchoredAt).toBeGreaterThan(0);
    const object = await auditObject(env, client.userId);
    // Not anchored yet, but the drain remembers what it saw.
    await runInDurableObject(object, (_, { storage }) => storage.sql.exec("delete from entries where seq = 3"));
    expect((await verdict()).fault).toEqual({ seq: 3, kind: "truncated" });
    await object.destroy(client.userId);
    expect(await verdict()).toMatchObject({ entries: 0, fault: { seq: 1, kind: "truncated" }, anchors: 1 });
  });

  it("is downloaded whole, a line an entry, with the head and the anchors at its end", async () => {
    const client = await newClient();
    const [{ id }] = await datasetsOf(client);
    for (const name of ["a", "b", "ü\n"]) await client.json("PATCH", `/api/v1/datasets/${id}`, { name });
    await anchorAudit(env, START_MS);
    const reply = await client.send("GET", "/api/v1/audit.jsonl");
    expect(reply.headers.get("Content-Disposition")).toMatch(/^attachment; filename="audit-\d{4}-\d\d-\d\d\.jsonl"$/);
    const lines = (await reply.text()).trimEnd().split("\n");
    const entries = lines.slice(0, -1).map((line) => JSON.parse(line) as AuditEntry);
    const { head, anchors } = AuditTail.parse(JSON.parse(lines[3]));
    expect(anchors).toMatchObject([head]);
    expect(await verifyChain(entries, anchors)).toEqual({ entries: 3, head, fault: null });
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("is closed to somebody who may see the owner's things", async () => {
    const viewer = await newClient();
    await database.insert(viewers).values({ ownerId: owner.userId, viewerId: viewer.userId, createdAt: START_MS });
    await database.update(sessions).set({ viewingOwnerId: owner.userId }).where(eq(sessions.userId, viewer.userId));
    expect((await viewer.send("GET", "/api/v1/datasets")).status).toBe(200);
    for (const path of ["/api/v1/audit", "/api/v1/audit/verification", "/api/v1/audit.jsonl"]) {
      expect((await viewer.send("GET", path)).status).toBe(403);
    }
  });

  it("tells of nothing that did not happen", async () => {
    const length = (await trail("limit=200")).rows.length;
    await owner.send("PATCH", "/api/v1/datasets/none", { name: "x" });
    await owner.send("POST", "/api/v1/strategies", { name: "Bad", document: "wrong" });
    await owner.send("DELETE", "/api/v1/backtests/none");
    expect((await trail("limit=200")).rows).toHaveLength(length);
  });
});

async function newRun(): Promise<string> {
  const simulated = (await datasetsOf()).find(({ source }) => source === "simulated");
  const settings = { datasetIds: [simulated?.id], timeframe: "1h", strategy: { kind: "library", id: "noop" } };
  return (await owner.json<Backtest>("POST", "/api/v1/backtests", { settings }, 201)).id;
}

async function newStrategy(): Promise<string> {
  const body = { name: "Mine", document: "secret rules" };
  return (await owner.json<UserStrategy>("POST", "/api/v1/strategies", body, 201)).id;
}

async function newDataset(): Promise<string> {
  const path = "/api/v1/datasets/import?fileName=a.csv&symbol=XYZ";
  const reply = await owner.send("POST", path, CANDLES.join("\n"), { "Content-Type": "text/csv" });
  return (await reply.json<Import>()).datasetId ?? "";
}

/** How each changing route is driven, and the entry that it leaves. */
const DRIVES: Readonly<Record<string, readonly [action: string, drive: () => Promise<unknown>]>> = {
  "POST /api/v1/datasets/import": ["dataset.import", newDataset],
  "PATCH /api/v1/datasets/{id}": [
    "dataset.rename",
    async () => owner.json("PATCH", `/api/v1/datasets/${await newDataset()}`, { name: "New name" }),
  ],
  "DELETE /api/v1/datasets/{id}": [
    "dataset.delete",
    async () => owner.send("DELETE", `/api/v1/datasets/${await newDataset()}`),
  ],
  "POST /api/v1/strategies": ["strategy.create", newStrategy],
  "PATCH /api/v1/strategies/{id}": [
    "strategy.update",
    async () => owner.json("PATCH", `/api/v1/strategies/${await newStrategy()}`, { document: "other", version: 1 }),
  ],
  "DELETE /api/v1/strategies/{id}": [
    "strategy.delete",
    async () => owner.send("DELETE", `/api/v1/strategies/${await newStrategy()}`),
  ],
  "POST /api/v1/backtests": ["backtest.create", newRun],
  "DELETE /api/v1/backtests/{id}": [
    "backtest.delete",
    async () => owner.send("DELETE", `/api/v1/backtests/${await newRun()}`),
  ],
  "POST /api/v1/backtests/{id}/cancel": [
    "backtest.cancel",
    async () => owner.json("POST", `/api/v1/backtests/${await newRun()}/cancel`),
  ],
};

describe("every changing route of data, strategies and runs", () => {
  const changing = Object.entries(ACCESS)
    .filter(
      ([name, { scope }]) => /^(?!GET)\w+ \/api\/v1\/(datasets|strategies|backtests)/.test(name) && scope === "trade",
    )
    .map(([name]) => name);

  it.each(changing)("S64 leaves its entry in the trail, without the text of rules: %s", async (name) => {
    const [action, drive] = DRIVES[name] ?? [];
    if (action === undefined || drive === undefined) throw new Error(`the test does not know how to drive ${name}`);
    const before = (await trail(`action=${action}&limit=200`)).rows.length;
    await drive();
    const { rows } = await trail(`action=${action}&limit=200`);
    expect(rows).toHaveLength(before + 1);
    expect(JSON.stringify(rows[0])).not.toContain("secret rules");
  });
});
