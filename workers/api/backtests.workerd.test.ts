import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Backtest } from "../../schema/wire/backtest.ts";
import type { Comparison } from "../../schema/wire/comparison.ts";
import type { Dataset } from "../../schema/wire/dataset.ts";
import type { Problem } from "../../schema/wire/primitive.ts";
import { consumeRuns } from "../jobs/consume-runs.ts";
import { fakeRunWork } from "../testing/fake-run-work.ts";
import { newClient, START_MS, type TestClient } from "../testing/test-client.ts";
import { withTestQueue } from "../testing/test-queue.ts";

const { bindings, sent } = withTestQueue();
let client: TestClient;
let data: Dataset[];

beforeAll(async () => {
  client = await newClient({ bindings });
  ({ rows: data } = await client.json<{ rows: Dataset[] }>("GET", "/api/v1/datasets"));
});

function settings(changed: object = {}) {
  return { datasetIds: [data[0].id], timeframe: "1h", strategy: { kind: "library", id: "noop" }, ...changed };
}

function create(body: object, headers: Record<string, string> = {}): Promise<Response> {
  return client.send("POST", "/api/v1/backtests", body, headers);
}

async function finish(run: { id: string }, who = client): Promise<void> {
  const message = { runId: run.id, ownerId: who.userId };
  const batch: MessageBatch<unknown> = {
    ...{ queue: "runs", metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } }, ackAll() {}, retryAll() {} },
    messages: [{ id: "m", timestamp: new Date(START_MS), body: message, attempts: 1, ack() {}, retry() {} }],
  };
  await consumeRuns(batch, { env: bindings, now: () => START_MS, open: () => fakeRunWork() });
}

