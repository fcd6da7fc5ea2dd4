import type { RunResult } from "../engine/result.ts";
import type { TradeRow } from "../engine/trade-log.ts";
import { drawBlocks } from "./block-bootstrap.ts";
import { sortedQuantile } from "./formulas.ts";
import { Random } from "./random.ts";
import { dailyReturns } from "./statistics.ts";

/** Steps (paths x trades, or paths x days) of one simulation: about 40 ms, and a thousand paths of eight years. */
const STEPS_MAX = 3_000_000;
/** Points of the bands: more than the chart can show apart are of no use. */
const BAND_POINTS_MAX = 100;
/** Fewer trades than this say nothing about their own distribution. */
export const TRADES_MIN = 5;
/** Share of trades that may begin before the one before has ended: more, and one after another is not how they ran. */
const OVERLAP_MAX = 0.1;
/**
 * Mean length of the blocks that daily returns are drawn in: two weeks of trading. Shorter ones would tear apart what
 * lots held together lose together, longer ones leave too few to draw from; for a thousand days it is the n^(1/3) that
 * the theory of the bootstrap asks for.
 */
export const BLOCK_DAYS_MEAN = 10;
/** Blocks that the returns must be worth: fewer would be drawn over and over. */
const BLOCKS_MIN = 5;

/** Bands of equity (as multiples of the start) over what is resampled, and what the paths say. */
export interface MonteCarlo {
  /** Paths that were walked: fewer than requested where they are long. */
  readonly paths: number;
  readonly requested: number;
  /** What the paths are made of. */
  readonly unit: "trades" | "days" | "weeks";
  readonly method: string;
  /** Trades (days, weeks) done at each point of the bands. */
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
 * Plays the run again by chance. Where its trades followed one another they are drawn again; where they ran at the same
 * time (grid, regular buying), which played one after another would hide what they lose together, blocks of its daily
 * returns are. Undefined where no paths are asked for and where there is too little to draw from.
 */
export function monteCarlo(result: RunResult): MonteCarlo | undefined {
  const { main, definition } = result;
  const { monteCarloPaths: requested, seed, cash } = definition.settings;
  const closed = main.trades.rows();
  const trades = [...closed, ...main.open];
  if (requested <= 0 || trades.length < TRADES_MIN) return undefined;
  const random = new Random(seed);
  if (overlap(trades) <= OVERLAP_MAX) {
    return closed.length < TRADES_MIN ? undefined : resampleTrades(closed, requested, random);
  }
  const returns = dailyReturns(main.daily, cash).map(shareOfEquity);
  if (returns.length < BLOCKS_MIN * BLOCK_DAYS_MEAN) return undefined;
  return resampleReturns(returns, definition.timeframe === "1w" ? "weeks" : "days", requested, random);
}

/**
 * Each trade as its share of the equity it was entered with. Bands, final equity and the chance of a loss come from
 * trades drawn with replacement; draw-downs from the same trades in another order, which keeps the end and changes the
 * way there.
 */
function resampleTrades(trades: readonly TradeRow[], requested: number, random: Random): MonteCarlo {
  const returns = Float64Array.from(trades, (trade) => shareOfEquity(trade.profit / trade.equityBefore));
  const draw = () => returns[random.below(returns.length)];
  // Each path is walked twice: drawn, and shuffled.
  const paths = pathsWithin(requested, 2 * returns.length);
  const bands = new Bands(returns.length, paths);
  for (let path = 0; path < paths; path++) {
    bands.walk(path, draw);
    bands.drawdowns[path] = shuffledDrawdown(returns, random);
  }
  const method = "trades drawn with replacement; draw-downs from shuffled trades";
  return { paths, requested, unit: "trades", method, ...bands.summary() };
}

/** Bands and draw-downs of the same paths, each as long as the run and made of blocks of its returns. */
function resampleReturns(returns: Float64Array, unit: "days" | "weeks", requested: number, random: Random): MonteCarlo {
  const paths = pathsWithin(requested, returns.length);
  const bands = new Bands(returns.length, paths);
  for (let path = 0; path < paths; path++) {
    bands.drawdowns[path] = bands.walk(path, drawBlocks(returns, BLOCK_DAYS_MEAN, random));
  }
  const noun = unit === "days" ? "daily" : "weekly";
  const method = `blocks of ${noun} returns drawn with replacement, ${BLOCK_DAYS_MEAN} ${unit} long on average`;
  return { paths, requested, unit, method, ...bands.summary() };
}

/** A loss is at most everything; what comes after it changes nothing. */
function shareOfEquity(change: number): number {
  return Number.isFinite(change) ? Math.max(-1, change) : 0;
}

function pathsWithin(requested: number, stepsAPath: number): number {
  return Math.max(1, Math.min(requested, Math.floor(STEPS_MAX / stepsAPath)));
}

/** Equity of every path at the points of the bands. */
class Bands {
  readonly drawdowns: Float64Array;
  private readonly steps: number;
  private readonly marks: readonly number[];
  private readonly levels: readonly Float64Array[];

  constructor(steps: number, paths: number) {
    this.steps = steps;
    this.marks = bandMarks(steps);
    this.levels = this.marks.map(() => new Float64Array(paths));
    this.drawdowns = new Float64Array(paths);
  }

  /** Walks one path of drawn returns; its deepest fall below a peak, the start included. */
  walk(path: number, draw: () => number): number {
    let equity = 1;
    let peak = 1;
    let deepest = 0;
    let mark = 0;
    for (let i = 0; i < this.steps; i++) {
      equity *= 1 + draw();
      if (equity > peak) peak = equity;
      else if (1 - equity / peak > deepest) deepest = 1 - equity / peak;
      if (i === this.marks[mark]) this.levels[mark++][path] = equity;
    }
    return deepest;
  }

  summary() {
    const { levels, drawdowns } = this;
    for (const level of levels) level.sort();
    drawdowns.sort();
    const finals = levels[levels.length - 1];
    const band = (q: number) => levels.map((level) => sortedQuantile(level, q));
    return {
      trade: this.marks.map((mark) => mark + 1),
      p05: band(0.05),
      p25: band(0.25),
      p50: band(0.5),
      p75: band(0.75),
      p95: band(0.95),
      lossProbability: finals.filter((equity) => equity < 1).length / finals.length,
      drawdownP50: sortedQuantile(drawdowns, 0.5),
      drawdownP95: sortedQuantile(drawdowns, 0.95),
      finalP05: sortedQuantile(finals, 0.05),
      finalP50: sortedQuantile(finals, 0.5),
      finalP95: sortedQuantile(finals, 0.95),
    };
  }
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

/** Steps after which the bands are measured: evenly spread, the last one included. */
function bandMarks(steps: number): number[] {
  const points = Math.min(BAND_POINTS_MAX, steps);
  return Array.from({ length: points }, (_, index) => Math.ceil(((index + 1) * steps) / points) - 1);
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
