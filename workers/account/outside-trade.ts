import { NO_QUANTITY } from "../core/ledger/decimal.ts";
import { fillBooked, orderFill, type VenueFill } from "../core/ledger/venue-report.ts";
import { applyOrderEvent } from "../core/order/apply-order-event.ts";
import { newDeskOrder } from "../core/order/desk-order.ts";
import type { OrderEvent } from "../core/order/order-event.ts";
import { clientOrderId } from "../core/order/order-id.ts";
import { EXTERNAL_BOT } from "./desk-account.ts";
import type { DeskBooks } from "./desk-books.ts";

/** What asked for an order that was placed elsewhere. */
export const ELSEWHERE = "elsewhere";

/**
 * Books a trade of no order of ours, once, and lists it as an order that was placed elsewhere and is filled, so that lists of
 * orders and trades add up to what is held, and whoever hears of trades hears of it. Inside a write.
 */
export function bookOutsideTrade(books: DeskBooks, fill: VenueFill): void {
  if (books.isBooked(fillBooked(fill, undefined).id)) return;
  books.fill(fill, undefined);
  const { tradeId, instrument, side, quantity } = fill;
  const account = books.account.id;
  // Of the trade, not of the venue's order: that may trade in parts, and how large it is nobody said.
  const leg = `trade:${tradeId}`;
  const id = clientOrderId({ account, bot: EXTERNAL_BOT, candleTime: 0, leg, ordinal: 0 });
  if (books.order(id) !== undefined || quantity <= NO_QUANTITY) return;
  const intent = {
    ...({ id, account, bot: EXTERNAL_BOT, instrument, side, kind: "market", quantity, role: "external" } as const),
    ...{ limit: undefined, stop: undefined, trail: undefined, parent: undefined },
    ...{ reduceOnly: false, signal: ELSEWHERE },
  };
  const events: readonly OrderEvent[] = [{ type: "submit" }, { type: "fill", fill: orderFill(fill) }];
  const order = events.reduce(applyOrderEvent, newDeskOrder(intent));
  books.putOrder({ order, verdict: undefined, createdAt: fill.at, updatedAt: books.now() }, events);
}
