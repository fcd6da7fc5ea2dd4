import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { backfills } from "../../../schema/tables/backfill.ts";
import { candlePeriods } from "../../../schema/tables/candle.ts";
import { datasets } from "../../../schema/tables/dataset.ts";
import type { Backfill, CreateBackfill } from "../../../schema/wire/backfill.ts";
import type { CandleSeries, Dataset } from "../../../schema/wire/dataset.ts";
import type { Problem } from "../../../schema/wire/primitive.ts";
import { BACKFILL_LEASE_MS } from "../../backfill/backfill-store.ts";
import type { BackfillWorker } from "../../backfill/work-on-backfill.ts";
import { DAY_MS, MINUTE_MS } from "../../core/candle/timeframe.ts";
import type { BackfillMessage } from "../../jobs/backfill-message.ts";
import { consumeBackfills } from "../../jobs/consume-backfills.ts";
import { BACKFILL_SILENT_MS, watchBackfills } from "../../jobs/watch-backfills.ts";
import { openDatabase } from "../../platform/database.ts";
import type { Env } from "../../platform/env.ts";
import { newId } from "../../platform/ids.ts";
import { enforceRetention } from "../../privacy/enforce-retention.ts";
import { fakeBinance, fakeMinute, type VenueAnswer } from "../../testing/fake-venue.ts";
import { newClient, START_MS, type TestClient } from "../../testing/test-client.ts";
import { withTestQueue } from "../../testing/test-queue.ts";
import { DATASETS_MAX } from "../dataset.ts";
import { openBackfillSource } from "./backfill-source.ts";

const FROM = Date.UTC(2024, 0, 30);
const TO = FROM + 3 * DAY_MS;
const MINUTES = (TO - FROM) / MINUTE_MS;
const ASKED: CreateBackfill = {
  ...{ sourceId: "binance-public", instrument: "BINANCE:BTCUSDT", timeframe: "1m", from: FROM, to: TO },
};
/** A message does two pages, and stores each. */
const SMALL = { messagePagesMax: 2, stepCandlesMax: 1 };

afterEach(() => void vi.restoreAllMocks());

async function newStage(answer?: VenueAnswer) {
  const { bindings, backfillsSent: sent } = withTestQueue();
  const venue = fakeBinance(() => START_MS, answer);
  vi.spyOn(globalThis, "fetch").mockImplementation(venue.fetch);
  const client = await newClient({ bindings });
  const begin = (asked: Partial<CreateBackfill> = {}) =>
    client.json<Backfill>("POST", "/api/v1/backfills", { ...ASKED, ...asked }, 201);
  const read = (id: string) => client.json<Backfill>("GET", `/api/v1/backfills/${id}`);
  return { bindings, sent, venue, client, begin, read };
}

function worker(bindings: Env, changed: Partial<BackfillWorker> = {}): BackfillWorker {
  const now = changed.now ?? (() => START_MS);
  const open: BackfillWorker["open"] = (owned, row) => openBackfillSource({ env: bindings, now, owned }, row);
  return { env: bindings, now, newToken: () => newId("lse"), open, limits: SMALL, ...changed };
}

async function deliver(body: BackfillMessage | undefined, to: BackfillWorker) {
  const context = createExecutionContext();
  const batch = createMessageBatch("backfills", [{ id: "m", timestamp: new Date(START_MS), attempts: 1, body }]);
  await consumeBackfills(batch, to);
  return getQueueResult(batch, context);
}

/** Delivers what was sent, and what is sent by that, until nothing is left. */
async function deliverAll(sent: BackfillMessage[], to: BackfillWorker): Promise<void> {
  while (sent.length > 0) await deliver(sent.shift(), to);
}

async function objectsOf(client: TestClient, bindings: Env): Promise<number> {
  return (await bindings.BUCKET.list({ prefix: `candles/${client.userId}/` })).objects.length;
}

