import { NO_MONEY } from "../../../core/ledger/decimal.ts";
import { ledgerEventText } from "../../../core/ledger/ledger-event-text.ts";
import { fillBooked } from "../../../core/ledger/venue-report.ts";
import { isOpenState } from "../../../core/order/order-table.ts";
import type { Plant } from "./planted-bug.ts";

/** Safety rules about what is kept of orders and money. */
export const BOOK_PLANTS = {
  "late-fill-dropped": {
    after({ books }, { store }) {
      const fill = books.fill.bind(books);
      books.fill = (told, id) => {
        const order = id === undefined ? undefined : books.order(id)?.order;
        const booking = fillBooked(told, order?.id);
        if (order === undefined || isOpenState(order.state)) fill(told, id);
        else if (!store.isBooked(booking.id)) store.book(booking.id, ledgerEventText(booking));
      };
    },
  },
  "changed-in-place": {
    after({ books }) {
      const put = books.putScope.bind(books);
      books.putScope = (name, next) => {
        const before = books.scope(name).ledger;
        const known = before.balances.size > 0 && before !== next.ledger;
        put(name, known ? { ...next, ledger: Object.assign(before, next.ledger) } : next);
      };
    },
  },
  "fee-not-booked": {
    after({ books }) {
      const book = books.book.bind(books);
      books.book = (event, bot) => book(event.type === "fill" ? { ...event, fee: NO_MONEY } : event, bot);
    },
  },
  "external-dropped": {
    after({ books }) {
      const book = books.book.bind(books);
      books.book = (event, bot) => (event.type === "fill" && event.order === undefined ? undefined : book(event, bot));
    },
  },
  "not-found-is-rejection": {
    after({ books }) {
      const hear = books.hear.bind(books);
      books.hear = (id, event) => {
        const unknown = books.order(id)?.order.state === "UNKNOWN";
        return hear(id, unknown && event.type === "missing" ? { type: "rejected", code: "NOT_FOUND" } : event);
      };
    },
  },
  "replacement-believed": {
    after({ books }) {
      const hear = books.hear.bind(books);
      books.hear = (id, event) => {
        const order = hear(id, event);
        if (event.type !== "replace-requested" || order === undefined) return order;
        const { revision } = event.replacement;
        return hear(id, { type: "replaced", revision, venueOrderId: order.venueOrderIds[0] ?? "" });
      };
    },
  },
  "old-news-believed": { after: ({ books }) => (books.touched.add = () => books.touched) },
  "cancel-is-canceled": {
    after({ cancels, books }) {
      const request = cancels.request.bind(cancels);
      cancels.request = (ids) =>
        books.write(() => {
          const count = request(ids);
          for (const id of ids) {
            const order = books.order(id)?.order;
            if (order?.state === "PENDING_CANCEL") books.hear(id, { type: "canceled", filled: order.filled });
          }
          return count;
        });
    },
  },
} satisfies Record<string, Plant>;
