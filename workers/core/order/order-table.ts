import type { OrderEventType } from "./order-event.ts";

/**
 * States of an order. DENIED is by us, REJECTED by the venue. UNKNOWN is sent with no answer that can be relied on; LOST
 * was asked for long enough and never found. A partial fill is a quantity, not a state.
 */
export const ORDER_STATES = [
  "INTENT",
  "DENIED",
  "SUBMITTING",
  "ACCEPTED",
  "UNKNOWN",
  "REJECTED",
  "LOST",
  "PENDING_CANCEL",
  "PENDING_REPLACE",
  "CANCELED",
  "EXPIRED",
  "FILLED",
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

type Row = Readonly<Partial<Record<OrderEventType, OrderState>>>;

/**
 * Where each event leads from each state. A state that leads to itself takes note of the event: messages come twice, late
 * and in any order. `fill` names the state after a part; an order that is filled whole is FILLED wherever it was.
 * A pair that is not listed is impossible while both sides keep to their word: it stops the bot.
 */
export const ORDER_TABLE: Readonly<Record<OrderState, Row>> = {
  INTENT: { deny: "DENIED", submit: "SUBMITTING" },
  DENIED: {},
  SUBMITTING: {
    accepted: "ACCEPTED",
    rejected: "REJECTED",
    "outcome-unknown": "UNKNOWN",
    // The venue was asked before the order reached it.
    missing: "SUBMITTING",
    "cancel-requested": "SUBMITTING",
    canceled: "CANCELED",
    expired: "EXPIRED",
    fill: "ACCEPTED",
  },
  ACCEPTED: {
    accepted: "ACCEPTED",
    "outcome-unknown": "ACCEPTED",
    missing: "UNKNOWN",
    "cancel-requested": "PENDING_CANCEL",
    "cancel-rejected": "ACCEPTED",
    canceled: "CANCELED",
    "replace-requested": "PENDING_REPLACE",
    replaced: "ACCEPTED",
    "replace-rejected": "ACCEPTED",
    expired: "EXPIRED",
    fill: "ACCEPTED",
  },
  UNKNOWN: {
    accepted: "ACCEPTED",
    rejected: "REJECTED",
    "outcome-unknown": "UNKNOWN",
    missing: "UNKNOWN",
    lost: "LOST",
    "cancel-requested": "UNKNOWN",
    "cancel-rejected": "UNKNOWN",
    canceled: "CANCELED",
    replaced: "ACCEPTED",
    "replace-rejected": "UNKNOWN",
    expired: "EXPIRED",
    fill: "ACCEPTED",
  },
  REJECTED: {
    rejected: "REJECTED",
    "outcome-unknown": "REJECTED",
    missing: "REJECTED",
    "cancel-requested": "REJECTED",
    "cancel-rejected": "REJECTED",
    // The venue filled what it said it refused: what is left may live, so it is asked for again.
    fill: "UNKNOWN",
  },
  LOST: {
    // An order that the venue shows is there, however late.
    accepted: "ACCEPTED",
    rejected: "REJECTED",
    "outcome-unknown": "LOST",
    missing: "LOST",
    lost: "LOST",
    release: "LOST",
    "cancel-requested": "LOST",
    "cancel-rejected": "LOST",
    canceled: "CANCELED",
    replaced: "ACCEPTED",
    "replace-rejected": "LOST",
    expired: "EXPIRED",
    fill: "UNKNOWN",
  },
  PENDING_CANCEL: {
    accepted: "PENDING_CANCEL",
    "outcome-unknown": "PENDING_CANCEL",
    missing: "UNKNOWN",
    "cancel-requested": "PENDING_CANCEL",
    "cancel-rejected": "ACCEPTED",
    canceled: "CANCELED",
    replaced: "PENDING_CANCEL",
    "replace-rejected": "PENDING_CANCEL",
    expired: "EXPIRED",
    fill: "PENDING_CANCEL",
  },
  PENDING_REPLACE: {
    accepted: "PENDING_REPLACE",
    "outcome-unknown": "PENDING_REPLACE",
    missing: "UNKNOWN",
    "cancel-requested": "PENDING_CANCEL",
    "cancel-rejected": "PENDING_REPLACE",
    canceled: "CANCELED",
    replaced: "ACCEPTED",
    "replace-rejected": "ACCEPTED",
    expired: "EXPIRED",
    fill: "PENDING_REPLACE",
  },
  CANCELED: endedRow("CANCELED"),
  EXPIRED: endedRow("EXPIRED"),
  FILLED: endedRow("FILLED"),
};

/** An order that the venue ended only hears the echo of what came before, and fills that came late. */
function endedRow(state: OrderState): Row {
  return {
    accepted: state,
    "outcome-unknown": state,
    missing: state,
    "cancel-requested": state,
    "cancel-rejected": state,
    canceled: state,
    replaced: state,
    "replace-rejected": state,
    expired: state,
    fill: state,
  };
}

/** States in which the venue may still trade the order, so that what is left of it counts against every cap. */
const OPEN_STATES: ReadonlySet<OrderState> = new Set([
  "SUBMITTING",
  "ACCEPTED",
  "UNKNOWN",
  "PENDING_CANCEL",
  "PENDING_REPLACE",
]);

/** Whether the venue may still trade an order in this state. Lost orders and unheard trades count too, see `isReserved`. */
export function isOpenState(state: OrderState): boolean {
  return OPEN_STATES.has(state);
}
