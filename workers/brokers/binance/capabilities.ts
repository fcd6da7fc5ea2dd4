import { DESK_ORDER_KINDS } from "../../core/order/desk-order.ts";
import type { VenueCapabilities } from "../venue-client.ts";

/** What Binance spot can do. It counts coins, knows no order that may only reduce, and ends a leg with its sibling. */
export const BINANCE_CAPABILITIES: VenueCapabilities = {
  kinds: DESK_ORDER_KINDS,
  legs: true,
  replace: true,
  lateAcceptMs: 30_000,
  messagesPerSecond: 5,
  messagesPerMinute: 300,
  // A client id is free again once its order has ended.
  dedupesForEver: false,
  cancelsLater: false,
  holds: "assets",
  reduceOnly: false,
  legsHold: true,
  legsApart: false,
};
