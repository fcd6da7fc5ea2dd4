import type { DeskOrder } from "../order/desk-order.ts";
import type { OrderEvent } from "../order/order-event.ts";
import { type Decimal, subtract } from "./decimal.ts";
import { formatDecimal } from "./decimal-text.ts";
import type { Halt } from "./reconcile.ts";
import type { OurBooks, VenueOrder, VenueReport } from "./venue-report.ts";

/** An order is counted as lost when the venue was asked for it so often, */
export const LOST_CHECKS_MIN = 8;
/** over at least so long, or as long as the venue may take to show an order that it took: the longer of both. */
export const LOST_AFTER_MS_MIN = 30_000;

export interface OrderFinding {
  readonly events: readonly OrderEvent[];
  readonly halt: Halt | undefined;
}

const NOTHING: OrderFinding = { events: [], halt: undefined };

/** What the venue's view of one order means for ours. `found` is undefined where the report does not show it. */
export function orderEvents(
  order: DeskOrder,
  found: VenueOrder | undefined,
  { ours, report }: { readonly ours: OurBooks; readonly report: VenueReport },
): OrderFinding {
  if (found === undefined) return { events: missingEvents(order, { ours, report }), halt: undefined };
  if (found.status === "open") return openEvents(order, found);
  if (found.status === "rejected") return rejectedEvents(order);
  return endedEvents(order, found, report);
}

/** Not found is not rejected: an order is first unknown, and lost only after many checks over a long enough time. */
function missingEvents(
  order: DeskOrder,
  { ours, report }: { readonly ours: OurBooks; readonly report: VenueReport },
): OrderEvent[] {
  // A send that is under way has not been answered; who recovers from a crash says first that its outcome is unknown.
  if (!report.ordersComplete || order.state === "SUBMITTING" || order.state === "LOST") return [];
  const missing: OrderEvent = { type: "missing", at: report.askedAt };
  const since = order.missingSince ?? report.askedAt;
  const long = report.askedAt - since >= Math.max(LOST_AFTER_MS_MIN, ours.lateAcceptMs);
  const lost = order.state === "UNKNOWN" && order.missedChecks + 1 >= LOST_CHECKS_MIN && long;
  return lost ? [missing, { type: "lost" }] : [missing];
}

function openEvents(order: DeskOrder, found: VenueOrder): OrderFinding {
  switch (order.state) {
    case "SUBMITTING":
    case "UNKNOWN":
    case "LOST":
      return { events: [...acceptedEvents(order, found), ...replacedEvents(order, found)], halt: undefined };
    case "ACCEPTED":
    case "PENDING_CANCEL":
    case "PENDING_REPLACE":
      return { events: replacedEvents(order, found), halt: undefined };
    default:
      return contradiction(order, found.status);
  }
}

function acceptedEvents({ venueOrderIds }: DeskOrder, { venueOrderId }: VenueOrder): OrderEvent[] {
  // A replacement may have given the order another id, which is told with it.
  const id = venueOrderIds.length === 0 ? venueOrderId : venueOrderIds[0];
  return [{ type: "accepted", venueOrderId: id }];
}

/** The venue shows the version that was asked for. */
function replacedEvents({ replacement }: DeskOrder, found: VenueOrder): OrderEvent[] {
  if (replacement === undefined) return [];
  const { revision, quantity, limit, stop } = replacement;
  const same = found.quantity === quantity && found.limit === limit && found.stop === stop;
  return same ? [{ type: "replaced", revision, venueOrderId: found.venueOrderId }] : [];
}

function rejectedEvents(order: DeskOrder): OrderFinding {
  switch (order.state) {
    case "SUBMITTING":
    case "UNKNOWN":
    case "LOST":
      return { events: [{ type: "rejected", code: "VENUE" }], halt: undefined };
    case "REJECTED":
      return NOTHING;
    default:
      return contradiction(order, "rejected");
  }
}

/** The end of an order counts when all that it filled is known. */
function endedEvents(order: DeskOrder, found: VenueOrder, { fillsComplete }: VenueReport): OrderFinding {
  if (order.state === "DENIED" || order.state === "INTENT") return contradiction(order, found.status);
  const unexplained: Decimal = subtract<Decimal>(found.filled, order.filled);
  if (unexplained !== 0n) {
    // More may be on its way with the next page; fewer than we know cannot become true any more.
    if (!fillsComplete && unexplained > 0n) return NOTHING;
    const [ours, theirs] = [order.filled, found.filled].map(formatDecimal);
    return { events: [], halt: { instrument: order.instrument, code: "FILLED_DIFFERS", ours, theirs } };
  }
  const ended = order.state === "FILLED" || order.state === "CANCELED" || order.state === "EXPIRED";
  if (ended) return NOTHING;
  if (order.state === "REJECTED") return contradiction(order, found.status);
  // Whatever the venue calls it, an order with something left that can trade no more was canceled or has expired.
  const type = found.status === "expired" ? "expired" : "canceled";
  return { events: [...replacedEvents(order, found), { type, filled: found.filled }], halt: undefined };
}

function contradiction({ instrument, id, state }: DeskOrder, status: VenueOrder["status"]): OrderFinding {
  const halt: Halt = { instrument, code: "ORDER_CONTRADICTS", ours: `${id} ${state}`, theirs: status };
  return { events: [], halt };
}
