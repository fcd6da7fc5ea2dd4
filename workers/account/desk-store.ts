import type { OrderVerdict } from "../../schema/wire/trading.ts";
import type { DeskOrder } from "../core/order/desk-order.ts";
import type { ClientOrderId } from "../core/order/order-id.ts";

/** An order with what the desk keeps beside it. Times are UTC ms. */
export interface StoredOrder {
  readonly order: DeskOrder;
  /** Written before the order is sent; undefined only for orders that were placed elsewhere and adopted. */
  readonly verdict: OrderVerdict | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** One thing that happened, as it was written down. `detail` is JSON of the event, decimals as text. */
export interface StoredEvent {
  readonly sequence: number;
  readonly at: number;
  readonly bot: string;
  readonly order: ClientOrderId;
  readonly event: string;
  readonly state: DeskOrder["state"];
  readonly detail: string;
}

/** A part of a position of a bot that one fill closed. Parts with one `trade` are one trade in the journal. */
export interface TradePart {
  readonly trade: string;
  readonly bot: string;
  readonly instrument: string;
  /** Canonical JSON of the closed part, with fees and what ended it. */
  readonly text: string;
}

/**
 * What a desk writes down. Calls are synchronous; what is written inside `transaction` is stored whole or not at all. An
 * implementation throws where it cannot write: nothing is ever sent after a write that failed.
 */
export interface DeskStore {
  transaction<T>(act: () => T): T;
  /** Resolves once everything written so far would survive the end of the process. */
  sync(): Promise<void>;
  read(name: string): string | undefined;
  write(name: string, text: string): void;
  order(id: ClientOrderId): StoredOrder | undefined;
  putOrder(stored: StoredOrder): void;
  /** Every order whose end is not certain. */
  reservedOrders(): readonly StoredOrder[];
  orderOfVenue(venueOrderId: string): StoredOrder | undefined;
  appendEvent(event: Omit<StoredEvent, "sequence">): number;
  /** In order, those after `sequence`, of one bot where given. */
  eventsAfter(sequence: number, limit: number, bot?: string): readonly StoredEvent[];
  eventsOfOrder(id: ClientOrderId): readonly StoredEvent[];
  /** Whether a ledger event of this id is booked. */
  isBooked(id: string): boolean;
  /** Keeps a ledger event as text; a second one of the same id is an error. */
  book(id: string, text: string): void;
  /** The text of a booked event. */
  booked(id: string): string | undefined;
  /** Keeps a part of a position that a fill closed, under the trade that it is a part of. */
  addTradePart(part: TradePart): void;
}
