import type { OrderToPlace } from "../../workers/brokers/broker.ts";
import { VenueSilence } from "../../workers/brokers/request/venue-reply.ts";
import type { PlacedOrder, VenueClient } from "../../workers/brokers/venue-client.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** How long the storm lasts, ms. */
const STORM_MS = 600_000;
/** How often a cancel is due, ms. */
const CANCEL_EVERY_MS = 5_000;

export interface StormResult {
  /** Cancels that were asked for, and those that were sent. */
  readonly cancels: number;
  readonly canceled: number;
  /** Requests that were kept back here. */
  readonly heldBack: number;
}

/**
 * Ten minutes in which everybody asks for everything at once, in virtual time: each step sends questions, orders and now
 * and then a cancel, as fast as they are let through.
 */
export async function rateStorm(
  { client, clock, newOrder }: { client: VenueClient; clock: VirtualClock; newOrder: () => OrderToPlace },
  { stepMs, askedEachStep }: { stepMs: number; askedEachStep: number },
): Promise<StormResult> {
  const begin = clock.now;
  let [cancels, canceled, heldBack] = [0, 0, 0];
  while (clock.now - begin < STORM_MS) {
    for (let asked = 0; asked < askedEachStep; asked++) {
      const order = newOrder();
      const outcome = await client.place(order);
      if (outcome.outcome === "unknown") heldBack++;
      try {
        await client.prices([order.instrument]);
        await client.openOrders();
      } catch (error) {
        if (!(error instanceof VenueSilence)) throw error;
        heldBack++;
      }
    }
    if ((clock.now - begin) % CANCEL_EVERY_MS < stepMs) {
      const order = newOrder();
      const placed: PlacedOrder = {
        ...{ order, parent: undefined, venueOrderId: "999999", sentAs: order.id, revision: 0, sentAt: begin },
      };
      cancels++;
      // There is no such order: what counts is that the venue was asked.
      if ((await client.cancel(placed)).outcome === "rejected") canceled++;
    }
    await clock.pass(stepMs);
  }
  return { cancels, canceled, heldBack };
}
