import { CHART_CANDLES_MAX } from "../../schema/wire/dataset.ts";
import type { IndicatorSeries } from "../../schema/wire/indicator.ts";
import { type CandleColumns, emptyCandles, indexAtTime, sliceCandles } from "../core/candle/candle.ts";
import { type Timeframe, timeframeMs } from "../core/candle/timeframe.ts";
import { indicatorLines } from "../core/engine/indicator-lines.ts";
import type { RunInstrument } from "../core/engine/settings.ts";
import { DEFAULT_PROGRAM_COST, type ParameterValues, type Strategy } from "../core/strategy/strategy.ts";
import { chartCandles } from "../feed/chart-candles.ts";
import { candlesSpanMs } from "../run/run-definition.ts";
import { candleSources } from "./candle-sources.ts";
import type { DatasetRow } from "./dataset.ts";
import type { ServiceContext } from "./service-context.ts";

// A chart is waited for while somebody scrolls; most strategies need a tenth of this.
const WINDOW_CPU_MS_MAX = 1_000;

// What showing a strategy one candle takes beside its own computing: chunks of one, readings taken after each.
const SHOWING_NS = 10_000;

// Levels of a day (pivots, session prices) need the day before, however short the rest of the history may be.
const HISTORY_MS_MIN = 7 * 86_400_000;

export interface WindowInput {
  /** In the order of their symbols. */
  readonly rows: readonly DatasetRow[];
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly strategy: Strategy;
  readonly parameters: ParameterValues;
  readonly from: number;
  readonly to: number;
}

/** Candles of a window at the strategy's timeframe, one series an instrument, with the history before it. */
export interface StrategyWindow {
  readonly instruments: readonly RunInstrument[];
  readonly candles: readonly CandleColumns[];
  /** Open of the first candle shown; later than asked for where `truncated`. */
  readonly from: number;
  /** Candles shown of the window's symbol. */
  readonly shown: number;
  readonly truncated: boolean;
}

/**
 * The newest `CHART_CANDLES_MAX` candles that open in `[from, to)`, and before them the history that warms the strategy
 * up, as much of it as a request may compute: dear strategies with a long memory start from less.
 */
export async function readWindow(ctx: ServiceContext, input: WindowInput): Promise<StrategyWindow> {
  const { rows, timeframe, to } = input;
  const instruments = rows.map((row) => ({ instrument: row.instrument, timeframe }));
  const span = (candles: number) => candlesSpanMs({ instruments, timeframe }, candles);
  const from = Math.max(input.from, to - span(CHART_CANDLES_MAX));
  const historyMax = Math.max(0, candlesMax(input) - CHART_CANDLES_MAX);
  const { strategy, parameters } = input;
  const warmupMs = span(strategy.warmup(parameters, timeframe)) + HISTORY_MS_MIN;
  const start = from - Math.min(warmupMs, span(historyMax));
  const series = await Promise.all(rows.map((row) => readSeries(ctx, row, { timeframe, from: start, to })));
  const own = series[rows.findIndex((row) => row.instrument.symbol === input.symbol)];
  const first = indexAtTime(own, from);
  const kept = Math.max(first, own.length - CHART_CANDLES_MAX);
  const oldest = Math.max(0, kept - historyMax);
  const since = own.length > 0 && oldest < own.length ? own.time[oldest] : start;
  return {
    instruments,
    candles: series.map((candles) => sliceCandles(candles, indexAtTime(candles, since), candles.length)),
    from: kept < own.length ? own.time[kept] : from,
    shown: own.length - kept,
    truncated: kept > first || from > input.from,
  };
}

/** The strategy's indicators on the candles of a window. Throws RangeError where it names what the window lacks. */
export function indicatorsOf(window: StrategyWindow, input: WindowInput): IndicatorSeries {
  const { timeframe, strategy, parameters, symbol } = input;
  const { instruments, candles, from, truncated } = window;
  const definition = { instruments, timeframe, strategy, parameters };
  const { time, lines } = indicatorLines({ definition, symbol, candles, from });
  return { timeframe, time, series: lines, truncated };
}

/** Candles that a strategy may be shown within the time of a request. */
function candlesMax({ strategy, parameters }: WindowInput): number {
  const { candleNs } = strategy.cost?.(parameters) ?? DEFAULT_PROGRAM_COST;
  return Math.floor((WINDOW_CPU_MS_MAX * 1_000_000) / (SHOWING_NS + candleNs));
}

async function readSeries(
  ctx: ServiceContext,
  row: DatasetRow,
  { timeframe, from, to }: { timeframe: Timeframe; from: number; to: number },
): Promise<CandleColumns> {
  const sources = await candleSources(ctx, row);
  if (sources.length === 0) return emptyCandles(0);
  const limit = Math.ceil((to - from) / timeframeMs(timeframe)) + 2;
  const { candles } = await chartCandles({ sources, timeframe, from, to, limit });
  return candles;
}
