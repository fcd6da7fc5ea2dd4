import type { Instrument } from "../candle/instrument.ts";
import type { Account } from "../engine/account.ts";
import { brokenMinimum, roundToLot, wantedQuantity } from "../strategy/sizing.ts";
import type { ExactGrid } from "./exact-grid.ts";
import { affordableQuantity } from "./fee.ts";
import type { Order } from "./order.ts";
import { RefusalLog } from "./refusal.ts";
import { slippedPrice } from "./slippage.ts";
import type { VenueSettings } from "./venue-settings.ts";

/** Where an entry is sized: its instrument, the volume of the candle, the volatility a year known at the decision. */
export interface SizingSite {
  readonly instrument: Instrument;
  readonly volume: number;
  readonly volatility: number;
  /** The exact grid, where sizes are fixed at the decision. */
  readonly grid: ExactGrid | undefined;
  /** What the account is taken to be worth and to hold; as it is when left out. */
  readonly purse: Purse | undefined;
}

/** Equity, and the value of all positions, longs and shorts both counted positive. */
export interface Purse {
  readonly equity: number;
  readonly exposure: number;
}

/** Share by which a cost may pass the free margin before it counts as not covered: float error of the sums. */
const MARGIN_TOLERANCE = 1e-9;

/** Sizes entries by the run's rule, the free margin and the instrument's grid, and counts those it refuses. */
export class EntrySizer {
  readonly refusals = new RefusalLog();
  /** Sees which rule an order broke that was refused. */
  observer: ((order: Order, rule: string) => void) | undefined;
  private readonly account: Account;
  private readonly settings: VenueSettings;

  constructor(account: Account, settings: VenueSettings) {
    this.account = account;
    this.settings = settings;
  }

  /** Quantity left of an entry, sized at its first fill; 0 where it is refused. */
  quantity(order: Order, site: SizingSite, price: number, taker: boolean): number {
    if (order.filled > 0) {
      const rest = this.affordablePart(order, site, order.quantity - order.filled, price, taker);
      return lots(site, rest);
    }
    const guess = this.sized(order, site, price, taker);
    // Volume slippage depends on the quantity it is asked for: once more at the price that the first answer gives.
    const slipped = taker ? this.slipped(site, price, order.side, Number.isNaN(guess) ? 0 : guess) : price;
    const wanted = slipped === price ? guess : this.sized(order, site, slipped, taker);
    if (!(wanted > 0)) {
      this.refuse(order, site, { rule: Number.isNaN(wanted) ? "sizing" : "cash", quantity: wanted, price: slipped });
      return 0;
    }
    const quantity = this.affordablePart(order, site, wanted, slipped, taker);
    if (quantity === 0) return 0;
    const rounded = lots(site, quantity);
    const broken = brokenMinimum(site.instrument, rounded, slipped);
    if (broken !== undefined) {
      this.refuse(order, site, { rule: broken, quantity, price: slipped });
      return 0;
    }
    order.quantity = rounded;
    return rounded;
  }

  private sized(order: Order, site: SizingSite, price: number, taker: boolean): number {
    if (!Number.isNaN(order.quantity)) return order.quantity;
    const equity = site.purse === undefined ? this.account.equity() : site.purse.equity;
    if (!Number.isNaN(order.share)) return (order.share * equity) / price;
    const { fees, sizing } = this.settings;
    const stop = Number.isNaN(order.legStop) ? price - order.side * order.legTrail : order.legStop;
    return (
      order.scale *
      wantedQuantity(sizing, {
        price,
        equity,
        affordable: this.affordable(site, price, taker),
        side: order.side,
        // What leaves at the stop pays slippage too.
        stop: this.slipped(site, stop, -order.side, 0),
        feeRate: fees.taker,
        feePerUnit: fees.perUnit,
        volatility: site.volatility,
      })
    );
  }

  private affordablePart(order: Order, site: SizingSite, quantity: number, price: number, taker: boolean): number {
    const most = this.affordable(site, price, taker);
    if (quantity <= most * (1 + MARGIN_TOLERANCE)) return Math.min(quantity, most);
    if (this.settings.whenShort === "shrink" && most > 0) return most;
    this.refuse(order, site, { rule: "cash", quantity, price });
    order.quantity = Number.NaN;
    return 0;
  }

  private affordable(site: SizingSite, price: number, taker: boolean): number {
    const { fees, leverage } = this.settings;
    const { equity, exposure } = site.purse ?? this.purse();
    const budget = equity - exposure / leverage;
    return affordableQuantity(fees, taker ? fees.taker : fees.maker, { budget, price, leverage });
  }

  /** Price of a taking fill after slippage. */
  slipped(site: SizingSite, price: number, side: number, quantity: number): number {
    return slippedPrice(this.settings.slippage, price, side, {
      quantity,
      volume: site.volume,
      tick: site.instrument.tick,
    });
  }

  /** The account as it is. */
  purse(): Purse {
    return { equity: this.account.equity(), exposure: this.account.exposure() };
  }

  private refuse(
    order: Order,
    site: SizingSite,
    { rule, quantity, price }: { rule: string; quantity: number; price: number },
  ): void {
    this.observer?.(order, rule);
    this.refusals.add(rule, () => {
      const { equity, exposure } = site.purse ?? this.purse();
      const cash = equity - exposure / this.settings.leverage;
      const { symbol } = site.instrument;
      if (rule === "sizing") return `${symbol}: the entry at ${price} has no stop or volatility to size it by`;
      return `${symbol}: quantity ${quantity} at ${price}, free cash ${cash}`;
    });
  }
}

function lots(site: SizingSite, quantity: number): number {
  return site.grid === undefined ? roundToLot(quantity, site.instrument.lot) : site.grid.quantity(quantity);
}
