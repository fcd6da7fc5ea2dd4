import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { sessions, viewers } from "../../schema/tables/identity.ts";
import type { AuditPage } from "../../schema/wire/audit.ts";
import type { RunState } from "../../schema/wire/backtest.ts";
import { RunServerMessage } from "../../schema/wire/run-live.ts";
import { drainAudit } from "../audit/drain-audit.ts";
import { closeSocketsOf } from "../auth/open-sockets.ts";
import { endSessionsOf } from "../auth/session.ts";
import { consumeRuns } from "../jobs/consume-runs.ts";
import { openDatabase } from "../platform/database.ts";
import { FAKE_MONTHS, fakeRunWork } from "../testing/fake-run-work.ts";
import { LiveWatcher } from "../testing/live-watcher.ts";
import { newClient, ORIGIN, request, START_MS } from "../testing/test-client.ts";
import { newKeyOf } from "../testing/test-key.ts";
import { withTestQueue } from "../testing/test-queue.ts";
import { newRun, type TestRun } from "../testing/test-run.ts";
import { runObject } from "./run-live.ts";

async function open(run: TestRun, changed: Record<string, string> = {}, nowMs = START_MS): Promise<Response> {
  const { ticket } = await run.client.json<{ ticket: string }>("POST", "/api/v1/socket-tickets");
  return request(
    `/api/v1/backtests/${run.id}/live`,
    {
      headers: {
        Upgrade: "websocket",
        Origin: ORIGIN,
        "User-Agent": "a page",
        "Sec-WebSocket-Protocol": `apextrade.v1, ticket.${ticket}`,
        ...changed,
      },
    },
    { now: () => nowMs },
  );
}

async function objectOf(run: TestRun) {
  return (await runObject(env, { ownerId: run.client.userId, runId: run.id })).object;
}

async function watch(run: TestRun): Promise<LiveWatcher> {
  const reply = await open(run);
  expect(reply.status).toBe(101);
  expect(reply.headers.get("Sec-WebSocket-Protocol")).toBe("apextrade.v1");
  return new LiveWatcher(reply);
}

function work(run: TestRun, onStep?: () => Promise<void>): Promise<void> {
  const message = { runId: run.id, ownerId: run.client.userId };
  const batch: MessageBatch<unknown> = {
    ...{ queue: "runs", metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } }, ackAll() {}, retryAll() {} },
    messages: [{ id: "m", timestamp: new Date(START_MS), body: message, attempts: 1, ack() {}, retry() {} }],
  };
  return consumeRuns(batch, { env, now: () => START_MS, open: () => fakeRunWork([], onStep) });
}

