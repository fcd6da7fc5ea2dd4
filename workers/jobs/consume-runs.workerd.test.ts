import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Env } from "../platform/env.ts";
import { runObject } from "../run/run-live.ts";
import { type BacktestRow, LEASE_MS } from "../run/run-store.ts";
import { RunFailure } from "../run/run-work.ts";
import type { WorkLimits } from "../run/work-on-run.ts";
import { FAKE_MONTHS, fakeResult, fakeRunWork, type Mishap } from "../testing/fake-run-work.ts";
import { START_MS } from "../testing/test-client.ts";
import { withTestQueue } from "../testing/test-queue.ts";
import { newRun, type TestRun } from "../testing/test-run.ts";
import { consumeDeadRuns, consumeRuns, type RunConsumer } from "./consume-runs.ts";
import type { RunMessage } from "./run-message.ts";
import { SILENT_MS, watchRuns } from "./watch-runs.ts";

// A checkpoint after each month, so that every month is a place to go on from.
const LIMITS: Partial<WorkLimits> = { checkpointCandlesMin: 1 };

function messageOf(run: TestRun): RunMessage {
  return { runId: run.id, ownerId: run.client.userId };
}

async function deliver(body: unknown, consumer: RunConsumer) {
  const context = createExecutionContext();
  const batch = createMessageBatch("runs", [{ id: "m", timestamp: new Date(START_MS), attempts: 1, body }]);
  await consumeRuns(batch, consumer);
  return getQueueResult(batch, context);
}

async function liveOf(run: TestRun) {
  const { object } = await runObject(env, { ownerId: run.client.userId, runId: run.id });
  return object;
}

function consumer(bindings: Env, changed: Partial<RunConsumer> = {}): RunConsumer {
  return { env: bindings, now: () => START_MS, open: () => fakeRunWork(), limits: LIMITS, ...changed };
}

