import type { CandleColumns } from "../candle/candle.ts";
import type {
  ColumnProgram,
  IndicatorReading,
  Program,
  SignalColumns,
  SteppedProgram,
  StrategyChunk,
} from "../strategy/strategy.ts";
import { TailWindow } from "./feed-window.ts";
import { LookAheadCheck } from "./look-ahead.ts";
import type { WarmUpReading } from "./result.ts";
import type { RunDefinition } from "./settings.ts";
import { type Snapshot, snapshotField, snapshotList } from "./snapshot.ts";

/** Longest history that the warm-up check keeps and runs again, in candles. */
export const WARMUP_CHECK_MAX = 20_000;

/**
 * The strategy of a run in column form: one program an instrument, whose signals all lanes share, with the checks that
 * need to run the strategy a second time.
 */
export class SignalSource {
  readonly lookAhead: LookAheadCheck | undefined;
  private readonly definition: RunDefinition;
  private readonly programs: readonly ColumnProgram[];
  private readonly tails: readonly TailWindow[];

  constructor(definition: RunDefinition, programs: readonly ColumnProgram[]) {
    this.definition = definition;
    this.programs = programs;
    const checked = definition.checks !== "bare";
    this.lookAhead = checked ? new LookAheadCheck() : undefined;
    const warmup = this.warmup();
    this.tails = checked && warmup <= WARMUP_CHECK_MAX ? programs.map(() => new TailWindow(warmup)) : [];
  }

  fill(index: number, chunk: StrategyChunk): SignalColumns {
    const program = this.programs[index];
    this.tails[index]?.push(chunk.candles);
    // The first instrument stands for all: the same rules run on each.
    const check = index === 0 ? this.lookAhead : undefined;
    if (check === undefined) return program.fill(chunk);
    if (!check.due()) {
      check.skip();
      return program.fill(chunk);
    }
    const before = program.snapshot();
    const signals = program.fill(chunk);
    check.compare(chunk, signals, () => {
      const again = this.create(index);
      again.restore(before);
      return again;
    });
    return signals;
  }

  /** The indicators of every program on its last candle. */
  readings(): IndicatorReading[] {
    return this.programs.flatMap((program) => program.readings());
  }

  /** Readings after the last `warmup` candles alone, beside those after all history. */
  warmUpReadings(): { warmup: number; readings: WarmUpReading[] } | undefined {
    if (this.tails.length === 0) return undefined;
    const fresh = this.create(0);
    const symbols = this.definition.instruments.map((entry) => entry.instrument.symbol);
    const others = new Map(symbols.map((symbol, index) => [symbol, this.tails[index].candles]));
    fresh.fill({ candles: this.tails[0].candles, others });
    const long = this.programs[0].readings();
    const short = fresh.readings();
    const readings = long.map(({ name, value }, index) => ({ name, long: value, short: short[index].value }));
    return { warmup: this.warmup(), readings };
  }

  private warmup(): number {
    const { strategy, parameters } = this.definition;
    return Math.max(1, strategy.warmup(parameters, this.definition.timeframe));
  }

  private create(index: number): ColumnProgram {
    const program = createProgram(this.definition, index);
    if (program.form !== "columns") throw new Error(`${this.definition.strategy.id} changed its form`);
    return program;
  }

  snapshot(): Snapshot {
    return {
      programs: this.programs.map((program) => program.snapshot()),
      tails: this.tails.map((tail) => tail.snapshot()),
      lookAhead: this.lookAhead?.snapshot() ?? null,
    };
  }

  restore(snapshot: Snapshot): void {
    snapshotList(snapshot, "programs").forEach((saved, index) => {
      this.programs[index].restore(saved);
    });
    snapshotList(snapshot, "tails").forEach((saved, index) => {
      this.tails[index].restore(saved);
    });
    this.lookAhead?.restore(snapshotField(snapshot, "lookAhead"));
  }
}

/** The strategy's programs for one lane: a column source for the run, or stepped programs of the lane's own. */
export function createPrograms(definition: RunDefinition): { columns: ColumnProgram[]; stepped: SteppedProgram[] } {
  const count = definition.strategy.scope === "all" ? 1 : definition.instruments.length;
  const programs = Array.from({ length: count }, (_, index) => createProgram(definition, index));
  return {
    columns: programs.filter((program) => program.form === "columns"),
    stepped: programs.filter((program) => program.form === "stepped"),
  };
}

function createProgram(definition: RunDefinition, index: number): Program {
  const symbols = definition.instruments.map((entry) => entry.instrument.symbol);
  return definition.strategy.create(definition.parameters, {
    timeframe: definition.timeframe,
    symbols,
    symbol: symbols[index],
  });
}

/** The candles of every instrument by symbol, as `of()` in rules looks them up. */
export function chunkOthers(definition: RunDefinition, candles: readonly CandleColumns[]): Map<string, CandleColumns> {
  return new Map(definition.instruments.map((entry, index) => [entry.instrument.symbol, candles[index]]));
}
