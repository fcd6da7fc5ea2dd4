import { emptyLedger } from "../ledger/ledger.ts";
import type { OurBooks, VenueFill, VenueOrder, VenueReport } from "../ledger/venue-report.ts";
import { botPrefix } from "../order/order-id.ts";
import { fillOf, intentOf, money, price, quantity } from "./orders.ts";

const { id: ID, instrument: INSTRUMENT } = intentOf();
/** When the venue was asked. */
export const ASKED_AT = 1_700_000_000_000;

/** Books that hold nothing, but for `parts`. */
export function booksOf(parts: Partial<OurBooks> = {}): OurBooks {
  return {
    orders: [],
    ledger: emptyLedger("fifo"),
    booked: new Set(),
    botPrefixes: new Set([botPrefix({ account: "account-1", bot: "bot-1" })]),
    touched: new Set(),
    lateAcceptMs: 0,
    balanceTolerance: money("0"),
    differences: new Map(),
    ...parts,
  };
}

/** A report of a venue that has nothing, and says so of all orders and trades, but for `parts`. */
export function reportOf(parts: Partial<VenueReport> = {}): VenueReport {
  const whole = { ordersComplete: true, fillsComplete: true, positions: undefined, balances: undefined };
  return { askedAt: ASKED_AT, orders: [], fills: [], movements: [], ...whole, ...parts };
}

/** The order of `intentOf` as a venue shows it, open and without a trade. */
export function venueOrderOf(parts: Partial<VenueOrder> = {}): VenueOrder {
  const form = {
    instrument: INSTRUMENT,
    side: "buy",
    quantity: quantity("10"),
    limit: price("100"),
    stop: undefined,
  } as const;
  return { clientOrderId: ID, venueOrderId: "v1", ...form, filled: quantity("0"), status: "open", ...parts };
}

/** A trade of that order. */
export function venueFillOf(tradeId: string, size: string, parts: Partial<VenueFill> = {}): VenueFill {
  const whose = { clientOrderId: ID, venueOrderId: "v1", instrument: INSTRUMENT, quote: "USD", side: "buy" } as const;
  return { ...fillOf(tradeId, size), ...whose, ...parts };
}
