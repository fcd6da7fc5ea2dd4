import { expect } from "vitest";
import { parsePrice, parseQuantity } from "../../core/ledger/decimal-text.ts";
import { type ClientOrderId, clientOrderId } from "../../core/order/order-id.ts";
import type { Broker, OrderToPlace, SendOutcome, VenueEvent } from "../broker.ts";

/** A venue that a contract is held against, with a market that the test moves. */
export interface ContractVenue {
  readonly broker: Broker;
  readonly bot: string;
  readonly instrument: string;
  /** It trades whole units only. */
  readonly isWhole?: boolean;
  /** The market trades at a price, near 100. */
  trade(price: number): Promise<void>;
  /** Whatever may happen to the process between two calls. */
  disturb(): Promise<void>;
}

const ACCOUNT = "contract";
let intents = 0;

/** An id that no other order of the tests has. */
export function freshId(bot: string): ClientOrderId {
  return clientOrderId({ account: ACCOUNT, bot, candleTime: intents++, leg: "entry", ordinal: 0 });
}

type Terms = Partial<Omit<OrderToPlace, "quantity" | "limit" | "stop" | "trail">> & {
  readonly quantity?: string;
  readonly limit?: string;
  readonly stop?: string;
};

/** An order to buy one at the market, but for what is said. */
export function orderFor({ bot, instrument }: ContractVenue, terms: Terms = {}): OrderToPlace {
  const { quantity = "1", limit, stop, ...rest } = terms;
  return {
    id: freshId(bot),
    bot,
    instrument,
    side: "buy",
    kind: "market",
    role: "entry",
    reduceOnly: false,
    legs: [],
    ...rest,
    quantity: parseQuantity(quantity, "quantity"),
    limit: limit === undefined ? undefined : parsePrice(limit, "limit"),
    stop: stop === undefined ? undefined : parsePrice(stop, "stop"),
    trail: undefined,
  };
}

/** A buy with a stop and a target. */
export function bracketFor(venue: ContractVenue, prices: { stop: string; target: string }): OrderToPlace {
  const leg = { side: "sell", reduceOnly: true } as const;
  const stop = orderFor(venue, { ...leg, kind: "stop", role: "stop", stop: prices.stop });
  const target = orderFor(venue, { ...leg, kind: "limit", role: "target", limit: prices.target });
  return orderFor(venue, { legs: [stop, target] });
}

/** The venue's names of an order and its legs, which it must have taken. */
export function venueIds(outcome: SendOutcome): string[] {
  expect(outcome.outcome).toBe("ack");
  return outcome.outcome === "ack" ? [...outcome.venueOrderIds.values()] : [];
}

/** Every event so far, asked for in pieces. */
export async function allEvents(broker: Broker): Promise<VenueEvent[]> {
  const events: VenueEvent[] = [];
  for (;;) {
    const told = await broker.events(events.at(-1)?.sequence ?? 0);
    if (told.events.length === 0) return events;
    events.push(...told.events);
  }
}

/** Names of what happened to one order. */
export function typesOf(events: readonly VenueEvent[], id: string): string[] {
  return events.flatMap((event) =>
    (event.type === "fill" ? event.fill.clientOrderId : event.id) === id ? [event.type] : [],
  );
}