describe("candles of a venue", () => {
  it("come into a dataset that charts show and backtests take, and into no list before all are there", async () => {
    const { bindings, sent, client, begin, read } = await newStage();
    const made = await begin();
    expect(made).toMatchObject({ status: "queued", share: 0, candles: 0, datasetId: null, error: null });
    await deliver(sent.shift(), worker(bindings));
    expect(await read(made.id)).toMatchObject({ status: "running", phase: "candles", candles: 2_000, datasetId: null });
    const listed = await client.json<{ rows: Dataset[] }>("GET", "/api/v1/datasets");
    expect(listed.rows.some(({ source }) => source === "venue")).toBe(false);
    await deliverAll(sent, worker(bindings));
    const done = await read(made.id);
    expect(done).toMatchObject({ status: "done", candles: MINUTES, missing: 0, share: 1, checkedShare: 1 });
    const dataset = await client.json<Dataset>("GET", `/api/v1/datasets/${done.datasetId}`);
    expect(dataset).toMatchObject({ source: "venue", candles: MINUTES, from: FROM, to: TO, timeframe: "1m" });
    expect(dataset.instrument).toMatchObject({ id: "BINANCE:BTCUSDT", tick: 0.01, lot: 0.00001 });
    const candles = await client.json<CandleSeries>(
      "GET",
      `/api/v1/datasets/${dataset.id}/candles?from=${FROM}&limit=9`,
    );
    expect(candles.time[0]).toBe(FROM);
    const settings = { datasetIds: [dataset.id], timeframe: "5m", strategy: { kind: "library", id: "noop" } };
    await client.json("POST", "/api/v1/backtests", { settings }, 201);
    const trail = await client.send("GET", "/api/v1/audit");
    expect(await trail.text()).toContain("backfill.create");
  });

  it("are exactly those that the venue told", async () => {
    const { bindings, sent, client, begin, read } = await newStage();
    const { id } = await begin({ to: FROM + 1_200 * MINUTE_MS });
    await deliverAll(sent, worker(bindings));
    const { datasetId } = await read(id);
    const csv = await (await client.send("GET", `/api/v1/datasets/${datasetId}/export?format=csv`)).text();
    const { open, high, low, close, volume } = fakeMinute(FROM + 7 * MINUTE_MS);
    expect(csv.split("\n").at(8)).toContain([open, high, low, close, volume].join(","));
    expect(csv.trim().split("\n")).toHaveLength(1_201);
  });

  it("come without the one that breaks a rule, which is told with the rule, and once", async () => {
    const bad = FROM + 7 * MINUTE_MS;
    const { bindings, sent, client, begin, read } = await newStage((path, query) => {
      if (path !== "/api/v3/klines") return undefined;
      const [from, to] = [Number(query.get("startTime")), Number(query.get("endTime"))];
      const opens = Array.from({ length: Math.ceil((to - from) / MINUTE_MS) }, (_, at) => from + at * MINUTE_MS);
      return Response.json(
        opens.map((time) => {
          const { open, high, low, close, volume } = fakeMinute(time);
          const told = [open, time === bad ? 1 : high, low, close, volume].map(String);
          return [time, ...told, time + MINUTE_MS - 1];
        }),
      );
    });
    const { id } = await begin({ to: FROM + 20 * MINUTE_MS });
    await deliverAll(sent, worker(bindings));
    const { datasetId } = await read(id);
    const { report, candles } = await client.json<Dataset>("GET", `/api/v1/datasets/${datasetId}`);
    expect([candles, report?.rowsRead]).toEqual([19, 20]);
    expect(report?.badRows).toMatchObject([{ rule: "high must be at least open, close and low", count: 1 }]);
    expect(report?.gaps).toMatchObject([{ from: bad, candles: 1 }]);
    expect(report?.notes.join(" ")).toContain("no candles, or such as break a rule, there");
  });

  it("go with their dataset, and the record of how they came", async () => {
    const { bindings, sent, client, begin, read } = await newStage();
    const { id } = await begin({ to: FROM + DAY_MS });
    await deliverAll(sent, worker(bindings));
    expect((await client.send("DELETE", `/api/v1/datasets/${(await read(id)).datasetId}`)).status).toBe(204);
    expect((await client.send("GET", `/api/v1/backfills/${id}`)).status).toBe(404);
    expect(await objectsOf(client, bindings)).toBe(0);
  });
});

