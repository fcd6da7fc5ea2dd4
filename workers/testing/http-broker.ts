import { z } from "zod";
import type {
  Broker,
  BrokerCapabilities,
  OrderToPlace,
  SendOutcome,
  VenueEvent,
  VenueTold,
} from "../brokers/broker.ts";
import { formatDecimal, parseMoney, parsePosition, parsePrice, parseQuantity } from "../core/ledger/decimal-text.ts";
import type { ClientOrderId } from "../core/order/order-id.ts";

/** How long a reply is waited for: shorter than the drill's broker may take, so that some come too late. */
const REPLY_MS_MAX = 1_000;

const CAPABILITIES: BrokerCapabilities = {
  kinds: ["limit", "market"],
  legs: false,
  replace: false,
  lateAcceptMs: 10_000,
  messagesPerSecond: 1_000,
  messagesPerMinute: 60_000,
};

const quantity = z.string().transform((text) => parseQuantity(text, "quantity"));
const OrderText = z.object({
  clientOrderId: z.string(),
  venueOrderId: z.string(),
  instrument: z.string(),
  side: z.enum(["buy", "sell"]),
  quantity,
  limit: z.string().transform((text) => parsePrice(text, "limit")),
  filled: quantity,
  status: z.enum(["open", "filled", "canceled", "rejected"]),
});
const VenueOrderText = OrderText.transform((order) => ({ ...order, stop: undefined }));
const VenueFillText = z.object({
  tradeId: z.string(),
  clientOrderId: z.string(),
  venueOrderId: z.string(),
  instrument: z.string(),
  quote: z.string(),
  side: z.enum(["buy", "sell"]),
  quantity,
  price: z.string().transform((text) => parsePrice(text, "price")),
  fee: z.string().transform((text) => parseMoney(text, "fee")),
  feeCurrency: z.string(),
  liquidity: z.enum(["maker", "taker"]),
  at: z.number(),
});
const ReportText = z.object({
  askedAt: z.number(),
  cursor: z.string(),
  orders: z.array(VenueOrderText),
  fills: z.array(VenueFillText),
  deposit: z.object({ id: z.string(), at: z.number(), currency: z.string(), amount: z.string() }).nullable(),
  positions: z.array(z.tuple([z.string(), z.string().transform((text) => parsePosition(text, "position"))])),
  cash: z.tuple([z.string(), z.string().transform((text) => parseMoney(text, "cash"))]),
});
const Accepted = z.object({ venueOrderId: z.string() });
const Refused = z.object({ code: z.string() });

/** What the broker tells unasked; a time of the market's it has none. */
const EventText = z.object({
  sequence: z.number(),
  type: z.enum(["accepted", "rejected", "fill", "canceled"]),
  id: z.string().transform((text) => text as ClientOrderId),
  venueOrderId: z.string(),
  code: z.string(),
  reason: z.string(),
  filled: quantity,
  fill: VenueFillText.optional(),
});

/** A broker in another process, for drills: `origin` is where it listens. Orders have no legs. */
export function httpBroker(
  origin: string,
  accountId: string,
): Broker & {
  /** What it told unasked after an event, as much of it as arrives. */
  heard(sequence: number): Promise<VenueTold>;
} {
  const base = `${origin}/accounts/${accountId}`;
  const ask = async (path: string) => {
    const reply = await fetch(`${base}${path}`, { signal: AbortSignal.timeout(REPLY_MS_MAX) });
    if (!reply.ok) throw new Error(`the broker answered ${reply.status}`);
    return reply.json();
  };
  return {
    capabilities: CAPABILITIES,
    place: (order) => send(`${base}/orders`, orderText(order), order.id),
    cancel: (id) => send(`${base}/cancels`, { id }, id),
    replace: async () => ({ outcome: "rejected", code: "NOT_SUPPORTED", message: "orders are not replaced here" }),
    order: async (id) => z.array(VenueOrderText).parse(await ask(`/orders/${id}`))[0],
    report: async (cursor) => {
      const {
        deposit,
        positions,
        cash,
        cursor: next,
        ...rest
      } = ReportText.parse(await ask(`/report?after=${cursor}`));
      const movements =
        deposit === null
          ? []
          : [{ ...deposit, type: "deposit" as const, amount: parseMoney(deposit.amount, "amount") }];
      const report = {
        ...rest,
        ...{ movements, ordersComplete: true, fillsComplete: true },
        ...{ positions: new Map(positions), balances: new Map([cash]) },
      };
      return { report, cursor: next };
    },
    events: async (sequence) => toldOf(await ask(`/events?whole&after=${sequence}`)),
    heard: async (sequence) => toldOf(await ask(`/events?after=${sequence}`)),
  };
}

function toldOf(answer: unknown): VenueTold {
  const events = z.array(EventText).parse(answer);
  return {
    events: events.flatMap(({ type, fill, ...event }): VenueEvent[] => {
      if (type !== "fill") return [{ ...event, type }];
      return fill === undefined ? [] : [{ sequence: event.sequence, type, fill }];
    }),
    ...{ marks: [], marketAt: undefined },
  };
}

function orderText({ id, instrument, side, quantity: amount, limit }: OrderToPlace) {
  return { id, instrument, side, quantity: formatDecimal(amount), limit: limit && formatDecimal(limit) };
}

/** Only a reply of 200 or 422 is certain, and only where it can be read. */
async function send(url: string, body: unknown, id: ClientOrderId): Promise<SendOutcome> {
  try {
    const reply = await fetch(url, {
      method: "POST",
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REPLY_MS_MAX),
    });
    if (reply.status === 200) {
      const { venueOrderId } = Accepted.parse(await reply.json());
      return { outcome: "ack", venueOrderIds: new Map([[id, venueOrderId]]) };
    }
    if (reply.status === 422) {
      const { code } = Refused.parse(await reply.json());
      return { outcome: "rejected", code, message: "the broker refused" };
    }
    return { outcome: "unknown", message: `the broker answered ${reply.status}` };
  } catch (error) {
    return { outcome: "unknown", message: error instanceof Error ? error.message : "no answer" };
  }
}
