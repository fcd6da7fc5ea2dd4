import { expect } from "vitest";
import type { OrderToPlace } from "../../workers/brokers/broker.ts";
import { VenueRefusal, VenueSilence } from "../../workers/brokers/request/venue-reply.ts";
import { HOSTILE_BODIES } from "../../workers/brokers/testing/hostile-bodies.ts";
import type { PlacedOrder, VenueClient } from "../../workers/brokers/venue-client.ts";
import type { StreamScript } from "../../workers/brokers/venue-stream.ts";

/** Statuses that each body comes with. */
const STATUSES = [200, 201, 400, 403, 404, 422, 500] as const;

/** A venue whose every reply is the one that a test sets. */
export class HostileVenue {
  reply: { readonly status: number; readonly body: string } = { status: 200, body: "" };
  readonly fetch = async (): Promise<Response> => new Response(this.reply.body, { status: this.reply.status });
}

/** Every pair of a status and a body. */
export function hostileReplies(): { readonly status: number; readonly body: string }[] {
  return STATUSES.flatMap((status) => HOSTILE_BODIES.map((body) => ({ status, body })));
}

/**
 * No reply makes a call crash or an order of what there is not: changes are unknown or refused, and never acknowledged;
 * questions are answered with nothing or throw what the account knows how to take.
 */
export async function survives(client: VenueClient, order: OrderToPlace): Promise<void> {
  const placed: PlacedOrder = {
    ...{ order, parent: undefined, venueOrderId: "17", sentAs: order.id, revision: 0, sentAt: 0 },
  };
  const { quantity, limit, stop } = order;
  expect((await client.place(order)).outcome).toBe("unknown");
  expect((await client.replace(placed, 1, { quantity, limit, stop })).outcome).not.toBe("ack");
  await client.cancel(placed);
  const questions: (() => Promise<unknown>)[] = [
    () => client.facts(),
    () => client.instruments(),
    () => client.order(placed),
    () => client.openOrders(),
    () => client.holdings(),
    () => client.history({ cursor: "", since: 0, instruments: [order.instrument] }),
    () => client.prices([order.instrument]),
  ];
  for (const ask of questions) {
    try {
      const answer = await ask();
      if (Array.isArray(answer)) expect(answer).toEqual([]);
    } catch (error) {
      expect(error instanceof VenueSilence || error instanceof VenueRefusal ? undefined : error).toBeUndefined();
    }
  }
}

/** A frame of that kind tells of no order and no trade, and breaks nothing. */
export function takesNothing(script: StreamScript): void {
  script.open(0);
  for (const body of HOSTILE_BODIES) {
    const { news } = script.take(body, 1);
    expect(news.filter(({ type }) => type !== "gap")).toEqual([]);
  }
  script.tick(2);
}
