import { magnitude, NO_QUANTITY } from "../../core/ledger/decimal.ts";
import type { VenueOrder } from "../../core/ledger/venue-report.ts";
import type { ClientOrderId } from "../../core/order/order-id.ts";
import type { OrderToPlace } from "../broker.ts";
import type { ClientOutcome } from "../venue-client.ts";
import { venueUnits } from "../venue-decimal.ts";
import type { VenueNews } from "../venue-news.ts";
import { waiting, waitingId } from "./find-order.ts";
import { legField } from "./order-body.ts";
import { endingOf, fillsOf } from "./parse.ts";
import type { OandaChange } from "./payloads.ts";

/** What a reply to a placed order says. A venue that created an order may have canceled it in the same breath. */
export function placedOutcome(change: OandaChange, order: OrderToPlace, currency: string): ClientOutcome {
  const created = change.orderCreateTransaction;
  if (created === undefined) return { outcome: "unknown", message: "the reply must name the order", news: [] };
  const fill = change.orderFillTransaction;
  const cancel = change.orderCancelTransaction;
  const ending = cancel && endingOf(cancel, order);
  if (ending?.status === "rejected" && fill === undefined) {
    return { outcome: "rejected", code: ending.reason, message: `the venue canceled it: ${ending.reason}`, news: [] };
  }
  const legs = order.legs.map((leg) => [leg.id, waitingId(created.id, legField(leg))] as const);
  const venueOrderIds = new Map<ClientOrderId, string>([[order.id, created.id], ...legs]);
  return { outcome: "ack", venueOrderIds, news: newsOf(change, { order, venueOrderId: created.id, currency }) };
}

/** Everything that a reply says of an order beside the outcome. */
export function newsOf(
  change: OandaChange,
  { order, venueOrderId, currency }: { order: OrderToPlace; venueOrderId: string; currency: string },
): VenueNews[] {
  const { orderFillTransaction: fill, orderReissueTransaction: rest } = change;
  const cancel = change.replacingOrderCancelTransaction ?? change.orderCancelTransaction;
  const filled = fill === undefined ? NO_QUANTITY : magnitude(venueUnits(fill.units ?? "0", "fill.units"));
  const shown = { ...waiting({ order }, { venueOrderId: rest?.id ?? venueOrderId, status: "open" }), filled };
  const fills = fill === undefined ? [] : fillsOf(fill, currency);
  const news: VenueNews[] = fills.map((one) => ({ type: "fill", fill: { ...one, clientOrderId: order.id } }));
  const ending = cancel && cancel.replacedByOrderID === undefined ? endingOf(cancel, order) : undefined;
  if (ending !== undefined) {
    const status = ending.status === "rejected" ? "canceled" : ending.status;
    return [
      ...news,
      { type: "order", order: { ...shown, status }, reason: ending.reason },
      ...endedLegs(order, change),
    ];
  }
  if (fill === undefined) return [{ type: "order", order: shown, reason: "" }];
  const status: VenueOrder["status"] = rest === undefined ? "filled" : "open";
  return [...news, { type: "order", order: { ...shown, status }, reason: "" }, ...endedLegs(order, change)];
}

/** Legs of an order that opened nothing have nothing to protect and never come to be. */
function endedLegs(order: OrderToPlace, { orderFillTransaction: fill }: OandaChange): VenueNews[] {
  if (fill?.tradeOpened !== undefined) return [];
  return order.legs.map((leg): VenueNews => {
    const venueOrderId = waitingId(fill?.orderID ?? "0", legField(leg));
    const ended = waiting({ order: { ...leg, legs: [] } }, { venueOrderId, status: "canceled" });
    return { type: "order", order: ended, reason: "linked" };
  });
}
