import { NO_QUANTITY } from "../core/ledger/decimal.ts";
import { fillBooked, orderFill, type VenueFill, type VenueOrder } from "../core/ledger/venue-report.ts";
import { applyOrderEvent } from "../core/order/apply-order-event.ts";
import { type DeskOrder, newDeskOrder } from "../core/order/desk-order.ts";
import type { OrderEvent } from "../core/order/order-event.ts";
import { clientOrderId } from "../core/order/order-id.ts";
import { EXTERNAL_BOT } from "./desk-account.ts";
import type { DeskBooks } from "./desk-books.ts";

/** What asked for an order that was placed elsewhere. */
const ELSEWHERE = "elsewhere";

interface OutsideOrder extends Pick<DeskOrder, "instrument" | "side" | "kind" | "quantity" | "limit" | "stop"> {
  /** Tells it from others that were placed elsewhere. */
  readonly leg: string;
  /** UTC ms. */
  readonly createdAt: number;
  /** What happened to it since it was submitted. */
  readonly event: OrderEvent;
}

/** An open order that was placed elsewhere: it counts against the caps and is not ours to cancel. Inside a write. */
export function adoptOrder(books: DeskBooks, order: VenueOrder): void {
  const { venueOrderId, instrument, side, quantity, limit, stop } = order;
  const kind =
    limit === undefined ? (stop === undefined ? "market" : "stop") : stop === undefined ? "limit" : "stop-limit";
  const terms = { instrument, side, kind, quantity, limit, stop } as const;
  const event = { type: "accepted", venueOrderId } as const;
  putOutsideOrder(books, { ...terms, leg: venueOrderId, createdAt: books.now(), event });
}

/**
 * Books a trade of no order of ours, once, and lists it as an order that was placed elsewhere and is filled, so that lists of
 * orders and trades add up to what is held, and whoever hears of trades hears of it. Inside a write.
 */
export function bookOutsideTrade(books: DeskBooks, fill: VenueFill): void {
  if (books.isBooked(fillBooked(fill, undefined).id)) return;
  books.fill(fill, undefined);
  const { tradeId, instrument, side, quantity, at } = fill;
  if (quantity <= NO_QUANTITY) return;
  const terms = { instrument, side, kind: "market", quantity, limit: undefined, stop: undefined } as const;
  const event = { type: "fill", fill: orderFill(fill) } as const;
  // Of the trade, not of the venue's order: that may trade in parts, and how large it is nobody said.
  putOutsideOrder(books, { ...terms, leg: `trade:${tradeId}`, createdAt: at, event });
}

function putOutsideOrder(books: DeskBooks, { leg, createdAt, event, ...terms }: OutsideOrder): void {
  const whose = { account: books.account.id, bot: EXTERNAL_BOT };
  const id = clientOrderId({ ...whose, candleTime: 0, leg, ordinal: 0 });
  if (books.order(id) !== undefined) return;
  const rest = { trail: undefined, parent: undefined, role: "external", reduceOnly: false, signal: ELSEWHERE } as const;
  const events: readonly OrderEvent[] = [{ type: "submit" }, event];
  const order = events.reduce(applyOrderEvent, newDeskOrder({ id, ...whose, ...terms, ...rest }));
  books.putOrder({ order, verdict: undefined, createdAt, updatedAt: books.now() }, events);
  books.touched.add(id);
}
