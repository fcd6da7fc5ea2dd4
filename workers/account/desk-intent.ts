import type { OrderToPlace } from "../brokers/broker.ts";
import { oppositeSide } from "../core/ledger/decimal-grid.ts";
import { parsePrice, parseQuantity } from "../core/ledger/decimal-text.ts";
import type { OrderIntent } from "../core/order/desk-order.ts";
import { type ClientOrderId, clientOrderId } from "../core/order/order-id.ts";
import type { DeskIntent } from "./desk-calls.ts";

/** What a bot asked for as orders: the main one and the legs that protect it. */
export interface IntendedOrders {
  readonly main: OrderIntent;
  readonly legs: readonly OrderIntent[];
}

/** Throws DecimalError, naming field, rule and value, where a number is none. */
export function intendedOrders(intent: DeskIntent, { account, bot }: { account: string; bot: string }): IntendedOrders {
  const { candleTime, leg, ordinal, instrument, side, kind, role, reduceOnly, signal, protect = {} } = intent;
  const idOf = (part: string) => clientOrderId({ account, bot, candleTime, leg: part, ordinal });
  const quantity = parseQuantity(intent.quantity, "quantity");
  const price = (text: string | undefined, field: string) => (text === undefined ? undefined : parsePrice(text, field));
  const main: OrderIntent = {
    id: idOf(leg),
    account,
    bot,
    instrument,
    side,
    kind,
    role,
    quantity,
    limit: price(intent.limit, "limit"),
    stop: price(intent.stop, "stop"),
    trail: price(intent.trail, "trail"),
    parent: undefined,
    reduceOnly,
    signal,
  };
  const base = {
    ...main,
    side: oppositeSide(side),
    limit: undefined,
    stop: undefined,
    trail: undefined,
    parent: main.id,
  };
  const legs: OrderIntent[] = [];
  const { stop, target, trail } = protect;
  if (stop !== undefined) {
    const at = parsePrice(stop, "protect.stop");
    legs.push({ ...base, id: idOf(`${leg}:stop`), kind: "stop", role: "stop", stop: at });
  }
  if (trail !== undefined) {
    const behind = parsePrice(trail, "protect.trail");
    legs.push({ ...base, id: idOf(`${leg}:trailing`), kind: "trailing-stop", role: "trailing", trail: behind });
  }
  if (target !== undefined) {
    const at = parsePrice(target, "protect.target");
    legs.push({ ...base, id: idOf(`${leg}:target`), kind: "limit", role: "target", limit: at });
  }
  return { main, legs: legs.map((order) => ({ ...order, reduceOnly: false })) };
}

/** Ids of the orders that an intent makes, by what each is. */
export function intendedIds(
  { candleTime, leg, ordinal, protect = {} }: DeskIntent,
  { account, bot }: { account: string; bot: string },
): { readonly part: "main" | "stop" | "trailing" | "target"; readonly id: ClientOrderId }[] {
  const idOf = (part: string) => clientOrderId({ account, bot, candleTime, leg: part, ordinal });
  const legs = [
    ["stop", protect.stop],
    ["trailing", protect.trail],
    ["target", protect.target],
  ] as const;
  const asked = legs.filter(([, price]) => price !== undefined);
  return [{ part: "main", id: idOf(leg) }, ...asked.map(([part]) => ({ part, id: idOf(`${leg}:${part}`) }))];
}

/** An order as the venue gets it. */
export function orderToPlace(main: OrderIntent, legs: readonly OrderIntent[]): OrderToPlace {
  const plain = ({ id, bot, instrument, side, kind, role, quantity, limit, stop, trail, reduceOnly }: OrderIntent) => ({
    ...{ id, bot, instrument, side, kind, role, quantity, limit, stop, trail, reduceOnly },
  });
  return { ...plain(main), legs: legs.map(plain) };
}
