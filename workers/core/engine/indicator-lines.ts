import { type CandleColumns, indexAtTime, sliceCandles } from "../candle/candle.ts";
import { timeframeMs } from "../candle/timeframe.ts";
import type { ColumnProgram, IndicatorReading, ScaleName, SteppedProgram } from "../strategy/strategy.ts";
import { Account } from "./account.ts";
import { mergeTimes } from "./block.ts";
import { Book } from "./book.ts";
import type { RunDefinition } from "./settings.ts";
import { LaneView } from "./view.ts";

/** One indicator over the candles of a window; null where it has no value. */
export interface IndicatorLine {
  readonly name: string;
  readonly scale: ScaleName;
  /** What it measures; absent on the price's axis. */
  readonly unit?: string;
  readonly values: (number | null)[];
}

export interface IndicatorInput {
  readonly definition: Pick<RunDefinition, "instruments" | "timeframe" | "strategy" | "parameters">;
  /** The instrument whose candles the lines stand beside. */
  readonly symbol: string;
  /** Closed candles of the run's timeframe, one an instrument in the order of the definition, history included. */
  readonly candles: readonly CandleColumns[];
  /** First instant (UTC ms) of the window; candles before it only warm the indicators up. */
  readonly from: number;
}

/**
 * What the strategy's indicators came to at the close of each candle of the window, as its programs saw them: larger
 * timeframes and other instruments as known at that close. Throws RangeError where the strategy names an instrument or
 * timeframe that the definition lacks.
 */
export function indicatorLines(input: IndicatorInput): { time: number[]; lines: IndicatorLine[] } {
  const { definition, symbol } = input;
  const symbols = definition.instruments.map((entry) => entry.instrument.symbol);
  const program = definition.strategy.create(definition.parameters, {
    timeframe: definition.timeframe,
    symbols,
    symbol: definition.strategy.scope === "all" ? symbols[0] : symbol,
  });
  const recorder = new Recorder(program.readings());
  const own = symbols.indexOf(symbol);
  if (own < 0) throw new RangeError(`symbol must be one of ${symbols.join(", ")}, was ${symbol}`);
  if (program.form === "columns") fillOneByOne(program, symbols, own, input, recorder);
  else watchOneByOne(program, symbols, own, input, recorder);
  return recorder.result();
}

class Recorder {
  private readonly time: number[] = [];
  private readonly lines: (IndicatorLine | undefined)[];

  constructor(readings: readonly IndicatorReading[]) {
    this.lines = readings.map(({ name, scale, unit }) =>
      scale === undefined ? undefined : { name, scale, ...(unit === undefined ? {} : { unit }), values: [] },
    );
  }

  add(time: number, readings: readonly IndicatorReading[]): void {
    this.time.push(time);
    this.lines.forEach((line, index) => {
      const { value } = readings[index];
      line?.values.push(Number.isFinite(value) ? value : null);
    });
  }

  result(): { time: number[]; lines: IndicatorLine[] } {
    return { time: this.time, lines: this.lines.filter((line) => line !== undefined) };
  }
}

/** A program over columns, shown chunks of one candle, with what the other instruments did since the candle before. */
function fillOneByOne(
  program: ColumnProgram,
  symbols: readonly string[],
  own: number,
  { candles, from }: IndicatorInput,
  recorder: Recorder,
): void {
  const mine = candles[own];
  const at = candles.map(() => 0);
  for (let i = 0; i < mine.length; i++) {
    const one = sliceCandles(mine, i, i + 1);
    const others = new Map<string, CandleColumns>();
    candles.forEach((theirs, index) => {
      const end = index === own ? i + 1 : indexAtTime(theirs, mine.time[i] + 1);
      others.set(symbols[index], index === own ? one : sliceCandles(theirs, at[index], end));
      at[index] = end;
    });
    program.fill({ candles: one, others });
    if (mine.time[i] >= from) recorder.add(mine.time[i], program.readings());
  }
}

/** A program that is asked candle by candle, shown every close by an account that stays flat. */
function watchOneByOne(
  program: SteppedProgram,
  symbols: readonly string[],
  own: number,
  { definition, candles, from }: IndicatorInput,
  recorder: Recorder,
): void {
  const view = new LaneView(symbols);
  // Nothing is ordered, so that any amount of cash does.
  const account = new Account(1, symbols.length, "count");
  const books = symbols.map(() => new Book());
  const stepMs = timeframeMs(definition.timeframe);
  const parts = candles.map((columns) => ({ candles: columns, start: 0 }));
  const at = parts.map(() => 0);
  for (const time of mergeTimes(parts)) {
    view.beginClose();
    parts.forEach((part, index) => {
      if (part.candles.time[at[index]] === time) view.see(index, part.candles, at[index]++);
    });
    view.seeAccount(account, books, time + stepMs);
    program.warm?.(view);
    if (time >= from && view.instruments[own].fresh) recorder.add(time, program.readings());
  }
}