describe("asking for candles of a venue", () => {
  it("twice with one key of repetition begins once", async () => {
    const { sent, client, venue } = await newStage();
    const key = { "Idempotency-Key": "the-same-request" };
    const [first, second] = [
      await client.send("POST", "/api/v1/backfills", ASKED, key),
      await client.send("POST", "/api/v1/backfills", ASKED, key),
    ];
    expect((await second.json<Backfill>()).id).toBe((await first.json<Backfill>()).id);
    expect(sent).toHaveLength(1);
    expect((await client.send("POST", "/api/v1/backfills", { ...ASKED, timeframe: "5m" }, key)).status).toBe(409);
    expect(venue.asked.klines).toBe(0);
  });

  it.each([
    ["sourceId", { sourceId: "con_of_nobody" }, "must be one of your keys"],
    ["instrument", { instrument: "BINANCE:NOTHING" }, "must be one that Binance, without a key has"],
    ["from", { from: TO, to: FROM }, "must be at least one candle before 2024-01-30T00:00:00.000Z"],
    ["from", { from: Date.UTC(2010, 0, 1) }, "must leave at most 6,000,000 candles"],
  ])("of a wrong %s is refused with the rule", async (field, change, rule) => {
    const { client } = await newStage();
    const reply = await client.send("POST", "/api/v1/backfills", { ...ASKED, ...change });
    expect(reply.status).toBe(422);
    const { issues } = await reply.json<Problem>();
    expect(issues?.[0]).toMatchObject({ field, rule: expect.stringContaining(rule) });
  });

  it("for a fourth series at once is refused, and taken once one was stopped", async () => {
    const { client, begin } = await newStage();
    const [first] = [await begin(), await begin({ timeframe: "1h" }), await begin({ timeframe: "1d" })];
    const fourth = await client.send("POST", "/api/v1/backfills", ASKED);
    expect(await fourth.json<Problem>()).toMatchObject({ status: 409, code: "too_many_backfills" });
    await client.json("POST", `/api/v1/backfills/${first.id}/cancel`);
    await begin();
    expect((await client.send("POST", `/api/v1/backfills/${first.id}/resume`)).status).toBe(409);
  });

  it("is taken three times of however many that come at the same moment, begun or gone on with", async () => {
    const { client, begin, sent } = await newStage();
    const stopped = await begin({ timeframe: "1d" });
    await client.json("POST", `/api/v1/backfills/${stopped.id}/cancel`);
    sent.length = 0;
    const frames = ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h"] as const;
    const replies = await Promise.all([
      ...frames.map((timeframe) => client.send("POST", "/api/v1/backfills", { ...ASKED, timeframe })),
      client.send("POST", `/api/v1/backfills/${stopped.id}/resume`),
    ]);
    const taken = replies.filter(({ status }) => status < 300);
    const refused = replies.filter(({ status }) => status === 409);
    expect([taken.length, refused.length]).toEqual([3, frames.length - 2]);
    for (const reply of refused) expect((await reply.json<Problem>()).code).toBe("too_many_backfills");
    // What was refused left nothing behind: no row, no message.
    const { rows } = await client.json<{ rows: Backfill[] }>("GET", "/api/v1/backfills");
    expect(rows.filter(({ status }) => status === "queued")).toHaveLength(3);
    expect(sent).toHaveLength(3);
  });

  it("is not gone on with where it would make one dataset too many", async () => {
    const { bindings, sent, client, begin, read } = await newStage();
    const { id } = await begin();
    await client.json("POST", `/api/v1/backfills/${id}/cancel`);
    sent.length = 0;
    const other = await begin({ to: FROM + 20 * MINUTE_MS });
    await deliverAll(sent, worker(bindings));
    const database = openDatabase(env.DB);
    const own = eq(datasets.ownerId, client.userId);
    const rows = await database.select().from(datasets).where(own);
    const made = rows.find((row) => row.name === other.name);
    if (made === undefined) throw new Error("a backfill that is done must have made a dataset");
    const [first, ...rest] = Array.from({ length: DATASETS_MAX - rows.length }, () =>
      database.insert(datasets).values({ ...made, id: newId("dat") }),
    );
    await database.batch([first, ...rest]);
    const reply = await client.send("POST", `/api/v1/backfills/${id}/resume`);
    expect(await reply.json<Problem>()).toMatchObject({ status: 409, code: "too_many_datasets" });
    expect((await read(id)).status).toBe("cancelled");
  });

  it("lists what needs no key, and what it trades", async () => {
    const { client } = await newStage();
    const { rows } = await client.json<{ rows: { id: string; needsKey: boolean }[] }>(
      "GET",
      "/api/v1/backfill-sources",
    );
    expect(rows).toEqual([expect.objectContaining({ id: "binance-public", needsKey: false, venue: "BINANCE" })]);
    const path = "/api/v1/backfill-sources/binance-public/instruments?search=btc";
    expect(await client.json(`GET`, path)).toMatchObject({ rows: [{ id: "BINANCE:BTCUSDT" }], found: 1 });
  });
});

