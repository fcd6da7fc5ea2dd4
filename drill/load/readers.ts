import { setTimeout as wait } from "node:timers/promises";
import { type ApiClient, ApiRefusal } from "../api-client.ts";

/** A backtest of this size takes a second; beside twice the rated load it may wait. */
const BACKTEST_MS_MAX = 120_000;
const BACKTEST_LOOK_EVERY_MS = 2_000;
const HOUR_MS = 3_600_000;
const BACKTEST_MS = 365 * 24 * HOUR_MS;

/** What there is to read. */
export interface Readable {
  readonly accounts: readonly string[];
  readonly bots: readonly string[];
  readonly instrument: string;
}

/** Paths that pages and programs read, one after the other, for one thing after the other. */
export function pathsOf({ accounts, bots, instrument }: Readable): (number: number) => string {
  const candles = `/api/v1/markets/candles?instrument=${encodeURIComponent(instrument)}&timeframe`;
  const kinds: ((round: number) => string)[] = [
    () => "/api/v1/orders?limit=50",
    (round) => `/api/v1/accounts/${accounts[round % accounts.length]}/state`,
    () => `${candles}=1m&limit=300`,
    (round) => `/api/v1/bots/${bots[round % bots.length]}/state`,
    () => "/api/v1/fills?limit=50",
    () => "/api/v1/bots?limit=50",
    () => `${candles}=1h&limit=300`,
    () => "/api/v1/accounts?limit=50",
    (round) => `/api/v1/orders?limit=50&accountId=${accounts[round % accounts.length]}`,
    () => "/api/v1/backtests?limit=20",
  ];
  return (number) => kinds[number % kinds.length]?.(Math.floor(number / kinds.length)) ?? "";
}

/** Reads one path. What is refused is the tally's to judge. */
export async function readOnce(api: ApiClient, path: string): Promise<void> {
  try {
    await api.get(path);
  } catch (error) {
    if (!(error instanceof ApiRefusal || error instanceof TypeError)) throw error;
  }
}

/** Runs a backtest on a year of hours to its end. Answers what is wrong, where something is. */
export async function backtestOnce(
  api: ApiClient,
  dataset: { readonly id: string; readonly to: number },
): Promise<string | undefined> {
  const strategy = { kind: "library", id: "sma-cross" };
  const period = { from: dataset.to - BACKTEST_MS, to: dataset.to };
  const deadline = Date.now() + BACKTEST_MS_MAX;
  try {
    const id = await api.startBacktest({ datasetIds: [dataset.id], timeframe: "1h", strategy, ...period });
    for (;;) {
      await wait(BACKTEST_LOOK_EVERY_MS);
      const { status } = await api.get<{ status: string }>(`/api/v1/backtests/${id}`);
      if (status === "done") return undefined;
      if (status !== "queued" && status !== "running") return `backtest ${id} is ${status}`;
      if (Date.now() > deadline) return `backtest ${id} is ${status} after ${BACKTEST_MS_MAX / 1_000} s`;
    }
  } catch (error) {
    if (error instanceof ApiRefusal || error instanceof TypeError) return undefined;
    throw error;
  }
}
