import { DESK_ORDER_KINDS } from "../../core/order/desk-order.ts";
import type { VenueCapabilities } from "../venue-client.ts";

/** What a terminal with our Expert Advisor can do. */
export const MT5_CAPABILITIES: VenueCapabilities = {
  kinds: DESK_ORDER_KINDS,
  legs: true,
  replace: true,
  // A request that its server took after a time-out shows within its own time for an order.
  lateAcceptMs: 180_000,
  // Brokers cut off terminals that send more; none says how much more.
  messagesPerSecond: 5,
  messagesPerMinute: 120,
  // The Expert Advisor keeps every client id in a file and answers a known one from it. A new terminal has no such file.
  dedupesForEver: false,
  cancelsLater: false,
  holds: "positions",
  reduceOnly: true,
  legsHold: false,
  legsApart: true,
};
