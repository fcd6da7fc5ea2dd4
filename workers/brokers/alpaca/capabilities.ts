import type { VenueCapabilities } from "../venue-client.ts";

export const ALPACA_CAPABILITIES: VenueCapabilities = {
  // Coins have fewer: which ones is told with each instrument.
  kinds: ["market", "limit", "stop", "stop-limit", "trailing-stop"],
  legs: true,
  replace: true,
  // An order may be there although its reply was an error.
  lateAcceptMs: 30_000,
  messagesPerSecond: 10,
  messagesPerMinute: 150,
  dedupesForEver: true,
  cancelsLater: true,
  holds: "positions",
  reduceOnly: false,
  // Canceling one leg of a bracket cancels the other.
  legsHold: true,
  legsApart: false,
};
