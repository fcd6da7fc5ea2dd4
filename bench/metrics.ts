import { setTimeout as wait } from "node:timers/promises";
import { percentile, timesText } from "../ops/runtime/percentiles.ts";
import { type BenchServer, withServer } from "./local-server.ts";

const INSTRUMENT = "SIM:BTC-USD";
const ROUNDS = 6;
const REQUESTS_A_ROUND = 200;
const ORDERS_A_ROUND = 30;
/** The platform lets ten orders of an account through in a second. */
const ORDER_EVERY_MS = 110;

interface Times {
  readonly requests: number[];
  readonly orders: number[];
}

/**
 * What counting costs: the same requests and orders at two runtimes, one that counts, flushes, logs and traces, and one that
 * does none of it, in turns.
 */
export async function benchMetrics(): Promise<void> {
  await withServer("", (observed) =>
    withServer("", (bare) => compare({ observed, bare }), { DRILL_UNOBSERVED: "true" }),
  );
}

async function compare(servers: { readonly observed: BenchServer; readonly bare: BenchServer }): Promise<void> {
  const sides = { observed: await sideOf(servers.observed), bare: await sideOf(servers.bare) };
  const times: Record<keyof typeof sides, Times> = {
    observed: { requests: [], orders: [] },
    bare: { requests: [], orders: [] },
  };
  // The first round is before the compiler has seen the code.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of round % 2 === 0 ? (["observed", "bare"] as const) : (["bare", "observed"] as const)) {
      const { requests, orders } = await oneRound(sides[name], round);
      if (round === 0) continue;
      times[name].requests.push(...requests);
      times[name].orders.push(...orders);
    }
  }
  console.log("\nCounting, logging and tracing, beside a runtime that does none of it, in turns");
  for (const kind of ["requests", "orders"] as const) {
    const [with_, without] = [times.observed[kind], times.bare[kind]];
    const ratio = percentile(with_, 0.5) / percentile(without, 0.5);
    console.log(`  ${kind.padEnd(9)} with     ${timesText(with_, 2)}, ${ratio.toFixed(3)} x`);
    console.log(`  ${"".padEnd(9)} without  ${timesText(without, 2)}`);
  }
}

type Side = Awaited<ReturnType<typeof sideOf>>;

async function sideOf({ api, runtime }: BenchServer) {
  const accountId = await api.openAccount("Bench", undefined, "10000000");
  const price = await api.lastPrice(INSTRUMENT);
  return { api, origin: runtime.origin, accountId, price };
}

async function oneRound({ api, origin, accountId, price }: Side, round: number): Promise<Times> {
  const requests: number[] = [];
  for (let at = 0; at < REQUESTS_A_ROUND; at++) {
    const from = performance.now();
    await (await fetch(`${origin}/api/v1/session`)).arrayBuffer();
    requests.push(performance.now() - from);
  }
  const orders: number[] = [];
  for (let at = 0; at < ORDERS_A_ROUND; at++) {
    const number = round * ORDERS_A_ROUND + at;
    const order = { instrument: INSTRUMENT, side: "buy" as const, kind: "limit" as const };
    const quantity = (0.001 + number / 100_000).toFixed(5);
    const from = performance.now();
    await api.place({ accountId, ...order, quantity, limit: (price * 0.98).toFixed(2) }, `bench-metrics-${number}`);
    const ms = performance.now() - from;
    orders.push(ms);
    await wait(Math.max(0, ORDER_EVERY_MS - ms));
  }
  return { requests, orders };
}
