import { add, type Quantity } from "../ledger/decimal.ts";
import { formatDecimal } from "../ledger/decimal-text.ts";
import type { DeskOrder } from "./desk-order.ts";
import type { OrderEvent, OrderFill, Replacement } from "./order-event.ts";
import { ORDER_TABLE, type OrderState } from "./order-table.ts";

/** Fills that one order keeps: more than a day of the smallest parts; beyond it something spins. */
const FILLS_MAX = 10_000;

/** An event that cannot be true of the order, if all before was. It stops the bot; it is never swallowed. */
export class OrderFault extends Error {
  override readonly name = "OrderFault";
}

/**
 * The order after an event; the same object where the event tells nothing new. Throws OrderFault, naming order, state and
 * event, where the table has no such pair or the event contradicts what is known.
 */
export function applyOrderEvent(order: DeskOrder, event: OrderEvent): DeskOrder {
  const next = ORDER_TABLE[order.state][event.type];
  if (next === undefined) throw fault(order, event, `is not possible in state ${order.state}`);
  const noted = note(order, event, next);
  const state = isFilledWhole(noted) ? "FILLED" : next;
  return noted === order && state === order.state ? order : { ...noted, state };
}

/** Takes what the event tells beside the state. */
function note(order: DeskOrder, event: OrderEvent, next: OrderState): DeskOrder {
  switch (event.type) {
    case "deny":
    case "rejected":
      return order.reason === event.code ? order : { ...order, reason: event.code };
    case "missing":
      return next === "UNKNOWN" ? missed(order, event.at) : order;
    case "release":
      return order.released ? order : { ...order, released: true };
    case "cancel-requested":
      return order.cancelRequested ? order : { ...order, cancelRequested: true };
    case "cancel-rejected":
      return order.state === "PENDING_CANCEL" ? { ...order, cancelRequested: false } : order;
    case "accepted":
      return accepted(seen(order), event);
    case "replace-requested":
      return replaceRequested(order, event);
    case "replaced":
      return replaced(seen(order), event);
    case "replace-rejected":
      return replaceRejected(seen(order), event.revision);
    case "fill":
      return filled(seen(order), event);
    case "canceled":
    case "expired":
      return order.filledAtEnd === event.filled ? seen(order) : { ...seen(order), filledAtEnd: event.filled };
    case "submit":
    case "outcome-unknown":
    case "lost":
      return order;
  }
}

function missed(order: DeskOrder, at: number): DeskOrder {
  return { ...order, missedChecks: order.missedChecks + 1, missingSince: order.missingSince ?? at };
}

/** The venue spoke of the order: whatever was counted toward its loss starts again. */
function seen(order: DeskOrder): DeskOrder {
  if (order.missedChecks === 0 && !order.released) return order;
  return { ...order, missedChecks: 0, missingSince: undefined, released: false };
}

function accepted(order: DeskOrder, event: OrderEvent & { type: "accepted" }): DeskOrder {
  const { venueOrderIds } = order;
  if (venueOrderIds.includes(event.venueOrderId)) return order;
  if (venueOrderIds.length > 0) {
    throw fault(order, event, `names venue order ${event.venueOrderId} beside ${venueOrderIds.join(", ")}`);
  }
  return { ...order, venueOrderIds: [event.venueOrderId] };
}

function replaceRequested(order: DeskOrder, event: OrderEvent & { type: "replace-requested" }): DeskOrder {
  const { replacement } = event;
  if (order.replacement !== undefined)
    throw fault(order, event, `comes before revision ${order.revisionAsked} is settled`);
  const revisionAsked = order.revisionAsked + 1;
  if (replacement.revision !== revisionAsked) {
    throw fault(order, event, `must have revision ${revisionAsked}, was ${replacement.revision}`);
  }
  return { ...order, replacement, revisionAsked };
}

function replaced(order: DeskOrder, event: OrderEvent & { type: "replaced" }): DeskOrder {
  if (event.revision <= order.revision) return order;
  const replacement = pending(order, event);
  const { revision, quantity, limit, stop } = replacement;
  const known = order.venueOrderIds.includes(event.venueOrderId);
  const venueOrderIds = known ? order.venueOrderIds : [...order.venueOrderIds, event.venueOrderId];
  return { ...order, revision, quantity, limit, stop, venueOrderIds, replacement: undefined };
}

function pending(order: DeskOrder, event: OrderEvent & { type: "replaced" }): Replacement {
  const { replacement } = order;
  if (replacement?.revision === event.revision) return replacement;
  throw fault(order, event, `answers revision ${event.revision}, which was not asked for`);
}

/** A refused revision leaves the order as it was. */
function replaceRejected(order: DeskOrder, revision: number): DeskOrder {
  return order.replacement?.revision === revision ? { ...order, replacement: undefined } : order;
}

function filled(order: DeskOrder, event: OrderEvent & { type: "fill" }): DeskOrder {
  const { fill } = event;
  if (fill.quantity <= 0n)
    throw fault(order, event, `must have a quantity above 0, was ${formatDecimal(fill.quantity)}`);
  if (fill.price <= 0n) throw fault(order, event, `must have a price above 0, was ${formatDecimal(fill.price)}`);
  const known = order.fills.find((earlier) => earlier.tradeId === fill.tradeId);
  if (known !== undefined) {
    if (isSameTrade(known, fill)) return order;
    throw fault(order, event, `tells trade ${fill.tradeId} again with another price or quantity`);
  }
  if (order.fills.length >= FILLS_MAX) throw fault(order, event, `is beyond ${FILLS_MAX} fills`);
  const total: Quantity = add(order.filled, fill.quantity);
  return { ...order, fills: [...order.fills, fill], filled: total };
}

function isSameTrade(left: OrderFill, right: OrderFill): boolean {
  return left.quantity === right.quantity && left.price === right.price;
}

/** While a replacement is on its way nobody knows which quantity is the whole. */
function isFilledWhole(order: DeskOrder): boolean {
  return order.replacement === undefined && order.filled >= order.quantity;
}

function fault(order: DeskOrder, event: OrderEvent, rule: string): OrderFault {
  return new OrderFault(`order ${order.id}: event ${event.type} ${rule}`);
}
