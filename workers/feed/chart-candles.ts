import { CandleAggregator } from "../core/candle/aggregator.ts";
import type { CandleColumns } from "../core/candle/candle.ts";
import { joinCandles, sliceCandles } from "../core/candle/candle.ts";
import type { Timeframe } from "../core/candle/timeframe.ts";
import { candleOpen, divides, TIMEFRAMES, timeframeMs } from "../core/candle/timeframe.ts";
import type { CandleSource } from "./source.ts";
import { clipCandles } from "./source.ts";

/** Candles for a chart and the timeframe that was chosen for them. */
export interface ChartCandles {
  readonly timeframe: Timeframe;
  readonly candles: CandleColumns;
}

/**
 * The candles that open in `[from, to)` at `timeframe` (the series' own where left out), or at the next larger one at
 * which the span holds at most `limit`. `sources` are the series at several timeframes, smallest first: the largest that
 * makes the wanted candles is read, so that a wide span never reads its minutes. A span of more than `limit` weeks is
 * cut to its newest ones.
 */
export async function chartCandles({
  sources,
  from,
  to,
  timeframe,
  limit,
}: {
  readonly sources: readonly CandleSource[];
  readonly from?: number;
  readonly to?: number;
  readonly timeframe?: Timeframe;
  readonly limit: number;
}): Promise<ChartCandles> {
  const [base] = sources;
  const range = { from: Math.max(from ?? base.from, base.from), to: Math.min(to ?? base.to, base.to) };
  const chosen = chooseTimeframe(base, { span: range.to - range.from, timeframe, limit });
  const source = sources.findLast((candidate) => divides(candidate.timeframe, chosen)) ?? base;
  const aligned = { from: candleOpen(range.from, chosen), to: range.to };
  const parts: CandleColumns[] = [];
  const aggregator = new CandleAggregator({ from: source.timeframe, to: chosen });
  for (const month of source.months(aligned)) {
    const candles = clipCandles(await source.read(month), aligned);
    if (source.timeframe === chosen) parts.push(candles);
    else parts.push(trimmed(aggregator.push(candles)));
  }
  parts.push(aggregator.flush());
  const all = joinCandles(parts);
  return { timeframe: chosen, candles: sliceCandles(all, Math.max(0, all.length - limit), all.length) };
}

function chooseTimeframe(
  base: CandleSource,
  { span, timeframe, limit }: { readonly span: number; readonly timeframe?: Timeframe; readonly limit: number },
): Timeframe {
  const least = timeframe !== undefined && divides(base.timeframe, timeframe) ? timeframe : base.timeframe;
  const usable = TIMEFRAMES.slice(TIMEFRAMES.indexOf(least)).filter((candidate) => divides(base.timeframe, candidate));
  return usable.find((candidate) => Math.ceil(span / timeframeMs(candidate)) + 1 <= limit) ?? usable.at(-1) ?? least;
}

function trimmed(candles: CandleColumns): CandleColumns {
  return sliceCandles(candles, 0, candles.length);
}
