import type { Broker, OrderToPlace, SendOutcome } from "../../../brokers/broker.ts";
import type { VenueReport } from "../../../core/ledger/venue-report.ts";
import type { ClientOrderId } from "../../../core/order/order-id.ts";
import type { Desk } from "../../desk.ts";
import type { Plant } from "./planted-bug.ts";

/** Does something else once the answer to an order is unknown. */
function onUnknown(
  act: (order: OrderToPlace, place: Broker["place"], outcome: SendOutcome) => Promise<SendOutcome>,
): Plant {
  return {
    after(_desk, { broker }) {
      const place = broker.place.bind(broker);
      broker.place = async (order) => {
        const outcome = await place(order);
        return outcome.outcome === "unknown" ? act(order, place, outcome) : outcome;
      };
    },
  };
}

/** Takes a report for something that it is not. */
function onReport(change: (report: VenueReport, desk: Desk) => VenueReport): Plant {
  return {
    after(desk, { broker }) {
      const report = broker.report.bind(broker);
      broker.report = async (cursor) => {
        const answer = await report(cursor);
        return { ...answer, report: change(answer.report, desk) };
      };
    },
  };
}

function idAfter(id: ClientOrderId): ClientOrderId {
  return `${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}` as ClientOrderId;
}

/** Safety rules about what a venue says and does not say. */
export const BROKER_PLANTS = {
  "retry-under-new-id": onUnknown((order, place) => place({ ...order, id: idAfter(order.id), legs: [] })),
  "retry-under-same-id": onUnknown((order, place) => place(order)),
  "timeout-is-rejection": onUnknown(async () => ({ outcome: "rejected", code: "TIMEOUT", message: "" })),
  "no-trade-sweep": onReport((report) => ({ ...report, fills: [], positions: undefined, balances: undefined })),
  "page-is-all": onReport((report) => ({ ...report, fillsComplete: true })),
  "end-before-fills": onReport((report, desk) => ({
    ...report,
    orders: report.orders.map((shown) => {
      const id = shown.clientOrderId as ClientOrderId | undefined;
      const known = id === undefined ? undefined : desk.books.order(id)?.order.filled;
      return { ...shown, filled: known ?? shown.filled };
    }),
  })),
  "cursor-first": {
    after({ books }, { broker }) {
      const report = broker.report.bind(broker);
      broker.report = async (cursor) => {
        const answer = await report(cursor);
        books.write(() => books.note({ cursor: answer.cursor }));
        await books.sync();
        return answer;
      };
    },
  },
  "cancel-refused-is-gone": {
    after({ books }, { broker }) {
      const cancel = broker.cancel.bind(broker);
      broker.cancel = async (id, venueOrderId) => {
        const outcome = await cancel(id, venueOrderId);
        const order = books.order(id)?.order;
        if (outcome.outcome !== "ack" && order?.state === "PENDING_CANCEL") {
          books.write(() => books.hear(id, { type: "canceled", filled: order.filled }));
        }
        return outcome;
      };
    },
  },
} satisfies Record<string, Plant>;
