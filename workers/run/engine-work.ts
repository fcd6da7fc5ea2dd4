import type { Report } from "../../schema/wire/report.ts";
import { type CandleColumns, emptyCandles, joinCandles } from "../core/candle/candle.ts";
import { monthEnd, monthOf, monthStart } from "../core/candle/month.ts";
import { timeframeMs } from "../core/candle/timeframe.ts";
import { candleCostNs } from "../core/engine/candle-cost.ts";
import type { RunResult } from "../core/engine/result.ts";
import { createRun, restoreRun } from "../core/engine/run.ts";
import type { RunDefinition } from "../core/engine/settings.ts";
import { decodeSnapshot, encodeSnapshot } from "../core/engine/snapshot.ts";
import { type CandleSource, clipCandles, type TimeRange } from "../feed/source.ts";
import { RunFailure, type RunWork } from "./run-work.ts";

// Steps with fewer candles than this (a year of daily ones) would spend their time on telling how far they are.
const STEP_CANDLES_MIN = 20_000;

// Nobody learns how far a run is, and nothing of it is saved, while a step lasts.
const STEP_CPU_MS_MAX = 1_000;

// An isolate answers requests and sockets between two turns of a run.
const TURN_CPU_MS_MAX = 50;

// However cheap its candles are, a turn's signals and columns should not fill memory.
const TURN_CANDLES_MAX = 20_000;

export interface EngineInput {
  readonly definition: RunDefinition;
  /** One an instrument, in the order of the definition. */
  readonly sources: readonly CandleSource[];
  /** Candles to push: the traded period and the history that warms the strategy up. */
  readonly range: TimeRange;
  readonly buildReport: (result: RunResult, elapsedMs: number) => Report;
}

/** Where a run stands: the instant (UTC ms) up to which candles were pushed, and how many they were. */
interface Saved {
  readonly at: number;
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
  const candleNs = candleCostNs(definition);
  const readers = input.sources.map((source) => new MonthReader(source));
  const total = candlesWithin(input.sources, range);
  const turnMs = turnLengthMs(definition, candleNs);
  let at = saved?.at ?? range.from;
  let candles = saved?.candles ?? 0;
  return {
    candleNs,
    progress() {
      const { equity, closedTrades } = run.progress();
      const phase = at >= range.to ? "writing" : "trading";
      return {
        phase,
        candles,
        candlesTotal: Math.max(candles, at >= range.to ? candles : total),
        equity,
        trades: closedTrades,
      };
    },
    async step() {
      const before = candles;
      const dear = () => (candles - before) * candleNs >= STEP_CPU_MS_MAX * 1_000_000;
      while (at < range.to && candles - before < STEP_CANDLES_MIN && !dear()) {
        const month = monthOf(at);
        const rest = { from: at, to: Math.min(range.to, monthEnd(month)) };
        const chunks = await Promise.all(readers.map((reader) => reader.read(rest)));
        while (at < rest.to && !dear()) {
          // On a grid of the month's, so that where a run was saved does not show in how its candles were cut.
          const turn = Math.floor((at - monthStart(month)) / turnMs) + 1;
          const span = { from: at, to: Math.min(rest.to, monthStart(month) + turn * turnMs) };
          const slices = chunks.map((chunk) => clipCandles(chunk, span));
          const pushed = sumOfLengths(slices);
          if (pushed > 0) {
            refused(() => run.push(slices));
            await nextTurn();
          }
          candles += pushed;
          at = span.to;
        }
      }
      return at < range.to;
    },
    save() {
      const state: Saved = { at, candles, run: encodeSnapshot(run.snapshot()) };
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

/** The time (ms) of a turn: as many candles of all instruments as its share of the processor holds. */
function turnLengthMs({ instruments }: RunDefinition, candleNs: number): number {
  const turnCandles = Math.min(TURN_CANDLES_MAX, (TURN_CPU_MS_MAX * 1_000_000) / candleNs);
  const candlesAnMs = instruments.reduce((sum, { timeframe }) => sum + 1 / timeframeMs(timeframe), 0);
  return Math.ceil(turnCandles / candlesAnMs);
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
