import type { CandleColumns } from "../candle/candle.ts";
import type { Venue } from "../fill/venue.ts";
import type { Block, BlockInstrument } from "./block.ts";
import { fundingTimes } from "./funding.ts";
import { isFresh, type MomentWalker } from "./moment-walker.ts";

/** Takes candles to the simulated venue: whole, or by the finer ones inside, where an order can be reached at all. */
export class CandleWalker implements MomentWalker {
  private readonly venue: Venue;
  private readonly fundingRate: number;
  private readonly stepMs: number;
  /** Whether each instrument's running candle has met its open. */
  private readonly opened: boolean[] = [];

  /** `stepMs` is the length of the run's candles, `fundingRate` a share of the position at each funding time. */
  constructor(venue: Venue, { fundingRate, stepMs }: { fundingRate: number; stepMs: number }) {
    this.venue = venue;
    this.fundingRate = fundingRate;
    this.stepMs = stepMs;
  }

  /**
   * The candles of one moment: all instruments meet their opens before any of them goes on, so that no later price of
   * one decides what another does at the open. Inside the candle they go one by one, in the order of their names: how
   * their prices interleave there nobody knows.
   */
  walkMoment(block: Block, at: readonly number[], time: number): void {
    const { positions } = this.venue.account;
    const several = positions.length > 1;
    block.instruments.forEach((part, index) => {
      if (!isFresh(block, at, index, time)) return;
      this.venue.books[index].candle++;
      positions[index].mark = part.candles.open[at[index]];
    });
    if (several) {
      block.instruments.forEach((part, index) => {
        if (isFresh(block, at, index, time)) this.open(index, part, at[index]);
      });
    }
    block.instruments.forEach((part, index) => {
      if (!isFresh(block, at, index, time)) return;
      if (several) this.goOn(index, part, at[index]);
      else this.step(index, part, at[index]);
    });
  }

  /** Meets the open of a candle; `goOn` takes it from there. */
  private open(index: number, part: BlockInstrument, i: number): void {
    this.opened[index] = this.meetOpen(index, part, i);
  }

  /** Says whether anything in the candle could be reached. */
  private meetOpen(index: number, part: BlockInstrument, i: number): boolean {
    this.fund(index, part, i, "before");
    // The other positions' marks have moved the liquidation price, so the bounds are set anew.
    this.venue.settle(index);
    if (!this.reachable(index, part, i)) return false;
    const [candles, k] = firstInside(part, i);
    this.venue.begin(index, candles.time[k], candles.volume[k]);
    this.venue.walkOpen(candles.open[k]);
    return true;
  }

  /** The rest of a candle whose open has been met. */
  private goOn(index: number, part: BlockInstrument, i: number): void {
    const { high, low, close } = part.candles;
    const position = this.venue.account.positions[index];
    if (this.opened[index]) {
      const [candles, k] = firstInside(part, i);
      this.venue.resume(index, candles.time[k], candles.volume[k]);
      this.venue.walkOn(candles.open[k], candles.high[k], candles.low[k], candles.close[k]);
      if (candles !== part.candles) this.walkInside(index, part, k + 1, part.fineFrom?.[i + 1] ?? 0);
    } else {
      this.venue.settle(index);
      if (this.reachable(index, part, i)) this.walk(index, part, i);
      else if (position.quantity !== 0) position.extend(high[i], low[i]);
    }
    position.mark = close[i];
    this.fund(index, part, i, "after");
  }

  private reachable(index: number, { candles }: BlockInstrument, i: number): boolean {
    const { restless, floor, ceiling, candle, expiry } = this.venue.books[index];
    return restless || candles.low[i] <= floor || candles.high[i] >= ceiling || candle >= expiry;
  }

  /** One candle of one instrument: funding, orders where any can be reached, the mark. */
  step(index: number, part: BlockInstrument, i: number): void {
    const { high, low, close } = part.candles;
    const position = this.venue.account.positions[index];
    this.fund(index, part, i, "before");
    if (this.reachable(index, part, i)) {
      this.walk(index, part, i);
    } else if (position.quantity !== 0) {
      position.extend(high[i], low[i]);
    }
    position.mark = close[i];
    this.fund(index, part, i, "after");
  }

  /** Market orders meet the close, with what the candle may still fill. */
  fillAtClose(index: number, part: BlockInstrument, i: number): void {
    this.venue.resume(index, part.candles.time[i] + this.stepMs, part.candles.volume[i]);
    this.venue.meetMarkets(part.candles.close[i]);
  }

  private walk(index: number, part: BlockInstrument, i: number): void {
    const { candles } = part;
    const [first, from] = firstInside(part, i);
    if (first !== candles) {
      this.walkInside(index, part, from, part.fineFrom?.[i + 1] ?? 0);
      return;
    }
    this.venue.begin(index, candles.time[i], candles.volume[i]);
    this.venue.walk(candles.open[i], candles.high[i], candles.low[i], candles.close[i]);
  }

  /** Walks the finer candles `from` to `to`. */
  private walkInside(index: number, { fine }: BlockInstrument, from: number, to: number): void {
    for (let k = from; fine !== undefined && k < to; k++) {
      this.venue.begin(index, fine.time[k], fine.volume[k]);
      this.venue.walk(fine.open[k], fine.high[k], fine.low[k], fine.close[k]);
    }
  }

  /** Funding due at the open is paid by who held before it at the open; due inside the candle, at its close. */
  fund(index: number, part: BlockInstrument, i: number, when: "before" | "after"): void {
    const rate = this.fundingRate;
    if (rate === 0 || this.venue.account.positions[index].quantity === 0) return;
    const open = part.candles.time[i];
    const times = when === "before" ? fundingTimes(open, open + 1) : fundingTimes(open + 1, open + this.stepMs);
    const price = when === "before" ? part.candles.open[i] : part.candles.close[i];
    if (times === 0) return;
    this.venue.account.fund(index, rate * times, price);
    this.venue.settle(index);
  }
}

/** The candle itself, or the first of the finer ones that it is walked by. */
function firstInside(part: BlockInstrument, i: number): [CandleColumns, number] {
  const { candles, fine, fineFrom } = part;
  const from = fineFrom?.[i] ?? 0;
  const finer = fine !== undefined && (fineFrom?.[i + 1] ?? 0) - from > 1;
  return finer ? [fine, from] : [candles, i];
}
