import type { CandleColumns } from "../core/candle/candle.ts";
import type { Timeframe } from "../core/candle/timeframe.ts";
import { divides, timeframeMs } from "../core/candle/timeframe.ts";
import { eachExpectedCandle } from "../core/candle/trading-calendar.ts";
import { simCandles } from "../core/sim/sim-candles.ts";
import { simProfile } from "../core/sim/sim-instrument.ts";
import { SIM_FROM_MS, SIM_TO_MS } from "../core/sim/sim-timeline.ts";
import { periodEnd, periodOf, periodStart, periodsOf } from "./period.ts";
import type { CandleSource, TimeRange } from "./source.ts";
import { clipCandles } from "./source.ts";

/** A simulated dataset: nothing of it is stored. */
export interface SimSeries {
  readonly seed: number;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from: number;
  readonly to: number;
}

/** Years of daily candles kept for the next chart, 18 kB each: a year of days costs half a million minutes to make. */
const DAILY_YEARS_KEPT_MAX = 128;

const dailyYears = new Map<string, CandleColumns>();

/** The candles of a simulated dataset. Throws RangeError for a symbol the simulated market does not have. */
export function simSource(series: SimSeries): CandleSource {
  const { timeframe } = series;
  const range = { from: Math.max(series.from, SIM_FROM_MS), to: Math.min(series.to, SIM_TO_MS) };
  const span = spanOf({ ...series, ...range });
  return {
    timeframe,
    ...span,
    months: (asked = range) =>
      periodsOf({ from: Math.max(asked.from, span.from), to: Math.min(asked.to, span.to) }, timeframe),
    read: async (month) => {
      const whole = { from: periodStart(month), to: periodEnd(month) };
      return clipCandles(readPeriod(series, whole), { from: span.from, to: span.to });
    },
  };
}

/** The series itself and the larger ones a chart reads instead of it, smallest first. */
export function simSources(series: SimSeries): readonly CandleSource[] {
  const larger = (["1h", "1d"] as const).filter(
    (timeframe) => timeframe !== series.timeframe && divides(series.timeframe, timeframe),
  );
  return [series.timeframe, ...larger].map((timeframe) => simSource({ ...series, timeframe }));
}

function spanOf({ symbol, timeframe, from, to }: SimSeries): TimeRange & { readonly candles: number } {
  const length = timeframeMs(timeframe);
  let first = Number.NaN;
  let last = Number.NaN;
  let candles = 0;
  eachExpectedCandle(simProfile(symbol).calendar, { timeframe, from, to: to - length + 1 }, (open) => {
    if (candles === 0) first = open;
    last = open;
    candles++;
  });
  return candles === 0 ? { from, to: from, candles } : { from: first, to: last + length, candles };
}

/** Candles that open in the period; the last one may close after it. */
function readPeriod({ seed, symbol, timeframe }: SimSeries, { from, to }: TimeRange): CandleColumns {
  const generate = () =>
    clipCandles(simCandles({ seed, symbol, timeframe, from, to: to + timeframeMs(timeframe) }), { from, to });
  if (timeframe !== "1d") return generate();
  const key = `${seed}|${symbol}|${periodOf(from, timeframe)}`;
  const kept = dailyYears.get(key);
  if (kept !== undefined) return kept;
  const made = generate();
  if (dailyYears.size >= DAILY_YEARS_KEPT_MAX) dailyYears.clear();
  dailyYears.set(key, made);
  return made;
}
