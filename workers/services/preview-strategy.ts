import type { z } from "zod";
import type { PreviewStrategy, StrategyPreview } from "../../schema/wire/strategy.ts";
import { type CandleColumns, emptyCandles } from "../core/candle/candle.ts";
import type { Instrument } from "../core/candle/instrument.ts";
import { divides, timeframeMs } from "../core/candle/timeframe.ts";
import { createRun } from "../core/engine/run.ts";
import { DEFAULT_SETTINGS } from "../core/engine/settings.ts";
import {
  ENTER_LONG,
  ENTER_SHORT,
  EXIT_LONG,
  EXIT_SHORT,
  type ParameterValues,
  type Strategy,
} from "../core/strategy/strategy.ts";
import { chartCandles } from "../feed/chart-candles.ts";
import { invalid } from "../platform/problem-error.ts";
import { candleSources } from "./candle-sources.ts";
import { findDataset } from "./dataset.ts";
import { checkParameters, createProgram } from "./resolve-strategy.ts";
import type { ServiceContext } from "./service-context.ts";

type PreviewInput = z.infer<typeof PreviewStrategy>;
type Marker = StrategyPreview["markers"][number];

// What a chart shows at once; a preview answers while its writer types.
const PREVIEW_CANDLES_MAX = 5_000;
// More arrows than a chart can show apart.
const MARKERS_MAX = 1_000;

/**
 * What a rule text would have signalled on candles: the newest `PREVIEW_CANDLES_MAX` of the period. A text with errors
 * answers its diagnostics and no markers. Throws 404 for the dataset, 422 for timeframe, period and parameters.
 */
export async function previewStrategy(call: { ctx: ServiceContext; input: PreviewInput }): Promise<StrategyPreview> {
  const { ctx, input } = call;
  const row = await findDataset(ctx, input.datasetId);
  const { timeframe } = input;
  if (!divides(row.timeframe, timeframe)) {
    throw invalid("timeframe", `must be a multiple of the dataset's, ${row.timeframe}`, timeframe);
  }
  const to = Math.min(input.to ?? row.toMs, row.toMs);
  const from = Math.max(input.from ?? row.fromMs, row.fromMs, to - PREVIEW_CANDLES_MAX * timeframeMs(timeframe));
  if (from >= to) throw invalid("from", "must be before to and before the end of the data", input.from);
  const { diagnostics } = ctx.strategies.check(input.document);
  const empty = { diagnostics, timeframe, from, to, candles: 0, markers: [], truncated: false };
  if (diagnostics.some((diagnostic) => diagnostic.severity === "error")) return empty;
  const strategy = ctx.strategies.compile(input.document);
  const parameters = checkParameters(strategy.parameters, input.parameters, "parameters");
  const sources = await candleSources(ctx, row);
  if (sources.length === 0) return empty;
  const warmupMs = strategy.warmup(parameters, timeframe) * timeframeMs(timeframe);
  const limit = Math.ceil((to - from + warmupMs) / timeframeMs(timeframe)) + 2;
  const { candles } = await chartCandles({ sources, timeframe, from: from - warmupMs, to, limit });
  const all = markersOf({ strategy, parameters, candles, timeframe, from, instrument: row.instrument });
  const markers = all.slice(-MARKERS_MAX);
  const shown = candles.time.subarray(0, candles.length).filter((time) => time >= from).length;
  return { ...empty, candles: shown, markers, truncated: markers.length < all.length };
}

interface MarkersInput {
  readonly strategy: Strategy;
  readonly parameters: ParameterValues;
  readonly candles: CandleColumns;
  readonly timeframe: StrategyPreview["timeframe"];
  readonly from: number;
  readonly instrument: Instrument;
}

const ACTIONS: readonly (readonly [number, Marker["action"]])[] = [
  [EXIT_LONG, "exit long"],
  [EXIT_SHORT, "exit short"],
  [ENTER_LONG, "enter long"],
  [ENTER_SHORT, "enter short"],
];

/** Signals as written where they do not depend on the position; else the entries and exits of a plain run. */
function markersOf(input: MarkersInput): Marker[] {
  const { strategy, parameters, candles, timeframe, from, instrument } = input;
  const { symbol } = instrument;
  const program = createProgram(strategy, parameters, { timeframe, symbols: [symbol], symbol });
  if (program.form === "stepped") return tradedMarkers(input);
  const { flags } = program.fill({ candles, others: new Map([[symbol, candles]]) });
  const markers: Marker[] = [];
  for (let at = 0; at < candles.length; at++) {
    if (candles.time[at] < from) continue;
    for (const [flag, action] of ACTIONS) {
      if (flags[at] & flag) markers.push({ time: candles.time[at], price: candles.close[at], action });
    }
  }
  return markers;
}

function tradedMarkers(input: MarkersInput): Marker[] {
  const { strategy, parameters, candles, timeframe, from, instrument } = input;
  const run = createRun({
    instruments: [{ instrument, timeframe }],
    ...{ timeframe, from, strategy, parameters, checks: "bare" as const },
    settings: { ...DEFAULT_SETTINGS, end: "keep" },
  });
  run.push([candles.length === 0 ? emptyCandles(0) : candles]);
  const { main } = run.finish();
  const markers = [...main.trades.rows(), ...main.open].flatMap((trade): Marker[] => {
    const side = trade.quantity > 0 ? "long" : "short";
    const entry: Marker = { time: trade.entryTime, price: trade.entryPrice, action: `enter ${side}` };
    if (trade.reason === "open") return [entry];
    return [entry, { time: trade.exitTime, price: trade.exitPrice, action: `exit ${side}` }];
  });
  return markers.sort((left, right) => left.time - right.time);
}
