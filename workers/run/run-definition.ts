import type { BacktestSettings } from "../../schema/wire/backtest.ts";
import { timeframeMs } from "../core/candle/timeframe.ts";
import type { RunDefinition, RunInstrument, RunSettings } from "../core/engine/settings.ts";
import type { Strategy } from "../core/strategy/strategy.ts";
import type { TimeRange } from "../feed/source.ts";

const DAY_MS = 86_400_000;
// A stock trades 6.5 of 24 hours on five of seven days; holidays and halts need a reserve.
const CLOSED_MARKET_FACTOR = 6;
const ALWAYS_OPEN_FACTOR = 1.1;

/** The engine's view of a run. `instruments` may come in any order; the engine wants that of their symbols. */
export function runDefinition(input: {
  readonly settings: BacktestSettings;
  readonly strategy: Strategy;
  readonly instruments: readonly RunInstrument[];
}): RunDefinition {
  const { settings, strategy } = input;
  const { timeframe, from, to } = settings;
  return {
    instruments: [...input.instruments].sort(bySymbol),
    timeframe,
    strategy,
    parameters: settings.strategy.parameters,
    settings: runSettings(settings),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** Ascending order of symbols, by code units, as the engine compares them. */
export function bySymbol(left: Pick<RunInstrument, "instrument">, right: Pick<RunInstrument, "instrument">): number {
  const [a, b] = [left.instrument.symbol, right.instrument.symbol];
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The stretch of candles to push: the traded period, and before it enough time to hold the strategy's warm-up however
 * seldom its market is open.
 */
export function candleRange(definition: RunDefinition, held: TimeRange): TimeRange {
  const { from, to = held.to, strategy, parameters, timeframe } = definition;
  if (from === undefined) return { from: held.from, to: Math.min(to, held.to) };
  const warmupMs = candlesSpanMs(definition, strategy.warmup(parameters, timeframe)) + 7 * DAY_MS;
  return { from: Math.max(held.from, from - warmupMs), to: Math.min(to, held.to) };
}

/** Time that surely holds so many candles, however seldom the markets are open. */
export function candlesSpanMs(
  { instruments, timeframe }: Pick<RunDefinition, "instruments" | "timeframe">,
  candles: number,
): number {
  const always = instruments.every(({ instrument }) => instrument.daysPerYear === 365);
  return candles * timeframeMs(timeframe) * (always ? ALWAYS_OPEN_FACTOR : CLOSED_MARKET_FACTOR);
}

/** Settings with money as numbers: the engine computes in floats on prices that are on the instrument's grid. */
function runSettings(settings: BacktestSettings): RunSettings {
  const { sizing, volumeLimit, protections } = settings;
  return {
    cash: Number(settings.cash),
    sizing: sizing.kind === "quote" ? { kind: "quote", amount: Number(sizing.amount) } : sizing,
    whenShort: settings.whenShort,
    direction: settings.direction,
    fees: settings.fees,
    slippage: settings.slippage,
    fill: settings.fill,
    path: settings.path,
    touch: settings.touch,
    magnifier: settings.magnifier,
    remainder: settings.remainder,
    leverage: settings.leverage,
    maintenance: settings.maintenance,
    fundingRate: settings.fundingRate,
    end: settings.end,
    riskFree: settings.riskFree,
    seed: settings.seed,
    monteCarloPaths: settings.monteCarloPaths,
    ...(volumeLimit === undefined ? {} : { volumeLimit }),
    ...(protections === undefined ? {} : { protections }),
  };
}
