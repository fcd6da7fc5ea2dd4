import type { VenueBooks } from "../fill/venue-books.ts";
import type { Block } from "./block.ts";
import { isFresh, type MomentWalker } from "./moment-walker.ts";

/** Takes candles to a venue that hears of its fills: they move marks, counts and what has expired, and fill nothing. */
export class HeardWalker implements MomentWalker {
  private readonly venue: VenueBooks;

  constructor(venue: VenueBooks) {
    this.venue = venue;
  }

  walkMoment(block: Block, at: readonly number[], time: number): void {
    block.instruments.forEach(({ candles, fine, fineFrom }, index) => {
      if (!isFresh(block, at, index, time)) return;
      const i = at[index];
      const book = this.venue.books[index];
      book.candle++;
      if (book.expiry <= book.candle) book.expire();
      this.venue.account.positions[index].mark = candles.close[i];
      const last = fineFrom === undefined ? -1 : fineFrom[i + 1] - 1;
      this.venue.volumes[index] = fine === undefined || last < 0 ? candles.volume[i] : fine.volume[last];
    });
  }
}
