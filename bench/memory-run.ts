import { createRun } from "../workers/core/engine/run.ts";
import { SIM_DEMO_SEED, simMonths } from "../workers/core/sim/sim-candles.ts";
import { findStrategy } from "../workers/core/strategy/registry.ts";
import { compileRules } from "../workers/core/strategy/rule/rules.ts";
import { benchDefinition } from "./engine-runs.ts";

/** One streamed run in a process of its own: prints candles, the most memory above idle, and seconds. */
const years = Number(process.argv[2]);
const collect = (globalThis as { gc?: () => void }).gc ?? (() => undefined);
const strategy = findStrategy("sma-cross") ?? compileRules("");

collect();
const idle = used();
let peak = idle;
const started = performance.now();
const run = createRun(benchDefinition(strategy, { checks: "full", parameters: { fast: 200, slow: 500 } }));
const from = Date.UTC(2018, 0, 1);
const to = Date.UTC(2018 + years, 0, 1);
for (const { candles: month } of simMonths({ seed: SIM_DEMO_SEED, symbol: "BTC-USD", timeframe: "1m", from, to })) {
  run.push([month]);
  // What lives on, not what waits to be collected.
  collect();
  peak = Math.max(peak, used());
}
const { candles } = run.finish();
const seconds = (performance.now() - started) / 1_000;
process.stdout.write(JSON.stringify({ candles, peakBytes: peak - idle, seconds }));

function used(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
