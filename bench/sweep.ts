import { sweep } from "../workers/core/engine/sweep.ts";
import { findStrategy } from "../workers/core/strategy/registry.ts";
import { compileRules } from "../workers/core/strategy/rule/rules.ts";
import { benchCandles } from "./candles.ts";
import { benchDefinition, ensureSame } from "./engine-runs.ts";
import { crossLoop, meanLoop } from "./loops.ts";
import { printTimings, timeAll } from "./measure.ts";

const CANDLES = 100_000;
const FEE = 0.001;

/** Work C: a hundred parameter sets of the cross on 100,000 candles, each average computed once. */
export function benchSweep(): void {
  const candles = benchCandles(CANDLES);
  const strategy = findStrategy("sma-cross") ?? compileRules("");
  const definition = benchDefinition(strategy, { checks: "bare" });
  const fasts = Array.from({ length: 10 }, (_, index) => 10 + index);
  const slows = Array.from({ length: 10 }, (_, index) => 30 + 5 * index);
  const sets = fasts.flatMap((fast) => slows.map((slow) => ({ fast, slow })));
  const loop = () => {
    const columns = new Map<number, Float64Array>();
    for (const period of [...fasts, ...slows]) {
      const column = new Float64Array(CANDLES);
      meanLoop(candles.close, period, column);
      columns.set(period, column);
    }
    const of = (period: number) => columns.get(period) ?? new Float64Array(0);
    return sets.map(({ fast, slow }) => crossLoop(candles, of(fast), of(slow), FEE));
  };
  const engine = () => sweep(definition, sets, candles);
  const plain = loop();
  engine().forEach((row, index) => {
    ensureSame(`work C, set ${index}`, { ...row, equity: row.finalEquity }, plain[index]);
  });
  const timings = timeAll([
    { name: "plain loop (the bound)", work: loop },
    { name: "engine", work: engine },
  ]);
  printTimings("C: 100 parameter sets", timings, { items: CANDLES * sets.length, unit: "candles", budget: 4 });
}