describe("a message of the run queue", () => {
  it("brings a run from queued to a stored report", async () => {
    const { bindings, sent } = withTestQueue();
    const run = await newRun(bindings);
    expect(sent).toEqual([messageOf(run)]);
    const result = await deliver(messageOf(run), consumer(bindings));
    expect(result.explicitAcks).toEqual(["m"]);
    expect(await run.row()).toMatchObject({
      status: "done",
      startedAt: START_MS,
      finishedAt: START_MS,
      leaseToken: null,
    });
    expect(await run.result()).toBe(fakeResult());
  });

  it("changes nothing when it arrives again after the end", async () => {
    const { bindings } = withTestQueue();
    const run = await newRun(bindings);
    await deliver(messageOf(run), consumer(bindings));
    const before = await run.row();
    await deliver(messageOf(run), consumer(bindings, { now: () => START_MS + 5 * LEASE_MS }));
    expect(await run.row()).toEqual(before);
  });

  it("leaves a run alone that another worker holds", async () => {
    const { bindings } = withTestQueue();
    const run = await newRun(bindings);
    let second: Promise<unknown> | undefined;
    const interfere = async () => {
      second ??= deliver(messageOf(run), consumer(bindings));
    };
    const open = () => fakeRunWork([], interfere);
    await deliver(messageOf(run), consumer(bindings, { open }));
    await second;
    expect(await run.result()).toBe(fakeResult());
  });

  it("gives the same report however often and wherever workers are killed", async () => {
    const mishap = fc.record<Mishap>({
      at: fc.constantFrom("step", "save", "report"),
      month: fc.integer({ min: 0, max: FAKE_MONTHS }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(mishap, { maxLength: 6 }), async (drawn) => {
        const { bindings } = withTestQueue();
        const run = await newRun(bindings);
        const mishaps = [...drawn];
        const open = () => fakeRunWork(mishaps);
        for (let attempt = 0; attempt <= drawn.length; attempt++) {
          const result = await deliver(messageOf(run), consumer(bindings, { open }));
          if (result.explicitAcks.length > 0) break;
          expect(result.retryMessages).toHaveLength(1);
        }
        expect((await run.row()).status).toBe("done");
        expect(await run.result()).toBe(fakeResult());
      }),
      { numRuns: 15 },
    );
  });

  it("hands a long run on to a following message, which goes on where it stopped", async () => {
    const { bindings, sent } = withTestQueue();
    const run = await newRun(bindings);
    const limits = { ...LIMITS, messageCandlesMax: 250 };
    let steps = 0;
    const open = () => fakeRunWork([], async () => void steps++);
    for (let at = 0; at < sent.length; at++) await deliver(sent[at], consumer(bindings, { open, limits }));
    expect(sent).toHaveLength(3);
    expect(steps).toBe(FAKE_MONTHS);
    expect(await run.result()).toBe(fakeResult());
  });

  it("hands a run on after a share of the processor's time, where its candles are dear", async () => {
    const { bindings, sent } = withTestQueue();
    const run = await newRun(bindings);
    // 10 s of a message's time are spent after 250 of them.
    const open = () => fakeRunWork([], undefined, 40_000_000);
    for (let at = 0; at < sent.length; at++) await deliver(sent[at], consumer(bindings, { open, limits: {} }));
    expect(sent).toHaveLength(3);
    expect(await run.result()).toBe(fakeResult());
  });

  it("goes on from the last checkpoint of a worker that vanished, once its lease has run out", async () => {
    const { bindings, sent } = withTestQueue();
    const run = await newRun(bindings);
    const limits = { ...LIMITS, messageCandlesMax: 250 };
    await deliver(messageOf(run), consumer(bindings, { limits }));
    const dead = await run.store.claim(run.id, "a worker that dies", START_MS);
    expect(dead).toBeDefined();
    await deliver(messageOf(run), consumer(bindings));
    expect((await run.row()).status).toBe("running");
    const later = START_MS + SILENT_MS + 1;
    sent.length = 0;
    await watchRuns(bindings, later);
    expect(sent).toContainEqual(messageOf(run));
    let steps = 0;
    const open = () => fakeRunWork([], async () => void steps++);
    await deliver(messageOf(run), consumer(bindings, { open, now: () => later }));
    expect(steps).toBe(FAKE_MONTHS - 3);
    expect(await run.result()).toBe(fakeResult());
  });

  it("does not let a worker whose lease was taken over write anything", async () => {
    const { bindings } = withTestQueue();
    const run = await newRun(bindings);
    let thieves = 0;
    const steal = async () => {
      if (thieves++ === 2) await run.store.claim(run.id, "the successor", START_MS + 2 * LEASE_MS);
    };
    await deliver(messageOf(run), consumer(bindings, { open: () => fakeRunWork([], steal) }));
    expect(await run.row()).toMatchObject({ status: "running", leaseToken: "the successor" });
    expect(await run.result()).toBeUndefined();
  });

  it("ends a run that can never succeed at once, with the reason", async () => {
    const { bindings } = withTestQueue();
    const run = await newRun(bindings);
    const open = () => async () => {
      throw new RunFailure("no_data", "The dataset was deleted.");
    };
    const result = await deliver(messageOf(run), consumer(bindings, { open }));
    expect(result.explicitAcks).toEqual(["m"]);
    expect(await run.row()).toMatchObject({ status: "failed", errorCode: "no_data" });
  });

  it("is dropped where it is not one of ours", async () => {
    const { bindings } = withTestQueue();
    expect((await deliver({ hello: 1 }, consumer(bindings))).explicitAcks).toEqual(["m"]);
  });
});

describe("cancelling", () => {
  it("stops a run that waits at once", async () => {
    const { bindings } = withTestQueue();
    const run = await newRun(bindings);
    const reply = await run.client.json<{ status: string }>("POST", `/api/v1/backtests/${run.id}/cancel`);
    expect(reply.status).toBe("cancelled");
    await deliver(messageOf(run), consumer(bindings));
    expect((await run.row()).status).toBe("cancelled");
  });

  it("stops a run at work before its next month", async () => {
    const { bindings } = withTestQueue();
    const run = await newRun(bindings);
    let steps = 0;
    const cancelInThirdMonth = async () => {
      if (++steps === 3) await run.client.send("POST", `/api/v1/backtests/${run.id}/cancel`);
    };
    await deliver(messageOf(run), consumer(bindings, { open: () => fakeRunWork([], cancelInThirdMonth) }));
    expect(steps).toBe(3);
    expect((await run.row()).status).toBe("cancelled");
  });
});

describe("deleting a run at work", () => {
  it("leaves nothing of it behind", async () => {
    const { bindings } = withTestQueue();
    const run = await newRun(bindings);
    let steps = 0;
    const deleteInThirdMonth = async () => {
      if (++steps === 3) await run.client.send("DELETE", `/api/v1/backtests/${run.id}`);
    };
    await deliver(messageOf(run), consumer(bindings, { open: () => fakeRunWork([], deleteInThirdMonth) }));
    expect(steps).toBe(3);
    const { objects } = await bindings.BUCKET.list({ prefix: `runs/${run.client.userId}/` });
    expect(objects).toHaveLength(0);
    expect(await (await liveOf(run)).current(run.client.userId)).toBeUndefined();
  });
});

describe("the watchdog", () => {
  it("sends a run again once for each silence, however many watchdogs look", async () => {
    const { bindings, sent } = withTestQueue();
    const run = await newRun(bindings);
    sent.length = 0;
    await watchRuns(bindings, START_MS + SILENT_MS - 1);
    expect(sent.filter((message) => message.runId === run.id)).toHaveLength(0);
    await Promise.all([watchRuns(bindings, START_MS + SILENT_MS + 1), watchRuns(bindings, START_MS + SILENT_MS + 1)]);
    expect(sent.filter((message) => message.runId === run.id)).toHaveLength(1);
  });

  it("gives a run up that kills its workers again and again, in words for its trader", async () => {
    const { bindings } = withTestQueue();
    const run = await newRun(bindings);
    let nowMs = START_MS;
    for (let round = 0; round < 8 && (await run.row()).status !== "failed"; round++) {
      await run.store.claim(run.id, `worker ${round} dies`, nowMs);
      nowMs += SILENT_MS + LEASE_MS + 1;
      await watchRuns(bindings, nowMs);
    }
    const row: BacktestRow = await run.row();
    expect(row).toMatchObject({ status: "failed", errorCode: "gave_up" });
    expect(row.errorMessage).toMatch(/run it again/);
  });
});

describe("a dead letter", () => {
  it("ends its run as failed, and no run that has ended", async () => {
    const { bindings } = withTestQueue();
    const [dead, done] = [await newRun(bindings), await newRun(bindings)];
    await deliver(messageOf(done), consumer(bindings));
    const letters = [dead, done].map((run, index) => ({
      ...{ id: String(index), timestamp: new Date(START_MS), attempts: 1 },
      body: messageOf(run),
    }));
    const batch = createMessageBatch("runs-dead", letters);
    await consumeDeadRuns(batch, { env: bindings, now: () => START_MS });
    expect((await dead.row()).status).toBe("failed");
    expect((await done.row()).status).toBe("done");
    const live = await (await liveOf(dead)).current(dead.client.userId);
    expect(live).toMatchObject({ status: "failed", phase: "ended" });
  });
});
