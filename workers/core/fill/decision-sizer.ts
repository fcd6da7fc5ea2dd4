import type { Purse } from "./entry-sizer.ts";
import { orderFee, rateFee } from "./fee.ts";
import { LIMIT, MARKET, makeOrder, type OrderDraft, STOP_LIMIT } from "./order.ts";
import { isMarketable } from "./reach.ts";
import type { VenueBooks } from "./venue-books.ts";
import type { VenueSettings } from "./venue-settings.ts";

/** Prices from here on have no decimal text that the desk takes. */
const PRICE_END = 1e18;

type Draft = Omit<OrderDraft, "id">;

/**
 * Fixes the size and the prices of orders at the close that decides on them, on the exact grid: what a desk can send. The
 * fill then only takes away what the cash does not cover.
 */
export class DecisionSizer {
  private readonly venue: VenueBooks;
  private readonly settings: Pick<VenueSettings, "fees">;

  constructor(venue: VenueBooks, settings: Pick<VenueSettings, "fees">) {
    this.venue = venue;
    this.settings = settings;
  }

  /** The entry with its size, or undefined where it is refused, which is then counted. */
  entry(index: number, draft: Draft): Draft | undefined {
    const { account, sizer, volumes } = this.venue;
    const close = account.positions[index].mark;
    const priced = this.priced(index, draft);
    const order = makeOrder({ ...priced, id: 0 });
    const limited = order.kind === LIMIT || order.kind === STOP_LIMIT;
    const reference = limited ? order.limit : order.kind === MARKET ? close : order.stop;
    const possible = (price: number) => price > 0 && price < PRICE_END;
    if (!possible(reference) || !possible(close) || (order.kind === STOP_LIMIT && !possible(order.stop))) {
      sizer.refusals.add("price", () => `an entry must have a price above 0 and below ${PRICE_END}, was ${reference}`);
      return undefined;
    }
    const taker = order.kind !== LIMIT || isMarketable(order, close);
    const site = { ...this.venue.site(index, volumes[index]), purse: this.purseWhenFlat(index, order.side) };
    const quantity = sizer.quantity(order, site, reference, taker);
    return quantity > 0 ? { ...priced, quantity, equity: account.equity() } : undefined;
  }

  /** All that is held. */
  exit(index: number, draft: Draft): Draft {
    const held = Math.abs(this.venue.account.positions[index].quantity);
    return { ...draft, quantity: this.venue.grids?.[index].quantity(held) ?? held };
  }

  private priced(index: number, draft: Draft): Draft {
    const grid = this.venue.grids?.[index];
    if (grid === undefined) return draft;
    const leg = (price: number) => (price > 0 && price < PRICE_END ? price : Number.NaN);
    const { side, limit = Number.NaN, stop = Number.NaN } = draft;
    const { legStop = Number.NaN, legTarget = Number.NaN, legTrail = Number.NaN } = draft;
    const bounded = (price: number) => (Math.abs(price) < PRICE_END ? price : Number.POSITIVE_INFINITY);
    return {
      ...draft,
      limit: Number.isNaN(limit) ? limit : grid.price(bounded(limit), side > 0 ? "down" : "up"),
      stop: Number.isNaN(stop) ? stop : grid.price(bounded(stop), "nearest"),
      legStop: leg(grid.price(leg(legStop), "nearest")),
      legTarget: leg(grid.price(leg(legTarget), "nearest")),
      // Never closer than asked, so that a small distance does not become none.
      legTrail: leg(grid.price(leg(legTrail), "up")),
    };
  }

  /** The account as if a position against `side` had been closed at the last close, slippage and fee paid. */
  private purseWhenFlat(index: number, side: number): Purse | undefined {
    const { account, sizer, volumes } = this.venue;
    const { quantity, mark } = account.positions[index];
    if (quantity * side >= 0) return undefined;
    const size = Math.abs(quantity);
    const { fees } = this.settings;
    const price = sizer.slipped(this.venue.site(index, volumes[index]), mark, side, size);
    const fee = orderFee(fees, rateFee(fees, fees.taker, size, price));
    const { equity, exposure } = sizer.purse();
    return { equity: equity - quantity * mark + quantity * price - fee, exposure: exposure - size * mark };
  }
}
