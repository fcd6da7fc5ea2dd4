import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { trialCounts } from "../../schema/tables/strategy.ts";
import type { Backtest } from "../../schema/wire/backtest.ts";
import type { Report } from "../../schema/wire/report.ts";
import { deviation } from "../core/report/formulas.ts";
import { sharpeDeviationOf } from "../core/report/trial-spread.ts";
import { consumeRuns } from "../jobs/consume-runs.ts";
import { openDatabase } from "../platform/database.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { newClient, START_MS, type TestClient } from "../testing/test-client.ts";
import { withTestQueue } from "../testing/test-queue.ts";
import { testReport } from "../testing/test-report.ts";
import { newRun, type TestRun } from "../testing/test-run.ts";
import { openEngineWork } from "./engine-port.ts";
import { LEASE_MS, type Lease } from "./run-store.ts";
import { STRATEGY_CATALOGUE } from "./strategy-port.ts";

const { bindings } = withTestQueue();
// Short enough that one message does a whole run.
const PERIOD = { from: Date.UTC(2024, 0, 1), to: Date.UTC(2024, 8, 1) };

async function claimed(run: TestRun, token: string, nowMs = START_MS): Promise<Lease> {
  const lease = await run.store.claim(run.id, token, nowMs);
  if (lease === undefined) throw new Error("the run could not be claimed");
  return lease;
}

async function countsOf(client: TestClient) {
  const owned = ownedDatabase(openDatabase(bindings.DB), client.userId);
  return owned.find(trialCounts, eq(trialCounts.ownerId, client.userId));
}

describe("the Sharpe ratio of a trial", () => {
  it("is added once when its run is done, and never again", async () => {
    const run = await newRun(bindings);
    expect(await countsOf(run.client)).toMatchObject({ trials: 1, finished: 0 });
    const lease = await claimed(run, "one");
    expect(await run.store.finish(lease, testReport(1, 1.5), START_MS)).toBe(true);
    const daily = 1.5 / Math.sqrt(365);
    const once = { trials: 1, finished: 1, sharpeSum: daily, sharpeSquares: daily * daily };
    expect(await countsOf(run.client)).toMatchObject(once);
    expect(await run.store.finish(lease, testReport(1, 1.5), START_MS)).toBe(false);
    expect(await countsOf(run.client)).toMatchObject(once);
  });

  it("is added by the worker that ends the run, not by one that lost it", async () => {
    const run = await newRun(bindings);
    const slow = await claimed(run, "slow");
    const next = await claimed(run, "next", START_MS + 2 * LEASE_MS);
    expect(await run.store.finish(slow, testReport(1, 3), START_MS)).toBe(false);
    expect(await countsOf(run.client)).toMatchObject({ finished: 0, sharpeSum: 0 });
    expect(await run.store.finish(next, testReport(1, 2), START_MS)).toBe(true);
    expect(await countsOf(run.client)).toMatchObject({ finished: 1, sharpeSum: 2 / Math.sqrt(365) });
  });

  it("that is not defined ends the run and adds nothing", async () => {
    const run = await newRun(bindings);
    expect(await run.store.finish(await claimed(run, "one"), testReport(1, null), START_MS)).toBe(true);
    expect(await run.row()).toMatchObject({ status: "done" });
    expect(await countsOf(run.client)).toMatchObject({ trials: 1, finished: 0 });
  });

  it("stays with its owner", async () => {
    const [mine, yours] = [await newRun(bindings), await newRun(bindings)];
    await mine.store.finish(await claimed(mine, "one"), testReport(1, 1), START_MS);
    expect(await countsOf(yours.client)).toMatchObject({ finished: 0 });
  });
});

describe("the eleventh run on a market", () => {
  it("is deflated by the spread of the ten before, the tenth still by the error of its own estimate", async () => {
    const client = await newClient({ bindings, strategies: STRATEGY_CATALOGUE });
    const { rows } = await client.json<{ rows: { id: string }[] }>("GET", "/api/v1/datasets");
    const overviews: Report["overview"][] = [];
    for (let fast = 2; fast <= 12; fast++) {
      const strategy = { kind: "library", id: "sma-cross", parameters: { fast, slow: 20 } };
      const settings = { datasetIds: [rows[0]?.id], timeframe: "1d", strategy, ...PERIOD };
      const run = await client.json<Backtest>("POST", "/api/v1/backtests", { settings }, 201);
      const batch: MessageBatch<unknown> = {
        ...{ queue: "runs", metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } }, ackAll() {}, retryAll() {} },
        messages: [
          {
            ...{ id: "m", timestamp: new Date(START_MS), attempts: 1, ack() {}, retry() {} },
            body: { runId: run.id, ownerId: client.userId },
          },
        ],
      };
      await consumeRuns(batch, { env: bindings, now: () => START_MS, open: openEngineWork });
      overviews.push(await client.json<Report["overview"]>("GET", `/api/v1/backtests/${run.id}/report/overview`));
    }
    const statistics = overviews.map((overview) => overview.statistics);
    expect(statistics.map(({ trials }) => trials)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(statistics.map(({ trialSpread }) => trialSpread).slice(9)).toEqual(["estimate", "trials"]);
    const ratios = statistics.map(({ sharpe }) => (sharpe ?? Number.NaN) / Math.sqrt(365));
    const counts = await countsOf(client);
    expect(counts).toMatchObject({ trials: 11, finished: 11 });
    expect(sharpeDeviationOf(counts ?? { finished: 0, sharpeSum: 0, sharpeSquares: 0 })).toBeCloseTo(
      deviation(ratios, 1),
      10,
    );
  });
});
