import type { OrderToPlace } from "../../workers/brokers/broker.ts";
import { parsePrice, parseQuantity } from "../../workers/core/ledger/decimal-text.ts";
import { clientOrderId } from "../../workers/core/order/order-id.ts";

let count = 0;

type Terms = Partial<Omit<OrderToPlace, "quantity" | "limit" | "stop" | "trail">> & {
  readonly instrument: string;
  readonly quantity?: string;
  readonly limit?: string;
  readonly stop?: string;
  readonly trail?: string;
};

/** An order to buy ten at the market under an id that no other has, but for what is said. */
export function testOrder({ quantity = "10", limit, stop, trail, ...rest }: Terms): OrderToPlace {
  const price = (text: string | undefined) => (text === undefined ? undefined : parsePrice(text, "price"));
  return {
    id: clientOrderId({ account: "test", bot: "bot", candleTime: count++, leg: "entry", ordinal: 0 }),
    ...{ bot: "bot", side: "buy", kind: "market", role: "entry", reduceOnly: false, legs: [] },
    ...rest,
    quantity: parseQuantity(quantity, "quantity"),
    limit: price(limit),
    stop: price(stop),
    trail: price(trail),
  };
}

/** An order with a stop and a target of the other side. */
export function bracketOrder(terms: Terms, prices: { readonly stop: string; readonly target: string }): OrderToPlace {
  const order = testOrder(terms);
  const side = order.side === "buy" ? "sell" : "buy";
  const leg = { instrument: order.instrument, side, reduceOnly: true } as const;
  const quantity = terms.quantity === undefined ? {} : { quantity: terms.quantity };
  const stop = testOrder({ ...leg, ...quantity, kind: "stop", role: "stop", stop: prices.stop });
  const target = testOrder({ ...leg, ...quantity, kind: "limit", role: "target", limit: prices.target });
  return { ...order, legs: [stop, target] };
}