describe("the socket of a run", () => {
  it("tells a snapshot, then deltas numbered without a gap that add up to the end", async () => {
    const run = await newRun(withTestQueue().bindings);
    const watcher = await watch(run);
    await work(run);
    await watcher.until(() => watcher.value<RunState>()?.phase === "ended");
    for (const frame of watcher.frames) expect(RunServerMessage.safeParse(frame).success).toBe(true);
    expect(watcher.frames[0]).toMatchObject({ type: "snapshot", state: { status: "queued", phase: "waiting" } });
    expect(watcher.value<RunState>()).toMatchObject({
      status: "done",
      candles: FAKE_MONTHS * 100,
      trades: FAKE_MONTHS,
    });
  });

  it("tells a watcher who comes late the state as it is", async () => {
    const run = await newRun(withTestQueue().bindings);
    await work(run);
    const watcher = await watch(run);
    await watcher.until(() => watcher.frames.length > 0);
    expect(watcher.value<RunState>()).toMatchObject({ status: "done", phase: "ended" });
  });

  it("goes on after the object was evicted with the socket asleep", async () => {
    const run = await newRun(withTestQueue().bindings);
    const watcher = await watch(run);
    await watcher.until(() => watcher.frames.length > 0);
    await evictDurableObject(await objectOf(run));
    await work(run);
    await watcher.until(() => watcher.value<RunState>()?.phase === "ended");
    expect(watcher.value<RunState>()?.status).toBe("done");
  });

  it("stops the run when it is asked to cancel", async () => {
    const run = await newRun(withTestQueue().bindings);
    const watcher = await watch(run);
    let steps = 0;
    const cancel = async () => {
      if (++steps !== 2) return;
      watcher.socket.send(JSON.stringify({ type: "cancel" }));
      const before = watcher.frames.length;
      watcher.socket.send(JSON.stringify({ type: "snapshot" }));
      await watcher.until(() => watcher.frames.slice(before).some(({ type }) => type === "snapshot"));
    };
    await work(run, cancel);
    expect(steps).toBe(2);
    expect((await run.row()).status).toBe("cancelled");
  });

  it("S64 leaves the entry of the route of the same verb in the trail when it is asked to cancel, once", async () => {
    const run = await newRun(withTestQueue().bindings);
    const watcher = await watch(run);
    const snapshots = () => watcher.frames.filter(({ type }) => type === "snapshot").length;
    const cancel = async () => {
      const before = snapshots();
      watcher.socket.send(JSON.stringify({ type: "cancel" }));
      watcher.socket.send(JSON.stringify({ type: "snapshot" }));
      await watcher.until(() => snapshots() > before);
    };
    await watcher.until(() => snapshots() === 1);
    await cancel();
    await work(run);
    await cancel();
    await drainAudit(env);
    const { rows } = await run.client.json<AuditPage>("GET", "/api/v1/audit?action=backtest.cancel");
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      ...{ subject: { kind: "backtest", id: run.id }, before: { status: "queued" } },
      ...{ actor: { type: "user", userId: run.client.userId }, place: { userAgent: "a page" } },
    });
    expect((await run.row()).status).toBe("cancelled");
  });

  it("S30 stops nothing for somebody who may only watch", async () => {
    const run = await newRun(withTestQueue().bindings);
    const viewer = await newClient();
    const database = openDatabase(env.DB);
    const leave = { ownerId: run.client.userId, viewerId: viewer.userId, createdAt: START_MS };
    await database.insert(viewers).values(leave);
    const seen = { viewingOwnerId: run.client.userId };
    await database.update(sessions).set(seen).where(eq(sessions.userId, viewer.userId));
    const watcher = await watch({ ...run, client: viewer });
    watcher.socket.send(JSON.stringify({ type: "cancel" }));
    await watcher.until(() => watcher.frames.some(({ type }) => type === "error"));
    expect(watcher.frames.at(-1)).toMatchObject({ type: "error", code: "read_only" });
    await work(run);
    expect((await run.row()).status).toBe("done");
    await drainAudit(env);
    expect((await run.client.json<AuditPage>("GET", "/api/v1/audit?action=backtest.cancel")).rows).toEqual([]);
  });

  it.each(["hello", "{}", '{"type":"close"}', "[".repeat(2_000)])(
    "answers %j with an error and stays open",
    async (text) => {
      const run = await newRun(withTestQueue().bindings);
      const watcher = await watch(run);
      watcher.socket.send(text);
      await watcher.until(() => watcher.frames.some(({ type }) => type === "error"));
      watcher.socket.send(JSON.stringify({ type: "snapshot" }));
      await watcher.until(() => watcher.frames.filter(({ type }) => type === "snapshot").length === 2);
    },
  );

  it.each([
    ["a foreign origin", { Origin: "https://evil.test" }, 403],
    ["no origin", { Origin: "" }, 403],
    ["no ticket", { "Sec-WebSocket-Protocol": "apextrade.v1" }, 401],
    ["a forged ticket", { "Sec-WebSocket-Protocol": `apextrade.v1, ticket.${"a".repeat(43)}` }, 401],
    ["no upgrade", { Upgrade: "" }, 426],
  ])("S28 is refused with %s", async (_title, headers, status) => {
    const run = await newRun(withTestQueue().bindings);
    expect((await open(run, headers)).status).toBe(status);
  });

  it("S28 opens once for a ticket, and only within its thirty seconds", async () => {
    const run = await newRun(withTestQueue().bindings);
    const { ticket } = await run.client.json<{ ticket: string }>("POST", "/api/v1/socket-tickets");
    const shown = { "Sec-WebSocket-Protocol": `apextrade.v1, ticket.${ticket}` };
    expect((await open(run, shown)).status).toBe(101);
    expect((await open(run, shown)).status).toBe(401);
    const { ticket: late } = await run.client.json<{ ticket: string }>("POST", "/api/v1/socket-tickets");
    const reply = await open(run, { "Sec-WebSocket-Protocol": `apextrade.v1, ticket.${late}` }, START_MS + 30_000);
    expect(reply.status).toBe(401);
  });

  it("S24 is hung up with code 4401 when its session ends, also while the object sleeps", async () => {
    const run = await newRun(withTestQueue().bindings);
    const watcher = await watch(run);
    const closed = new Promise<number>((resolve) => {
      watcher.socket.addEventListener("close", ({ code }) => resolve(code));
    });
    await evictDurableObject(await objectOf(run));
    await endSessionsOf(env, { userId: run.client.userId, reason: "test", nowMs: START_MS });
    expect(await closed).toBe(4401);
    expect((await run.client.send("GET", "/api/v1/backtests")).status).toBe(401);
  });

  it("S27 S28 opens for a key that may read, and is hung up when the account is closed", async () => {
    const run = await newRun(withTestQueue().bindings);
    const byKey = async (scope: "read" | "trade") => {
      const key = await newKeyOf(run.client.userId, [scope]);
      const headers = { Authorization: `Bearer ${key}` };
      const reply = await request("/api/v1/socket-tickets", { method: "POST", headers }, { now: () => START_MS });
      if (reply.status !== 200) return reply;
      const { ticket } = await reply.json<{ ticket: string }>();
      return open(run, { "Sec-WebSocket-Protocol": `apextrade.v1, ticket.${ticket}` });
    };
    expect((await byKey("trade")).status).toBe(403);
    const opened = await byKey("read");
    expect(opened.status).toBe(101);
    if (opened.webSocket === null) throw new Error("the reply has no socket");
    const closed = new Promise<number>((resolve) => {
      opened.webSocket?.addEventListener("close", ({ code }) => resolve(code));
    });
    opened.webSocket.accept();
    await closeSocketsOf(env, run.client.userId);
    expect(await closed).toBe(4401);
  });

  it("S32 S33 does not exist for another user", async () => {
    const run = await newRun(withTestQueue().bindings);
    const stranger = { ...run, client: await newClient() };
    expect((await open(stranger)).status).toBe(404);
    await runInDurableObject(await objectOf(run), (object) => {
      expect(() => object.current(stranger.client.userId)).toThrow("another owner");
    });
  });
});
