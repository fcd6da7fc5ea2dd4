import type { CandleCoverage } from "./candle-coverage.ts";
import { inferSessions } from "./session-inference.ts";
import { DAY_MS, timeframeMs } from "./timeframe.ts";
import type { TradingCalendar } from "./trading-calendar.ts";
import { eachExpectedCandle } from "./trading-calendar.ts";

/** Gaps listed in a report, longest first; all are counted. */
export const GAPS_LISTED_MAX = 50;

/** A stretch with no candles where the market traded, `[from, to)` in UTC ms, and how many candles it lacks. */
export interface CandleGap {
  readonly from: number;
  readonly to: number;
  readonly candles: number;
}

export interface GapReport {
  readonly gapCount: number;
  readonly gapCandles: number;
  /** The longest gaps, in order of time. */
  readonly gaps: readonly CandleGap[];
  readonly notes: readonly string[];
}

/**
 * The candles that are missing between the first and the last one, where the calendar says that the market traded.
 * Without a calendar the sessions are inferred from the candles themselves: what is absent week after week at the same
 * time of the week was never traded.
 */
export function findGaps(coverage: CandleCoverage, calendar?: TradingCalendar): GapReport {
  if (coverage.candles === 0) return { gapCount: 0, gapCandles: 0, gaps: [], notes: [] };
  const collector = new GapCollector(timeframeMs(coverage.timeframe));
  const notes: string[] = [];
  if (coverage.timeframe === "1w") {
    for (let time = coverage.first; time <= coverage.last; time += 7 * DAY_MS) {
      collector.visit(time, coverage.hasOpen(time));
    }
  } else if (calendar !== undefined) {
    const span = { timeframe: coverage.timeframe, from: coverage.first, to: coverage.last + 1 };
    eachExpectedCandle(calendar, span, (open) => collector.visit(open, coverage.hasOpen(open)));
  } else {
    notes.push(...inferSessions(coverage, (open, present) => collector.visit(open, present)));
  }
  return { ...collector.report(), notes };
}

/** Joins missing candles to gaps; a candle that is there ends one, time without expected candles does not. */
class GapCollector {
  private readonly lengthMs: number;
  private from = Number.NaN;
  private to = Number.NaN;
  private missing = 0;
  private gapCount = 0;
  private gapCandles = 0;
  private longest: CandleGap[] = [];

  constructor(lengthMs: number) {
    this.lengthMs = lengthMs;
  }

  visit(openMs: number, present: boolean): void {
    if (present) {
      this.close();
      return;
    }
    if (this.missing === 0) this.from = openMs;
    this.to = openMs + this.lengthMs;
    this.missing++;
  }

  report(): Omit<GapReport, "notes"> {
    this.close();
    this.prune();
    return {
      gapCount: this.gapCount,
      gapCandles: this.gapCandles,
      gaps: this.longest.sort((a, b) => a.from - b.from),
    };
  }

  private close(): void {
    if (this.missing === 0) return;
    this.gapCount++;
    this.gapCandles += this.missing;
    this.longest.push({ from: this.from, to: this.to, candles: this.missing });
    this.missing = 0;
    // Pruning in batches keeps the list small without sorting at each gap.
    if (this.longest.length >= GAPS_LISTED_MAX * 20) this.prune();
  }

  private prune(): void {
    this.longest.sort((a, b) => b.candles - a.candles || a.from - b.from);
    this.longest = this.longest.slice(0, GAPS_LISTED_MAX);
  }
}
