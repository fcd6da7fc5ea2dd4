import { eq } from "drizzle-orm";
import { backtests } from "../../schema/tables/backtest.ts";
import type { Backtest } from "../../schema/wire/backtest.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { type BacktestRow, RunStore } from "../run/run-store.ts";
import { newClient, type TestClient } from "./test-client.ts";

export interface TestRun {
  readonly id: string;
  readonly client: TestClient;
  readonly store: RunStore;
  row(): Promise<BacktestRow>;
  /** Final equity of the stored report, or undefined where there is none. */
  result(): Promise<number | undefined>;
}

/** A run of a new user, queued over the API. */
export async function newRun(bindings: Env): Promise<TestRun> {
  const client = await newClient({ bindings });
  const { rows } = await client.json<{ rows: { id: string }[] }>("GET", "/api/v1/datasets");
  const settings = { datasetIds: [rows[0]?.id], timeframe: "1h", strategy: { kind: "library", id: "noop" } };
  const { id } = await client.json<Backtest>("POST", "/api/v1/backtests", { settings }, 201);
  const owned = ownedDatabase(openDatabase(bindings.DB), client.userId);
  const store = new RunStore({ owned, bucket: bindings.BUCKET });
  const row = async () => {
    const found = await owned.find(backtests, eq(backtests.id, id));
    if (found === undefined) throw new Error(`run ${id} is gone`);
    return found;
  };
  return {
    ...{ id, client, store, row },
    async result() {
      const object = await store.readReport({ id, ownerId: client.userId }, "overview");
      return object === null
        ? undefined
        : (await object.json<{ statistics: { finalEquity: number } }>()).statistics.finalEquity;
    },
  };
}
