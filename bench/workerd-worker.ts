import { findStrategy } from "../workers/core/strategy/registry.ts";
import { compileRules } from "../workers/core/strategy/rule/rules.ts";
import { benchCandles } from "./candles.ts";
import { benchDefinition, runBench } from "./engine-runs.ts";

interface Environment {
  readonly WORK: { send(body: string): Promise<void> };
  readonly TIMES: { get(key: string): Promise<string | null>; put(key: string, value: string): Promise<void> };
}

const RUNS = 5;
const CANDLES = 1_000_000;

/** Runs work A when a message asks for it. The runtime's clock moves with I/O only, so each run stands between two waits. */
export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    if (request.method === "POST") {
      await env.WORK.send("A");
      return new Response("sent");
    }
    return new Response((await env.TIMES.get("A")) ?? "[]");
  },

  async queue(_batch: unknown, env: Environment): Promise<void> {
    const candles = benchCandles(CANDLES);
    const strategy = findStrategy("sma-cross") ?? compileRules("");
    const times: number[] = [];
    for (let run = 0; run <= RUNS; run++) {
      await env.TIMES.get("clock");
      const started = Date.now();
      runBench(benchDefinition(strategy, { checks: "bare" }), candles);
      await env.TIMES.get("clock");
      // The first run warms the compiler up.
      if (run > 0) times.push(Date.now() - started);
    }
    await env.TIMES.put("A", JSON.stringify(times));
  },
};
