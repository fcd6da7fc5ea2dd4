import type { VenueCapabilities } from "../venue-client.ts";

/** What XTS can do for us. Bracket orders exist, but their legs have no client ids of ours, so there are no legs. */
export const XTS_CAPABILITIES: VenueCapabilities = {
  kinds: ["market", "limit", "stop", "stop-limit"],
  legs: false,
  replace: true,
  // A reply says that the order was passed on; the book shows it seconds later.
  lateAcceptMs: 60_000,
  messagesPerSecond: 8,
  messagesPerMinute: 300,
  // The identifier is echoed back and nothing more: the same one makes a second order.
  dedupesForEver: false,
  cancelsLater: true,
  holds: "positions",
  reduceOnly: false,
  legsHold: false,
  legsApart: false,
};
