import type { VenueEvent, VenueTold } from "../brokers/broker.ts";
import { formatDecimal } from "../core/ledger/decimal-text.ts";
import { asClientOrderId } from "../core/order/order-id.ts";
import type { DeskBooks } from "./desk-books.ts";
import { bookOutsideTrade } from "./outside-orders.ts";
import { toldMark } from "./scope-values.ts";

/**
 * Takes in what a venue says, in one piece: events in their order, each once, then prices. Events that were heard before
 * are passed over. False where one in between is missing; what came before the gap is taken in.
 */
export function hearVenue(books: DeskBooks, told: VenueTold): boolean {
  const news = told.events.filter(({ sequence }) => sequence > books.record.venueSequence);
  if (news.length === 0) {
    books.price(() => hearPrices(books, told));
    return true;
  }
  return books.write(() => {
    const isWhole = hearEvents(books, news);
    hearPrices(books, told);
    return isWhole;
  });
}

function hearEvents(books: DeskBooks, news: readonly VenueEvent[]): boolean {
  for (const event of [...news].sort((left, right) => left.sequence - right.sequence)) {
    const heard = books.record.venueSequence;
    if (event.sequence <= heard) continue;
    if (event.sequence > heard + 1) return false;
    hearEvent(books, event);
    books.note({ venueSequence: event.sequence });
  }
  return true;
}

function hearPrices(books: DeskBooks, { marks, marketAt }: VenueTold): void {
  if (marks.length > 0) {
    const known = { ...books.record.marks };
    for (const { instrument, price, at, heardAt, intervalMs } of marks) {
      if ((known[instrument]?.at ?? Number.NEGATIVE_INFINITY) > at) continue;
      known[instrument] = toldMark({ price: formatDecimal(price), at, heardAt, intervalMs }, known[instrument]);
    }
    books.note({ marks: known });
  }
  if (marketAt !== undefined) books.note({ marketAt: Math.max(marketAt, books.record.marketAt ?? marketAt) });
  books.mark();
}

function hearEvent(books: DeskBooks, event: VenueEvent): void {
  switch (event.type) {
    case "accepted":
      books.hear(event.id, { type: "accepted", venueOrderId: event.venueOrderId });
      break;
    case "rejected":
      books.hear(event.id, { type: "rejected", code: event.code });
      break;
    case "fill": {
      const { clientOrderId, venueOrderId } = event.fill;
      const known = clientOrderId === undefined ? undefined : asClientOrderId(clientOrderId);
      const own = known === undefined ? undefined : books.order(known)?.order.id;
      const id = own ?? books.orderOfVenue(venueOrderId)?.order.id;
      if (id === undefined) bookOutsideTrade(books, event.fill);
      else books.fill(event.fill, id);
      break;
    }
    case "canceled":
    case "expired":
      books.hear(event.id, { type: event.type, filled: event.filled });
      break;
    case "replaced":
      books.hear(event.id, { type: "replaced", revision: event.revision, venueOrderId: event.venueOrderId });
      break;
    case "replace-rejected":
      books.hear(event.id, { type: "replace-rejected", revision: event.revision });
      break;
  }
}