describe("creating a run", () => {
  it("answers the whole run, defaults filled in, and queues it once", async () => {
    sent.length = 0;
    const reply = await create({ settings: settings() });
    expect(reply.status).toBe(201);
    const run = await reply.json<Backtest>();
    expect(run).toMatchObject({
      status: "queued",
      name: "Does nothing on BTC-USD 1h",
      simulated: true,
      symbols: ["BTC-USD"],
    });
    expect(run.settings).toMatchObject({ cash: "10000", strategy: { parameters: { fast: 20 } }, path: "nearest" });
    expect(sent).toEqual([{ runId: run.id, ownerId: client.userId }]);
  });

  it.each([
    ["an unknown strategy", { strategy: { kind: "library", id: "magic" } }, "settings.strategy.id"],
    [
      "a parameter out of range",
      { strategy: { kind: "library", id: "noop", parameters: { fast: 0 } } },
      "settings.strategy.parameters.fast",
    ],
    [
      "a parameter that is not whole",
      { strategy: { kind: "library", id: "noop", parameters: { fast: 2.5 } } },
      "settings.strategy.parameters.fast",
    ],
    [
      "a parameter nobody knows",
      { strategy: { kind: "library", id: "noop", parameters: { quick: 2 } } },
      "settings.strategy.parameters.quick",
    ],
    ["rules with an error", { strategy: { kind: "rules", document: "wrong" } }, "settings.strategy.document"],
    ["zero cash", { cash: "0" }, "settings.cash"],
    ["a negative size", { sizing: { kind: "quote", amount: "-5" } }, "settings.sizing.amount"],
    ["a size of nothing", { sizing: { kind: "quote", amount: "0.00" } }, "settings.sizing.amount"],
    ["a margin that liquidates at once", { leverage: 100, maintenance: 0.5 }, "settings.maintenance"],
    ["fees of 200 %", { fees: { maker: 2, taker: 2 } }, "settings.fees.maker"],
    ["a start after the end", { from: Date.UTC(2024, 1, 1), to: Date.UTC(2024, 0, 1) }, "settings.from"],
    ["a start after the data", { from: Date.UTC(2031, 0, 1) }, "settings.from"],
    ["an end before the data", { to: Date.UTC(2011, 0, 1) }, "settings.to"],
    [
      "a period of less than two candles",
      { timeframe: "1w", from: Date.UTC(2024, 0, 1), to: Date.UTC(2024, 0, 4) },
      "settings.timeframe",
    ],
    ["a dataset that is not there", { datasetIds: ["dat_none"] }, "settings.datasetIds[0]"],
  ])("refuses %s and says where", async (_title, changed, field) => {
    sent.length = 0;
    const reply = await create({ settings: settings(changed) });
    expect(reply.status).toBe(422);
    const { issues } = await reply.json<Problem>();
    expect(issues?.map((issue) => issue.field)).toContain(field);
    expect(sent).toHaveLength(0);
  });

  it("refuses data in two currencies, which one account cannot hold", async () => {
    const yen = data.find((row) => row.instrument.quote === "JPY");
    const reply = await create({ settings: settings({ datasetIds: [data[0].id, yen?.id] }) });
    expect(reply.status).toBe(422);
    const { issues } = await reply.json<Problem>();
    expect(issues?.[0]).toMatchObject({
      field: "settings.datasetIds[1]",
      rule: expect.stringContaining("quoted in USD"),
    });
  });

  it("refuses the same symbol twice", async () => {
    const reply = await create({ settings: settings({ datasetIds: [data[0].id, data[0].id] }) });
    expect(reply.status).toBe(422);
  });

  it("answers the same run for the same key and body, however many ask at once", async () => {
    const key = { "Idempotency-Key": "key-of-one-run" };
    const replies = await Promise.all(Array.from({ length: 8 }, () => create({ settings: settings() }, key)));
    const ids = await Promise.all(replies.map(async (reply) => (await reply.json<Backtest>()).id));
    expect(new Set(ids).size).toBe(1);
    expect(replies.map((reply) => reply.status)).toEqual(new Array(8).fill(201));
    expect((await create({ settings: settings({ cash: "5" }) }, key)).status).toBe(409);
    expect((await create({ settings: settings() }, { "Idempotency-Key": "short" })).status).toBe(422);
  });

  it("keeps keys of different users apart", async () => {
    const key = { "Idempotency-Key": "key-of-two-users" };
    const other = await newClient({ bindings });
    const { rows } = await other.json<{ rows: Dataset[] }>("GET", "/api/v1/datasets");
    const mine = await (await create({ settings: settings() }, key)).json<Backtest>();
    const body = { settings: settings({ datasetIds: [rows[0].id] }) };
    const theirs = await (await other.send("POST", "/api/v1/backtests", body, key)).json<Backtest>();
    expect(theirs.id).not.toBe(mine.id);
  });

  it("answers no hostile body with an error of ours", async () => {
    await fc.assert(
      fc.asyncProperty(fc.object({ key: fc.constantFrom(...FIELDS), maxDepth: 3 }), async (hostile) => {
        const reply = await create({ settings: { ...settings(), ...hostile } });
        expect(reply.status).toBeLessThan(500);
        if (reply.status === 201) await client.send("DELETE", `/api/v1/backtests/${(await reply.json<Backtest>()).id}`);
      }),
      { numRuns: 150 },
    );
  });
});

const FIELDS = [
  "datasetIds",
  "timeframe",
  "from",
  "to",
  "strategy",
  "kind",
  "id",
  "parameters",
  "cash",
  "sizing",
  "fees",
];

