import type { z } from "zod";
import { CHART_CANDLES_MAX } from "../../schema/wire/dataset.ts";
import type { PreviewStrategy, StrategyPreview } from "../../schema/wire/strategy.ts";
import { divides, timeframeMs } from "../core/candle/timeframe.ts";
import { createRun } from "../core/engine/run.ts";
import { DEFAULT_SETTINGS } from "../core/engine/settings.ts";
import { invalid } from "../platform/problem-error.ts";
import { findDataset } from "./dataset.ts";
import { checkParameters, createProgram } from "./resolve-strategy.ts";
import type { ServiceContext } from "./service-context.ts";
import { indicatorsOf, readWindow, type StrategyWindow, type WindowInput } from "./strategy-window.ts";

type PreviewInput = z.infer<typeof PreviewStrategy>;
type Marker = StrategyPreview["markers"][number];

// More arrows than a chart can show apart.
const MARKERS_MAX = 1_000;

/**
 * What a plain run of a rule text would have done on candles, the newest `CHART_CANDLES_MAX` of the period: the entries
 * and exits that it would have taken, not every condition that was true, and the rules' indicators. A text with errors
 * answers its diagnostics and nothing else. Throws 404 for the dataset, 422 for timeframe, period and parameters.
 */
export async function previewStrategy(call: { ctx: ServiceContext; input: PreviewInput }): Promise<StrategyPreview> {
  const { ctx, input } = call;
  const row = await findDataset(ctx, input.datasetId);
  const { timeframe } = input;
  if (!divides(row.timeframe, timeframe)) {
    throw invalid("timeframe", `must be a multiple of the dataset's, ${row.timeframe}`, timeframe);
  }
  const to = Math.min(input.to ?? row.toMs, row.toMs);
  const from = Math.max(input.from ?? row.fromMs, row.fromMs, to - CHART_CANDLES_MAX * timeframeMs(timeframe));
  if (from >= to) throw invalid("from", "must be before to and before the end of the data", input.from);
  const { diagnostics } = ctx.strategies.check(input.document);
  const empty = { diagnostics, timeframe, from, to, candles: 0, markers: [], truncated: false, indicators: null };
  if (diagnostics.some((diagnostic) => diagnostic.severity === "error")) return empty;
  const strategy = ctx.strategies.compile(input.document);
  const parameters = checkParameters(strategy.parameters, input.parameters, "parameters");
  const { symbol } = row.instrument;
  // Refuses rules that name another instrument before any candle is read.
  createProgram(strategy, parameters, { timeframe, symbols: [symbol], symbol });
  const asked = { rows: [row], symbol, timeframe, strategy, parameters, from, to };
  const window = await readWindow(ctx, asked);
  if (window.shown === 0) return empty;
  const all = markersOf(window, asked);
  const markers = all.slice(-MARKERS_MAX);
  return {
    ...empty,
    candles: window.shown,
    markers,
    truncated: markers.length < all.length,
    indicators: indicatorsOf(window, asked),
  };
}

/** Entries and exits of a plain run that keeps what is open at the end, oldest first. */
function markersOf({ instruments, candles, from }: StrategyWindow, input: WindowInput): Marker[] {
  const { strategy, parameters, timeframe } = input;
  const run = createRun({
    ...{ instruments, timeframe, from, strategy, parameters, checks: "bare" },
    settings: { ...DEFAULT_SETTINGS, end: "keep" },
  });
  run.push(candles);
  const { main } = run.finish();
  const markers = [...main.trades.rows(), ...main.open].flatMap((trade): Marker[] => {
    const side = trade.quantity > 0 ? "long" : "short";
    const entry: Marker = { time: trade.entryTime, price: trade.entryPrice, action: `enter ${side}` };
    if (trade.reason === "open") return [entry];
    return [entry, { time: trade.exitTime, price: trade.exitPrice, action: `exit ${side}` }];
  });
  return markers.sort((left, right) => left.time - right.time);
}
