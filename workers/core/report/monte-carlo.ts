import type { TradeRow } from "../engine/trade-log.ts";
import { sortedQuantile } from "./formulas.ts";
import { Random } from "./random.ts";

/** Steps (paths x trades) of one simulation: a bound on its time, about 30 ms. */
const STEPS_MAX = 2_000_000;
/** Points of the bands: more than the chart can show apart are of no use. */
const BAND_POINTS_MAX = 100;
/** Fewer trades than this say nothing about their own distribution. */
const TRADES_MIN = 5;
/** Share of trades that may begin before the one before has ended: more, and one after another is not how they ran. */
const OVERLAP_MAX = 0.1;

/** Bands of equity (as multiples of the start) over the trades done, and what the paths say. */
export interface MonteCarlo {
  readonly paths: number;
  readonly method: string;
  readonly trade: number[];
  readonly p05: number[];
  readonly p25: number[];
  readonly p50: number[];
  readonly p75: number[];
  readonly p95: number[];
  readonly lossProbability: number;
  readonly drawdownP50: number;
  readonly drawdownP95: number;
  readonly finalP05: number;
  readonly finalP50: number;
  readonly finalP95: number;
}

/**
 * Plays the trades again, each as its share of the equity it was entered with. Bands, final equity and the chance of a
 * loss come from trades drawn with replacement; draw-downs from the same trades in another order, which keeps the end
 * and changes the way there. Undefined with fewer than five trades, no paths, or trades that overlap: played one
 * after another those would hide what they lose together.
 */
export function monteCarlo(trades: readonly TradeRow[], wanted: number, seed: number): MonteCarlo | undefined {
  if (trades.length < TRADES_MIN || wanted <= 0 || overlap(trades) > OVERLAP_MAX) return undefined;
  const returns = Float64Array.from(trades, (trade) => Math.max(-1, trade.profit / trade.equityBefore));
  const paths = Math.max(1, Math.min(wanted, Math.floor(STEPS_MAX / 2 / returns.length)));
  const random = new Random(seed);
  const marks = bandMarks(returns.length);
  const bands = marks.map(() => new Float64Array(paths));
  const drawdowns = new Float64Array(paths);
  for (let path = 0; path < paths; path++) {
    resample(returns, random, marks, (mark, equity) => {
      bands[mark][path] = equity;
    });
    drawdowns[path] = shuffledDrawdown(returns, random);
  }
  for (const band of bands) band.sort();
  drawdowns.sort();
  const finals = bands[bands.length - 1];
  const level = (q: number) => bands.map((band) => sortedQuantile(band, q));
  return {
    paths,
    method: "trades drawn with replacement; draw-downs from shuffled trades",
    trade: marks.map((mark) => mark + 1),
    p05: level(0.05),
    p25: level(0.25),
    p50: level(0.5),
    p75: level(0.75),
    p95: level(0.95),
    lossProbability: finals.filter((equity) => equity < 1).length / paths,
    drawdownP50: sortedQuantile(drawdowns, 0.5),
    drawdownP95: sortedQuantile(drawdowns, 0.95),
    finalP05: sortedQuantile(finals, 0.05),
    finalP50: sortedQuantile(finals, 0.5),
    finalP95: sortedQuantile(finals, 0.95),
  };
}

/** Share of trades that begin before an earlier one has ended. */
export function overlap(trades: readonly TradeRow[]): number {
  const sorted = [...trades].sort((a, b) => a.entryTime - b.entryTime);
  let until = Number.NEGATIVE_INFINITY;
  let count = 0;
  for (const { entryTime, exitTime } of sorted) {
    if (entryTime < until) count++;
    until = Math.max(until, exitTime);
  }
  return trades.length === 0 ? 0 : count / trades.length;
}

/** Trades after which the bands are measured: evenly spread, the last one included. */
function bandMarks(trades: number): number[] {
  const points = Math.min(BAND_POINTS_MAX, trades);
  return Array.from({ length: points }, (_, index) => Math.ceil(((index + 1) * trades) / points) - 1);
}

function resample(
  returns: Float64Array,
  random: Random,
  marks: readonly number[],
  record: (mark: number, equity: number) => void,
): void {
  let equity = 1;
  let mark = 0;
  for (let i = 0; i < returns.length; i++) {
    equity *= 1 + returns[random.below(returns.length)];
    if (i === marks[mark]) record(mark++, equity);
  }
}

/** Shuffles the returns in place (Fisher and Yates) and walks them: the deepest fall below a peak, the start included. */
function shuffledDrawdown(returns: Float64Array, random: Random): number {
  let equity = 1;
  let peak = 1;
  let deepest = 0;
  for (let i = returns.length - 1; i >= 0; i--) {
    const j = random.below(i + 1);
    const chosen = returns[j];
    returns[j] = returns[i];
    returns[i] = chosen;
    equity *= 1 + chosen;
    if (equity > peak) peak = equity;
    else if (1 - equity / peak > deepest) deepest = 1 - equity / peak;
  }
  return deepest;
}
