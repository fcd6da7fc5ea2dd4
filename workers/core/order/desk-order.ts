import { larger, NO_QUANTITY, negate, type Price, type Quantity, subtract } from "../ledger/decimal.ts";
import type { Side } from "../ledger/decimal-grid.ts";
import { formatDecimal } from "../ledger/decimal-text.ts";
import type { OrderFill, Replacement } from "./order-event.ts";
import type { ClientOrderId } from "./order-id.ts";
import { isOpenState, type OrderState } from "./order-table.ts";

/** Kinds of orders that the desk sends. */
export const DESK_ORDER_KINDS = ["market", "limit", "stop", "stop-limit", "trailing-stop"] as const;
export type DeskOrderKind = (typeof DESK_ORDER_KINDS)[number];

/** What an order is for: opening, closing, protecting what an entry opened; `external` was placed elsewhere. */
export const DESK_ORDER_ROLES = ["entry", "exit", "stop", "target", "trailing", "flatten", "external"] as const;
export type DeskOrderRole = (typeof DESK_ORDER_ROLES)[number];

/** What a bot or a person wants done. Prices and quantities are on the instrument's grid. */
export interface OrderIntent {
  readonly id: ClientOrderId;
  readonly account: string;
  readonly bot: string;
  readonly instrument: string;
  readonly side: Side;
  readonly kind: DeskOrderKind;
  readonly quantity: Quantity;
  readonly limit: Price | undefined;
  readonly stop: Price | undefined;
  /** How far a trailing stop stays behind the best price. */
  readonly trail: Price | undefined;
  readonly role: DeskOrderRole;
  /**
   * The entry that this order protects. The venue wakes it when the entry fills, lets it trade no more than that filled,
   * and ends it when one of the same parent has closed what there was.
   */
  readonly parent: ClientOrderId | undefined;
  /** It may only close: denied where it could do more. */
  readonly reduceOnly: boolean;
  /** What asked for it: equal orders in a short time need different ones. */
  readonly signal: string;
}

/** An order as the desk knows it. Immutable: events make new ones. */
export interface DeskOrder extends OrderIntent {
  readonly state: OrderState;
  /** Every id that the venue gave it, the latest last; replacing may give another. */
  readonly venueOrderIds: readonly string[];
  readonly fills: readonly OrderFill[];
  readonly filled: Quantity;
  /** How much the venue says it traded of an order that it ended. */
  readonly filledAtEnd: Quantity;
  /** Somebody wants it gone: a cancel is sent as soon as the venue can take one. */
  readonly cancelRequested: boolean;
  readonly replacement: Replacement | undefined;
  /** Revision that the order's quantity and prices are of, and the last one asked for. A number is never used twice. */
  readonly revision: number;
  readonly revisionAsked: number;
  /** Times in a row that the venue was asked and showed nothing, and when that began (UTC ms). */
  readonly missedChecks: number;
  readonly missingSince: number | undefined;
  /** A lost order that no longer counts against the caps. */
  readonly released: boolean;
  /** Code of the denial or the rejection. */
  readonly reason: string | undefined;
}

/** The order of an intent, before any verdict. Throws RangeError for a quantity that is not above zero. */
export function newDeskOrder(intent: OrderIntent): DeskOrder {
  if (intent.quantity <= 0n) throw new RangeError(`quantity must be above 0, was ${formatDecimal(intent.quantity)}`);
  return {
    ...intent,
    state: "INTENT",
    venueOrderIds: [],
    fills: [],
    filled: NO_QUANTITY,
    filledAtEnd: NO_QUANTITY,
    cancelRequested: false,
    replacement: undefined,
    revision: 0,
    revisionAsked: 0,
    missedChecks: 0,
    missingSince: undefined,
    released: false,
    reason: undefined,
  };
}

/** The most that the venue may trade of the order in all: while a replacement is on its way, of either version. */
export function quantityAtMost(order: DeskOrder): Quantity {
  return order.replacement === undefined ? order.quantity : larger(order.quantity, order.replacement.quantity);
}

/** What the venue traded of an order that it ended and that we have not heard of yet. */
export function unheardQuantity(order: DeskOrder): Quantity {
  return larger(subtract(order.filledAtEnd, order.filled), NO_QUANTITY);
}

/** Whether the position may still change by the order, as far as we can know. */
export function isReserved(order: DeskOrder): boolean {
  return isOpenState(order.state) || (order.state === "LOST" && !order.released) || unheardQuantity(order) > 0n;
}

/** What is held back for the order: the most that the position may still change by it. Zero once that is certain. */
export function reservedQuantity(order: DeskOrder): Quantity {
  const open = isOpenState(order.state) || (order.state === "LOST" && !order.released);
  if (!open) return unheardQuantity(order);
  return larger(subtract(quantityAtMost(order), order.filled), NO_QUANTITY);
}

/** How much more was filled than asked for; zero unless the venue broke its word. It stops the bot. */
export function overfill(order: DeskOrder): Quantity {
  return larger(subtract(order.filled, quantityAtMost(order)), NO_QUANTITY);
}

/** Whether a wanted cancel can be sent now. */
export function isCancelDue(order: DeskOrder): boolean {
  return order.cancelRequested && order.state === "ACCEPTED";
}

/** What the order has added to the position so far. */
export function signedFilled(order: DeskOrder): Quantity {
  return order.side === "buy" ? order.filled : negate(order.filled);
}
