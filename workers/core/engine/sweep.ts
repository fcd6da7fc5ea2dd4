import { type CandleColumns, sliceCandles } from "../candle/candle.ts";
import { ColumnCache } from "../indicator/column-cache.ts";
import type { ColumnProgram, ParameterValues } from "../strategy/strategy.ts";
import { BLOCK_CANDLES_MAX } from "./block.ts";
import { checkDefinition, completeParameters } from "./definition.ts";
import { DrawdownTracker } from "./drawdown.ts";
import { Lane } from "./lane.ts";
import type { RunDefinition } from "./settings.ts";

/** Parameter sets of one sweep: each keeps an account and its trades in memory. */
export const SWEEP_SETS_MAX = 5_000;

/** What one set of parameters came to. */
export interface SweepRow {
  readonly parameters: ParameterValues;
  readonly finalEquity: number;
  readonly trades: number;
  readonly maxDrawdown: number;
}

interface Contender {
  readonly parameters: ParameterValues;
  readonly program: ColumnProgram;
  readonly lane: Lane;
  readonly drawdown: DrawdownTracker;
}

/**
 * Trades many parameter sets of one strategy on the same candles of one instrument, block by block, computing each
 * distinct indicator once. Each row equals a run of its own with these parameters. The candles are those of the run's
 * timeframe. Throws RangeError where the definition or a set breaks a rule, TypeError for a strategy that must be asked
 * candle by candle.
 */
export function sweep(definition: RunDefinition, sets: readonly ParameterValues[], candles: CandleColumns): SweepRow[] {
  if (sets.length > SWEEP_SETS_MAX) {
    throw new RangeError(`parameter sets must be at most ${SWEEP_SETS_MAX}, were ${sets.length}`);
  }
  if (definition.instruments.length !== 1) {
    throw new RangeError(`instruments must be one, were ${definition.instruments.length}`);
  }
  const contenders = sets.map((set) => contend(definition, set));
  const cache = new ColumnCache();
  const [{ instrument }] = definition.instruments;
  const falls = new Float64Array(BLOCK_CANDLES_MAX);
  for (let from = 0; from < candles.length; from += BLOCK_CANDLES_MAX) {
    const part = sliceCandles(candles, from, Math.min(candles.length, from + BLOCK_CANDLES_MAX));
    const chunk = { candles: part, others: new Map([[instrument.symbol, part]]), cache };
    for (const { program, lane, drawdown } of contenders) {
      const signals = program.fill(chunk);
      const whole = { candles: part, signals, volatility: undefined, fine: undefined, fineFrom: undefined, start: 0 };
      lane.step({ instruments: [whole], time: part.time, length: part.length });
      drawdown.pushAll(lane.equity, part.time, { length: part.length, shiftMs: 0, falls });
    }
    cache.nextBlock();
  }
  return contenders.map(({ parameters, lane, drawdown }) => ({
    parameters,
    finalEquity: lane.account.equity(),
    trades: lane.account.trades.length,
    maxDrawdown: drawdown.maxDepth,
  }));
}

function contend(definition: RunDefinition, set: ParameterValues): Contender {
  const { strategy, timeframe, settings } = definition;
  const parameters = completeParameters(strategy.parameters, set);
  const own = { ...definition, parameters };
  checkDefinition(own);
  const symbols = definition.instruments.map((entry) => entry.instrument.symbol);
  const program = strategy.create(parameters, { timeframe, symbols, symbol: symbols[0] });
  if (program.form !== "columns") {
    throw new TypeError(`${strategy.title} decides candle by candle; sweep strategies whose signals are columns`);
  }
  const lane = new Lane(own, { path: settings.path, cost: 1, keepTrades: "count" }, []);
  return { parameters, program, lane, drawdown: new DrawdownTracker(settings.cash, 0) };
}
