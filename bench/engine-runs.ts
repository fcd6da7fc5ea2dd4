import type { CandleColumns } from "../workers/core/candle/candle.ts";
import type { RunResult } from "../workers/core/engine/result.ts";
import { createRun } from "../workers/core/engine/run.ts";
import { DEFAULT_SETTINGS, type RunDefinition } from "../workers/core/engine/settings.ts";
import { SIM_INSTRUMENTS } from "../workers/core/sim/sim-instrument.ts";
import type { ParameterValues, Strategy } from "../workers/core/strategy/strategy.ts";
import type { LoopResult } from "./loops.ts";

/** A run as the benchmarks want it: all-in with fractional quantity, 0.1 % on both sides, kept open at the end. */
export function benchDefinition(
  strategy: Strategy,
  { checks, parameters }: { checks: "bare" | "full"; parameters?: ParameterValues },
): RunDefinition {
  const [bitcoin] = SIM_INSTRUMENTS;
  const defaults = Object.fromEntries(strategy.parameters.map((spec) => [spec.name, spec.default]));
  return {
    instruments: [{ instrument: { ...bitcoin, lot: 0, tick: 0, quantityMin: 0, notionalMin: 0 }, timeframe: "1m" }],
    timeframe: "1m",
    strategy,
    parameters: { ...defaults, ...parameters },
    settings: { ...DEFAULT_SETTINGS, end: "keep" },
    checks,
  };
}

export function runBench(definition: RunDefinition, candles: CandleColumns): RunResult {
  const run = createRun(definition);
  run.push([candles]);
  return run.finish();
}

export function asLoopResult(result: RunResult): LoopResult {
  return {
    equity: result.main.finalEquity,
    trades: result.main.trades.length,
    maxDrawdown: result.drawdown.maxDepth,
  };
}

/** Throws where the engine and the loop disagree: a benchmark of different work says nothing. */
export function ensureSame(what: string, engine: LoopResult, loop: LoopResult): void {
  const close = (a: number, b: number) => Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b), 1e-12);
  const same =
    engine.trades === loop.trades && close(engine.equity, loop.equity) && close(engine.maxDrawdown, loop.maxDrawdown);
  if (!same) throw new Error(`${what}: engine ${JSON.stringify(engine)} and loop ${JSON.stringify(loop)} differ`);
}
