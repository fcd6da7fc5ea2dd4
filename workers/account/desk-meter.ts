import type { DeskOrder } from "../core/order/desk-order.ts";
import type { OrderEvent } from "../core/order/order-event.ts";

/** Hears what a desk writes down, to count it. It must not throw and waits for nothing: it stands inside a write. */
export interface DeskMeter {
  /** Something happened to an order; `order` is what it became. */
  event(order: DeskOrder, event: OrderEvent): void;
  /** The venue's books differ from ours in something new. */
  difference(): void;
}

/** Counts nothing: for desks of simulations. */
export const SILENT_METER: DeskMeter = { event: () => undefined, difference: () => undefined };