describe("stopping", () => {
  it("ends a worker at its next store, keeps what is there, and going on asks for nothing again", async () => {
    let stop: (() => Promise<unknown>) | undefined;
    const { bindings, sent, client, begin, read, venue } = await newStage(async (path) => {
      if (path === "/api/v3/klines" && venue.asked.klines === 2) await stop?.();
      return undefined;
    });
    const { id } = await begin();
    stop = () => client.json("POST", `/api/v1/backfills/${id}/cancel`);
    await deliverAll(sent, worker(bindings));
    expect(await read(id)).toMatchObject({ status: "cancelled", candles: 1_000 });
    stop = undefined;
    await client.json("POST", `/api/v1/backfills/${id}/resume`);
    await deliverAll(sent, worker(bindings));
    expect(await read(id)).toMatchObject({ status: "done", candles: MINUTES });
    // The page that was thrown away, and none besides.
    expect(venue.asked.klines).toBe(Math.ceil(MINUTES / 1_000) + 1);
  });

  it("and deleting leaves nothing behind, whatever a worker still does", async () => {
    let remove: (() => Promise<unknown>) | undefined;
    const { bindings, sent, client, begin, venue } = await newStage(async (path) => {
      if (path === "/api/v3/klines" && venue.asked.klines === 2) await remove?.();
      return undefined;
    });
    const { id } = await begin();
    expect((await client.send("DELETE", `/api/v1/backfills/${id}`)).status).toBe(409);
    remove = async () => {
      await client.json("POST", `/api/v1/backfills/${id}/cancel`);
      expect((await client.send("DELETE", `/api/v1/backfills/${id}`)).status).toBe(204);
    };
    await deliverAll(sent, worker(bindings));
    expect(await objectsOf(client, bindings)).toBe(0);
    const rows = await openDatabase(env.DB)
      .select()
      .from(candlePeriods)
      .where(eq(candlePeriods.ownerId, client.userId));
    expect(rows).toEqual([]);
  });
});

describe("what was left unfinished", () => {
  it("is removed with its candles a month after it was stopped, and not before", async () => {
    const { bindings, sent, client, begin } = await newStage();
    const { id } = await begin();
    await deliver(sent.shift(), worker(bindings));
    await client.json("POST", `/api/v1/backfills/${id}/cancel`);
    await enforceRetention(bindings, START_MS + 30 * DAY_MS);
    expect(await objectsOf(client, bindings)).toBeGreaterThan(0);
    await enforceRetention(bindings, START_MS + 30 * DAY_MS + 1);
    expect(await objectsOf(client, bindings)).toBe(0);
    expect((await client.send("GET", `/api/v1/backfills/${id}`)).status).toBe(404);
  });
});

describe("a worker that was taken over", () => {
  it("stores nothing any more, and its successor's candles stand", async () => {
    let overtake: (() => Promise<unknown>) | undefined;
    const { bindings, sent, begin, read, venue } = await newStage(async (path) => {
      if (path === "/api/v3/klines" && venue.asked.klines === 2) await overtake?.();
      return undefined;
    });
    const { id } = await begin();
    const later = START_MS + BACKFILL_SILENT_MS + 1;
    overtake = async () => {
      overtake = undefined;
      await watchBackfills(bindings, later);
      await deliverAll(sent, worker(bindings, { now: () => later }));
    };
    await deliver(sent.shift(), worker(bindings));
    expect(await read(id)).toMatchObject({ status: "done", candles: MINUTES });
  });

  it("is not, while it lives: the same message beside it does nothing", async () => {
    const { bindings, sent, begin, read, venue } = await newStage();
    const { id } = await begin();
    const [message] = sent.splice(0);
    await Promise.all([deliver(message, worker(bindings)), deliver(message, worker(bindings))]);
    expect(venue.asked.klines).toBe(2);
    expect(sent).toHaveLength(1);
    await deliver(message, worker(bindings));
    expect(venue.asked.klines).toBe(2);
    expect(await read(id)).toMatchObject({ candles: 2_000 });
  });
});