describe("the list of runs", () => {
  it.each(["created", "totalReturn", "sharpe", "trades"])("sorted by %s pages through every run once", async (sort) => {
    const own = await newClient({ bindings });
    const { rows } = await own.json<{ rows: Dataset[] }>("GET", "/api/v1/datasets");
    const made: string[] = [];
    for (let index = 0; index < 7; index++) {
      const body = { settings: settings({ datasetIds: [rows[0].id] }), name: `run ${index}` };
      const run = await own.json<Backtest>("POST", "/api/v1/backtests", body, 201);
      made.push(run.id);
      if (index % 2 === 0) await finish(run, own);
    }
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page: { rows: Backtest[]; next: string | null } = await own.json(
        "GET",
        `/api/v1/backtests?limit=3&sort=${sort}${query}`,
      );
      seen.push(...page.rows.map((row) => row.id));
      cursor = page.next;
    }
    expect(seen).toHaveLength(made.length);
    expect(new Set(seen)).toEqual(new Set(made));
  });

  it("filters by status and by words, taking signs of patterns for what they are", async () => {
    const own = await newClient({ bindings });
    const { rows } = await own.json<{ rows: Dataset[] }>("GET", "/api/v1/datasets");
    const body = { settings: settings({ datasetIds: [rows[1].id] }), name: "100 % of it" };
    const run = await own.json<Backtest>("POST", "/api/v1/backtests", body, 201);
    const idsOf = async (query: string) =>
      (await own.json<{ rows: Backtest[] }>("GET", `/api/v1/backtests?${query}`)).rows.map((row) => row.id);
    expect(await idsOf("search=ETH")).toEqual([run.id]);
    expect(await idsOf(`search=${encodeURIComponent("100 %")}`)).toEqual([run.id]);
    expect(await idsOf(`search=${encodeURIComponent("1%0")}`)).toEqual([]);
    expect(await idsOf("status=done")).toEqual([]);
    expect(await idsOf("status=queued")).toEqual([run.id]);
  });

  it.each(["limit=201", "limit=0", "cursor=nonsense", "sort=name", "page=2"])("refuses ?%s", async (query) => {
    expect((await client.send("GET", `/api/v1/backtests?${query}`)).status).toBe(422);
  });
});

describe("a finished run", () => {
  it("gives each part of its report, its trades as a table, and goes when it is deleted", async () => {
    const run = await client.json<Backtest>("POST", "/api/v1/backtests", { settings: settings() }, 201);
    expect((await client.send("GET", `/api/v1/backtests/${run.id}/report/overview`)).status).toBe(409);
    await finish(run);
    for (const part of ["overview", "equity", "trades", "tables", "robustness"]) {
      await client.json("GET", `/api/v1/backtests/${run.id}/report/${part}`);
    }
    expect((await client.send("GET", `/api/v1/backtests/${run.id}/report/secrets`)).status).toBe(422);
    const csv = await client.send("GET", `/api/v1/backtests/${run.id}/trades.csv`);
    expect(csv.headers.get("Content-Disposition")).toMatch(/^attachment; filename="trades-run_/);
    expect(await csv.text()).toMatch(/^id,symbol,side,/);
    expect((await client.send("DELETE", `/api/v1/backtests/${run.id}`)).status).toBe(204);
    expect((await client.send("GET", `/api/v1/backtests/${run.id}`)).status).toBe(404);
    const { objects } = await bindings.BUCKET.list({ prefix: `runs/${client.userId}/${run.id}/` });
    expect(objects).toHaveLength(0);
  });

  it("is compared with others, and what differs in the settings is named", async () => {
    const first = await client.json<Backtest>("POST", "/api/v1/backtests", { settings: settings() }, 201);
    const other = { settings: settings({ fees: { maker: 0.001, taker: 0.005 }, path: "worst" }) };
    const second = await client.json<Backtest>("POST", "/api/v1/backtests", other, 201);
    await finish(first);
    await finish(second);
    const path = `/api/v1/backtests/compare?ids=${second.id},${first.id}`;
    const { rows, differing } = await client.json<Comparison>("GET", path);
    expect(rows.map((row) => row.run.id)).toEqual([second.id, first.id]);
    expect(differing).toEqual(["fees.taker", "path"]);
    expect((await client.send("GET", `/api/v1/backtests/compare?ids=${first.id}`)).status).toBe(422);
    expect((await client.send("GET", `/api/v1/backtests/compare?ids=${first.id},run_none`)).status).toBe(404);
  });
});
