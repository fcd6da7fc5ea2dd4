import { buildReport } from "../workers/core/report/build.ts";
import { findStrategy } from "../workers/core/strategy/registry.ts";
import { compileRules } from "../workers/core/strategy/rule/rules.ts";
import { benchCandles } from "./candles.ts";
import { asLoopResult, benchDefinition, ensureSame, runBench } from "./engine-runs.ts";
import { benchIndicators } from "./indicators.ts";
import { crossLoop, meanLoop, reversionLoop, rsiLoop } from "./loops.ts";
import { printTimings, timeAll } from "./measure.ts";
import { grademarkCross } from "./peer.ts";
import { benchSweep } from "./sweep.ts";
import { measureInWorkerd } from "./workerd.ts";

/**
 * The engine beside a plain typed-array loop that does the same trades, medians of five in one run. Figures of one
 * machine mean little; the ratios are what counts.
 */
const CANDLES = 1_000_000;
const FEE = 0.001;
type Candles = ReturnType<typeof benchCandles>;

/** Runs, indicators, sweeps and reports over a million candles, in Node and in the Workers runtime. */
export async function benchEngine(): Promise<void> {
  const candles = benchCandles(CANDLES);
  console.log(`${CANDLES.toLocaleString("en")} candles, medians of five`);
  const crossMs = workA(candles);
  workB(candles);
  benchSweep();
  benchIndicators(candles);
  report(candles);
  await measureInWorkerd(crossMs);
}

/** SMA(20/50) cross, long, all-in, next open. Returns the engine's time in Node. */
function workA(candles: Candles): number {
  const strategy = findStrategy("sma-cross") ?? compileRules("");
  const columns = [new Float64Array(CANDLES), new Float64Array(CANDLES)];
  const loop = () => {
    meanLoop(candles.close, 20, columns[0]);
    meanLoop(candles.close, 50, columns[1]);
    return crossLoop(candles, columns[0], columns[1], FEE);
  };
  const engine = (checks: "bare" | "full") => () => runBench(benchDefinition(strategy, { checks }), candles);
  const timings = timeAll([
    { name: "plain loop (the bound)", work: loop },
    { name: "engine", work: engine("bare") },
    { name: "with path bounds, costs, checks", work: engine("full") },
  ]);
  ensureSame("work A", asLoopResult(engine("bare")()), loop());
  printTimings("A: SMA cross", timings, { items: CANDLES, unit: "candles", budget: 4 });
  const few = benchCandles(20_000);
  const [peer] = timeAll([{ name: "grademark, 20,000 candles", work: () => grademarkCross(few) }]);
  printTimings("A: a peer", [peer], { items: few.length, unit: "candles" });
  return timings[1].ms;
}

/** RSI(14) reversion with a stop and a target on the path inside each candle. */
function workB(candles: Candles): void {
  const strategy = compileRules(
    [
      "enter long when rsi(close, 14) < 30",
      "exit long when rsi(close, 14) > 70",
      "stop long at close * 0.98",
      "target long at close * 1.04",
    ].join("\n"),
    { id: "reversion", title: "RSI reversion with stop and target" },
  );
  const rsi = new Float64Array(CANDLES);
  const loop = () => {
    rsiLoop(candles.close, 14, rsi);
    return reversionLoop(candles, rsi, FEE, 15);
  };
  const engine = () => runBench(benchDefinition(strategy, { checks: "bare" }), candles);
  const timings = timeAll([
    { name: "plain loop (the bound)", work: loop },
    { name: "engine", work: engine },
  ]);
  ensureSame("work B", asLoopResult(engine()), loop());
  printTimings("B: RSI reversion, stop, target, path", timings, { items: CANDLES, unit: "candles", budget: 5 });
}

/** A report of some 10,000 trades over a million closes. */
function report(candles: Candles): void {
  const strategy = findStrategy("sma-cross") ?? compileRules("");
  const definition = benchDefinition(strategy, { checks: "full", parameters: { fast: 25, slow: 55 } });
  const result = runBench(definition, candles);
  const meta = {
    strategyTitle: strategy.title,
    strategySource: strategy.id,
    datasets: [{ datasetId: "bench", simulated: true }],
    trials: { count: 1 },
    elapsedMs: null,
  };
  const [timing] = timeAll([{ name: "report", work: () => buildReport(result, meta) }]);
  const trades = result.main.trades.length.toLocaleString("en");
  console.log(
    `\nReport of ${trades} trades and ${CANDLES.toLocaleString("en")} closes: ${timing.ms.toFixed(0)} ms (budget 100)`,
  );
}
