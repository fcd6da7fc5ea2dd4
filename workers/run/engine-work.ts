import type { Report } from "../../schema/wire/report.ts";
import { type CandleColumns, emptyCandles, joinCandles } from "../core/candle/candle.ts";
import { monthEnd, monthOf, monthStart, nextMonth } from "../core/candle/month.ts";
import type { RunResult } from "../core/engine/result.ts";
import { createRun, restoreRun } from "../core/engine/run.ts";
import type { RunDefinition } from "../core/engine/settings.ts";
import { decodeSnapshot, encodeSnapshot } from "../core/engine/snapshot.ts";
import { type CandleSource, clipCandles, type TimeRange } from "../feed/source.ts";
import { RunFailure, type RunWork } from "./run-work.ts";

// Steps with fewer candles than this (a year of daily ones) would spend their time on telling how far they are.
const STEP_CANDLES_MIN = 20_000;

// An isolate answers requests and sockets between two turns of a run; this many candles take some ten milliseconds.
const TURN_CANDLES_MAX = 20_000;

export interface EngineInput {
  readonly definition: RunDefinition;
  /** One an instrument, in the order of the definition. */
  readonly sources: readonly CandleSource[];
  /** Candles to push: the traded period and the history that warms the strategy up. */
  readonly range: TimeRange;
  readonly buildReport: (result: RunResult, elapsedMs: number) => Report;
}

/** Where a run stands: the month that comes next, and how many base candles were pushed. */
interface Saved {
  readonly month: string;
  readonly candles: number;
  readonly run: string;
}

/** The engine's run over the months of its candles. Throws RunFailure where the definition breaks a rule. */
export function engineWork(input: EngineInput, savedText: string | undefined): RunWork {
  const { definition, range } = input;
  const saved = savedText === undefined ? undefined : (JSON.parse(savedText) as Saved);
  const run = refused(() =>
    saved === undefined ? createRun(definition) : restoreRun(definition, decodeSnapshot(saved.run)),
  );
  const readers = input.sources.map((source) => new MonthReader(source));
  const last = monthOf(Math.max(range.from, range.to - 1));
  const total = candlesWithin(input.sources, range);
  let month = saved?.month ?? monthOf(range.from);
  let candles = saved?.candles ?? 0;
  return {
    progress() {
      const { equity, closedTrades } = run.progress();
      const phase = month > last ? "writing" : "trading";
      return {
        phase,
        candles,
        candlesTotal: Math.max(candles, month > last ? candles : total),
        equity,
        trades: closedTrades,
      };
    },
    async step() {
      const before = candles;
      while (month <= last && candles - before < STEP_CANDLES_MIN) {
        const span = { from: Math.max(range.from, monthStart(month)), to: Math.min(range.to, monthEnd(month)) };
        const chunks = await Promise.all(readers.map((reader) => reader.read(span)));
        for (const slices of slicesOf(chunks, span)) {
          refused(() => run.push(slices));
          await nextTurn();
        }
        candles += sumOfLengths(chunks);
        month = nextMonth(month);
      }
      return month <= last;
    },
    save() {
      const state: Saved = { month, candles, run: encodeSnapshot(run.snapshot()) };
      return JSON.stringify(state);
    },
    async report(elapsedMs) {
      return input.buildReport(run.finish(), elapsedMs);
    },
  };
}

/** Reads months of a source that may keep longer stretches, each stretch once. */
class MonthReader {
  private readonly source: CandleSource;
  private key = "";
  private kept: CandleColumns = emptyCandles(0);

  constructor(source: CandleSource) {
    this.source = source;
  }

  async read(span: TimeRange): Promise<CandleColumns> {
    const parts: CandleColumns[] = [];
    for (const key of this.source.months(span)) {
      if (key !== this.key) {
        this.kept = await this.source.read(key);
        this.key = key;
      }
      parts.push(clipCandles(this.kept, span));
    }
    const [first] = parts;
    return parts.length === 1 && first !== undefined ? first : joinCandles(parts);
  }
}

/** The candles of a span in turns of about `TURN_CANDLES_MAX`, each over the same time on every instrument. */
function* slicesOf(chunks: readonly CandleColumns[], span: TimeRange): Generator<CandleColumns[]> {
  const turns = Math.max(1, Math.ceil(sumOfLengths(chunks) / TURN_CANDLES_MAX));
  const edge = (turn: number) => span.from + Math.round(((span.to - span.from) * turn) / turns);
  for (let turn = 0; turn < turns; turn++) {
    const part = { from: edge(turn), to: edge(turn + 1) };
    yield chunks.map((chunk) => clipCandles(chunk, part));
  }
}

function sumOfLengths(chunks: readonly CandleColumns[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** About how many candles of the sources lie in the range: as if they were spread evenly over their time. */
function candlesWithin(sources: readonly CandleSource[], range: TimeRange): number {
  return sources.reduce((sum, source) => {
    const span = source.to - source.from;
    const shared = Math.min(range.to, source.to) - Math.max(range.from, source.from);
    return sum + (span > 0 && shared > 0 ? Math.round((source.candles * shared) / span) : 0);
  }, 0);
}

/** The engine refuses with RangeError what no second attempt could mend. */
function refused<T>(act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new RunFailure("refused", `The run cannot be done: ${cause.message}.`, { cause });
    throw cause;
  }
}
