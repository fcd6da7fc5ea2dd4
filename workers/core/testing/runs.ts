import type { CandleColumns } from "../candle/candle.ts";
import type { Instrument } from "../candle/instrument.ts";
import type { Timeframe } from "../candle/timeframe.ts";
import type { RunResult } from "../engine/result.ts";
import { createRun } from "../engine/run.ts";
import { DEFAULT_SETTINGS, type RunDefinition, type RunSettings } from "../engine/settings.ts";
import type { ParameterValues, Strategy } from "../strategy/strategy.ts";

/** An instrument without a grid, so that quantities stay as computed. */
export function freeInstrument(symbol = "TEST"): Instrument {
  return {
    id: `TEST:${symbol}`,
    venue: "TEST",
    symbol,
    kind: "crypto",
    base: symbol,
    quote: "USD",
    tick: 0,
    lot: 0,
    quantityMin: 0,
    notionalMin: 0,
    daysPerYear: 365,
  };
}

export function definitionOf(
  strategy: Strategy,
  {
    timeframe = "1m",
    base,
    parameters,
    settings,
    symbols = ["TEST"],
    ...rest
  }: {
    timeframe?: Timeframe;
    base?: Timeframe;
    parameters?: ParameterValues;
    settings?: Partial<RunSettings>;
    symbols?: readonly string[];
  } & Partial<Pick<RunDefinition, "from" | "to" | "checks">> = {},
): RunDefinition {
  const defaults = Object.fromEntries(strategy.parameters.map((spec) => [spec.name, spec.default]));
  return {
    instruments: symbols.map((symbol) => ({ instrument: freeInstrument(symbol), timeframe: base ?? timeframe })),
    timeframe,
    strategy,
    parameters: { ...defaults, ...parameters },
    settings: { ...DEFAULT_SETTINGS, ...settings },
    ...rest,
  };
}

export function runOn(definition: RunDefinition, ...candles: CandleColumns[]): RunResult {
  const run = createRun(definition);
  run.push(candles);
  return run.finish();
}
