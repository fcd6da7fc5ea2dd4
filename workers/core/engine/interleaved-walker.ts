import type { CandleColumns } from "../candle/candle.ts";
import type { Venue } from "../fill/venue.ts";
import type { Block, BlockInstrument } from "./block.ts";
import { CandleWalker } from "./candle-walker.ts";
import { isFresh, type MomentWalker } from "./moment-walker.ts";

/** The smallest candles that one instrument's candle is walked by, and the next of them. */
interface Stretch {
  readonly index: number;
  readonly part: BlockInstrument;
  readonly candles: CandleColumns;
  readonly end: number;
  at: number;
}

/**
 * Walks a moment by the smallest candles of all instruments in the order of their times, as a market is lived through, and
 * leaves none out: what a venue does that sees the same candles one by one.
 */
export class InterleavedWalker implements MomentWalker {
  private readonly venue: Venue;
  private readonly walker: CandleWalker;

  constructor(venue: Venue, options: { fundingRate: number; stepMs: number }) {
    this.venue = venue;
    this.walker = new CandleWalker(venue, options);
  }

  walkMoment(block: Block, at: readonly number[], time: number): void {
    const stretches: Stretch[] = [];
    block.instruments.forEach((part, index) => {
      if (!isFresh(block, at, index, time)) return;
      this.venue.books[index].candle++;
      this.walker.fund(index, part, at[index], "before");
      stretches.push(stretchOf(index, part, at[index]));
    });
    for (;;) {
      let next = Number.POSITIVE_INFINITY;
      for (const { candles, at: k, end } of stretches) if (k < end) next = Math.min(next, candles.time[k]);
      if (next === Number.POSITIVE_INFINITY) break;
      this.walkTogether(stretches.filter(({ candles, at: k, end }) => k < end && candles.time[k] === next));
    }
    for (const { index, part } of stretches) {
      this.venue.account.positions[index].mark = part.candles.close[at[index]];
      this.walker.fund(index, part, at[index], "after");
    }
  }

  /** All meet their opens before any of them goes on, so that no later price of one decides what another does there. */
  private walkTogether(stretches: readonly Stretch[]): void {
    const { positions } = this.venue.account;
    for (const { index, candles, at } of stretches) positions[index].mark = candles.open[at];
    for (const { index, candles, at } of stretches) {
      this.venue.begin(index, candles.time[at], candles.volume[at]);
      this.venue.walkOpen(candles.open[at]);
    }
    for (const stretch of stretches) {
      const { index, candles, at } = stretch;
      this.venue.resume(index, candles.time[at], candles.volume[at]);
      this.venue.walkOn(candles.open[at], candles.high[at], candles.low[at], candles.close[at]);
      this.venue.volumes[index] = candles.volume[at];
      stretch.at++;
    }
  }
}

function stretchOf(index: number, part: BlockInstrument, i: number): Stretch {
  const { candles, fine, fineFrom } = part;
  if (fine === undefined || fineFrom === undefined) return { index, part, candles, at: i, end: i + 1 };
  return { index, part, candles: fine, at: fineFrom[i], end: fineFrom[i + 1] };
}