describe("the watchdog", () => {
  it("sends one again whose message was lost, once for each silence, and leaves one that waits for its venue", async () => {
    const { bindings, sent, begin } = await newStage();
    const { id } = await begin();
    sent.length = 0;
    await watchBackfills(bindings, START_MS + BACKFILL_SILENT_MS);
    expect(sent).toEqual([]);
    const later = START_MS + BACKFILL_SILENT_MS + 1;
    await Promise.all([watchBackfills(bindings, later), watchBackfills(bindings, later)]);
    // Others of this database are as silent.
    const own = () => sent.filter(({ backfillId }) => backfillId === id);
    expect(own()).toMatchObject([{ generation: 0 }]);
    const waiting = { waitUntilMs: later + DAY_MS, aliveAt: later + DAY_MS };
    await openDatabase(env.DB).update(backfills).set(waiting).where(eq(backfills.id, id));
    await watchBackfills(bindings, later + DAY_MS);
    expect(own()).toHaveLength(1);
    const early = await deliver(own()[0], worker(bindings, { now: () => later }));
    expect([early.explicitAcks, early.retryMessages.length]).toEqual([[], 1]);
  });

  it("gives up none that only waits in line, however long, and does not send it to the end of the line", async () => {
    const { bindings, sent, begin, read } = await newStage();
    const { id } = await begin({ to: FROM + DAY_MS });
    const [first] = sent.splice(0);
    let nowMs = START_MS;
    for (let round = 0; round < 9; round++) {
      nowMs += BACKFILL_SILENT_MS + BACKFILL_LEASE_MS;
      await watchBackfills(bindings, nowMs);
    }
    expect(await read(id)).toMatchObject({ status: "queued", error: null });
    sent.length = 0;
    await deliver(first, worker(bindings, { now: () => nowMs }));
    await deliverAll(sent, worker(bindings, { now: () => nowMs }));
    expect((await read(id)).status).toBe("done");
  });

  it("gives one up that ends its workers again and again, in words for its owner, who may have it go on", async () => {
    const { bindings, sent, client, begin, read } = await newStage();
    const { id } = await begin();
    let nowMs = START_MS;
    const ends = () => Promise.reject(new Error("the worker was ended"));
    for (let round = 0; round < 9 && (await read(id)).status !== "failed"; round++) {
      const own = sent.filter(({ backfillId }) => backfillId === id).at(-1);
      await deliver(own, worker(bindings, { now: () => nowMs, open: ends }));
      nowMs += BACKFILL_SILENT_MS + BACKFILL_LEASE_MS;
      await watchBackfills(bindings, nowMs);
    }
    const given = await read(id);
    expect(given).toMatchObject({ status: "failed", error: { code: "gave_up" } });
    expect(given.error?.message).toMatch(/What was brought is kept/);
    sent.length = 0;
    await client.json("POST", `/api/v1/backfills/${id}/resume`);
    await deliverAll(sent, worker(bindings));
    expect((await read(id)).status).toBe("done");
  });
});

describe("a venue that does not go on", () => {
  it("by refusing ends it with the venue's words", async () => {
    const refusal = () => Response.json({ code: -1121, msg: "Invalid symbol" }, { status: 400 });
    const { bindings, sent, begin, read } = await newStage((path) =>
      path === "/api/v3/klines" ? refusal() : undefined,
    );
    const { id } = await begin();
    await deliver(sent.shift(), worker(bindings));
    expect((await read(id)).error).toEqual({ code: "venue_refuses", message: "The venue refuses: Invalid symbol." });
  });

  // Last, since whoever shares the budget of this process waits too.
  it("for its rate is waited for as long as it says, in words", async () => {
    const tooMuch = () =>
      Response.json(
        { code: -1003, msg: "Too much request weight used." },
        {
          ...{ status: 429, headers: { "retry-after": "77" } },
        },
      );
    const { bindings, sent, begin, read } = await newStage((path) =>
      path === "/api/v3/klines" ? tooMuch() : undefined,
    );
    const { id } = await begin();
    await deliver(sent.shift(), worker(bindings));
    const { waitingUntil, error, rateWaits } = await read(id);
    expect([waitingUntil, rateWaits]).toEqual([START_MS + 77_000, 1]);
    expect(error?.message).toBe("The venue lets only so many requests through. It goes on by itself.");
  });
});
