import type { VenueCapabilities } from "../venue-client.ts";

export const OANDA_CAPABILITIES: VenueCapabilities = {
  // A trailing stop needs a trade that it protects: it is a leg only. There is no stop that becomes a limit.
  kinds: ["market", "limit", "stop"],
  legs: true,
  replace: true,
  // Orders are transactions of one sequence; the reply tells what became of them. The rest is for a reply that got lost.
  lateAcceptMs: 10_000,
  messagesPerSecond: 30,
  messagesPerMinute: 600,
  // A client id is taken again once its order has ended.
  dedupesForEver: false,
  cancelsLater: false,
  holds: "positions",
  reduceOnly: true,
  legsHold: false,
  legsApart: true,
};
