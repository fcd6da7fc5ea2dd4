import type { DeskOrder } from "../order/desk-order.ts";
import type { OrderFill } from "../order/order-event.ts";
import type { ClientOrderId } from "../order/order-id.ts";
import { add, type Decimal, type Money, notional, type Price, type Quantity, subtract } from "./decimal.ts";
import type { Side } from "./decimal-grid.ts";
import type { Ledger } from "./ledger.ts";
import type { FillBooked, LedgerEvent } from "./ledger-event.ts";

/** An order as the venue shows it. `filled` is its own count. */
export interface VenueOrder {
  /** As sent by whoever placed it; undefined where they sent none. */
  readonly clientOrderId: string | undefined;
  readonly venueOrderId: string;
  readonly instrument: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly limit: Price | undefined;
  readonly stop: Price | undefined;
  readonly filled: Quantity;
  readonly status: "open" | "filled" | "canceled" | "expired" | "rejected";
}

/** A trade as the venue shows it. */
export interface VenueFill extends OrderFill {
  readonly clientOrderId: string | undefined;
  readonly venueOrderId: string;
  readonly instrument: string;
  readonly quote: string;
  readonly side: Side;
}

/**
 * What a venue says of an account when asked. It is asked for orders first, then for positions and balances, and for
 * trades last: so no order and no position holds a trade that the report does not tell.
 */
export interface VenueReport {
  /** When it was asked, UTC ms. */
  readonly askedAt: number;
  /** Orders that are open and those that ended since the last report. `ordersComplete`: there are no others. */
  readonly orders: readonly VenueOrder[];
  readonly ordersComplete: boolean;
  /** Trades since the cursor of the last sweep, of all orders. `fillsComplete`: the sweep came to its end. */
  readonly fills: readonly VenueFill[];
  readonly fillsComplete: boolean;
  /** Deposits, withdrawals, fees and funding since that cursor. */
  readonly movements: readonly Exclude<LedgerEvent, FillBooked>[];
  /** Signed; instruments that are left out are flat. Undefined where the venue keeps none. */
  readonly positions: ReadonlyMap<string, Quantity> | undefined;
  /** Money by currency, as the ledger counts cash. Undefined where it was not asked for. */
  readonly balances: ReadonlyMap<string, Money> | undefined;
}

/** What we know of the account. */
export interface OurBooks {
  /** Every order whose end is not certain, and each that ended since the cursor of the sweep. */
  readonly orders: readonly DeskOrder[];
  readonly ledger: Ledger;
  /** Ids of ledger events that are booked, of fills by `fillId`. */
  readonly booked: ReadonlySet<string>;
  /** How the ids of our bots' orders begin. */
  readonly botPrefixes: ReadonlySet<string>;
  /** Orders that heard or were sent something since the report was asked for: of them it may tell old news. */
  readonly touched: ReadonlySet<ClientOrderId>;
  /** How late this venue may show an order that it took, ms. */
  readonly lateAcceptMs: number;
  /** How far a balance may be off by the venue's own rounding. */
  readonly balanceTolerance: Money;
  /** What differed at the last reconciliation, by its key; see `Difference`. */
  readonly differences: ReadonlyMap<string, string>;
}

/** The ledger's id of a trade. */
export function fillId(tradeId: string): string {
  return `fill:${tradeId}`;
}

/**
 * A trade as the ledger books it; `order` is undefined for one that was not ours. A fee in kind is booked as what it is
 * worth at the trade's price: what was paid in all stays the same, and what is held is what came.
 */
export function fillBooked(fill: VenueFill, order: ClientOrderId | undefined): FillBooked {
  const { tradeId, at, instrument, quote, side, price } = fill;
  return {
    type: "fill",
    ...{ id: fillId(tradeId), at, order, instrument, quote, side, price },
    quantity: heldOf(fill),
    fee: fill.feeInKind === true ? worthOfFee(fill) : fill.fee,
    feeCurrency: fill.feeInKind === true ? quote : fill.feeCurrency,
  };
}

/** A trade as an order keeps it. */
export function orderFill({
  tradeId,
  quantity,
  price,
  fee,
  feeCurrency,
  feeInKind,
  liquidity,
  at,
}: VenueFill): OrderFill {
  const plain = { tradeId, quantity, price, fee, feeCurrency, liquidity, at };
  return feeInKind === true ? { ...plain, feeInKind } : plain;
}

/** How much a trade changed what is held by, unsigned: less than was bought where the fee was taken from it. */
export function heldOf({ side, quantity, fee, feeInKind }: Pick<VenueFill, "side" | "quantity" | "fee" | "feeInKind">) {
  if (feeInKind !== true) return quantity;
  return side === "buy" ? (subtract<Decimal>(quantity, fee) as Quantity) : (add<Decimal>(quantity, fee) as Quantity);
}

/** Values of what was traded and of what came of it, apart: rounded each, so that the cash is to the last digit the venue's. */
function worthOfFee(fill: VenueFill): Money {
  const traded = notional(fill.price, fill.quantity, "half-even");
  const held = notional(fill.price, heldOf(fill), "half-even");
  return fill.side === "buy" ? subtract(traded, held) : subtract(held, traded);
}
