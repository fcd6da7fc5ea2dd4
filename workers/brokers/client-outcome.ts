import type { ClientOrderId } from "../core/order/order-id.ts";
import type { SendOutcome } from "./broker.ts";
import type { ClientOutcome } from "./venue-client.ts";
import type { JournalOrder } from "./venue-journal.ts";

/** A client does not throw; one that does has told nothing that is certain. */
export async function certain(call: Promise<ClientOutcome>): Promise<ClientOutcome> {
  try {
    return await call;
  } catch (error) {
    return { outcome: "unknown", message: error instanceof Error ? error.message : "no answer", news: [] };
  }
}

export function plain(outcome: ClientOutcome): SendOutcome {
  const { news, ...rest } = outcome;
  return rest;
}

export function venueIdsOf({ placed }: JournalOrder): ReadonlyMap<ClientOrderId, string> {
  return new Map(placed.venueOrderId === undefined ? [] : [[placed.order.id, placed.venueOrderId]]);
}

export function notOpen({ state }: JournalOrder): SendOutcome {
  return { outcome: "rejected", code: "NOT_OPEN", message: `order must be open, was ${state}` };
}
