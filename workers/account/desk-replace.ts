import { applyOrderEvent } from "../core/order/apply-order-event.ts";
import type { DeskOrder } from "../core/order/desk-order.ts";
import type { OrderEvent, Replacement } from "../core/order/order-event.ts";
import type { ClientOrderId } from "../core/order/order-id.ts";
import type { Desk } from "./desk.ts";
import { certain } from "./desk-cancels.ts";
import type { StoredOrder } from "./desk-store.ts";

/** A change of an order that did not pass the gate. */
export class ReplaceDenied extends Error {
  override readonly name = "ReplaceDenied";
  readonly code: string;
  constructor(code: string) {
    super(`the change was denied: ${code}`);
    this.code = code;
  }
}

/**
 * Changes a working order. One that grows, or that gets another price, passes the gate like an order of its own in place of
 * the old one; throws ReplaceDenied where it does not, and OrderFault for an order that cannot be changed now.
 */
export async function replaceOrder(
  desk: Desk,
  id: ClientOrderId,
  terms: Pick<Replacement, "quantity" | "limit" | "stop">,
): Promise<StoredOrder> {
  const { books, broker, gate, switches } = desk;
  const stored = () => {
    const found = books.order(id);
    if (found === undefined) throw new Error(`order ${id} must be stored, was not`);
    return found;
  };
  const { order } = stored();
  if (!desk.isReady()) throw new ReplaceDenied("NOT_RECONCILED");
  // Legs are as large as what they protect: two that are smaller could both trade, and the caps count one.
  const isProtected = books.openOrders().some(({ order: leg }) => leg.parent === id);
  if (isProtected && terms.quantity !== order.quantity) throw new ReplaceDenied("LEGS");
  const revision = order.revisionAsked + 1;
  const asked: OrderEvent = { type: "replace-requested", replacement: { revision, ...terms } };
  // Asking for what cannot be is a mistake of whoever asks: it neither halts the bot nor reaches the venue.
  applyOrderEvent(order, asked);
  books.write(() => {
    if (isJudged(order, terms)) {
      const quantity = (terms.quantity - order.filled) as DeskOrder["quantity"];
      const changed = { ...order, ...terms, quantity, signal: `${order.signal} ${revision}` };
      const verdict = gate.judge(changed, [], { closes: undefined, replaces: id });
      if (verdict.verdict === "denied") throw new ReplaceDenied(verdict.code ?? "DENIED");
      gate.count(order, "order");
    }
    books.hear(id, asked);
  });
  await books.sync();
  // While it was written down the order may have ended, been asked to go or been stopped: then there is nothing to change.
  const maySend = () => stored().order.state === "PENDING_REPLACE" && !switches.isStopped(order.bot, order.instrument);
  const outcome = maySend() ? await certain(broker.replace(id, revision, terms, maySend)) : undefined;
  books.touched.add(id);
  if (outcome === undefined || outcome.outcome === "rejected") {
    books.write(() => books.hear(id, { type: "replace-rejected", revision }));
  }
  return stored();
}

/** What an order may trade more, and at what price, is judged anew. A leg only closes, wherever its price is. */
function isJudged(
  order: DeskOrder,
  { quantity, limit, stop }: Pick<Replacement, "quantity" | "limit" | "stop">,
): boolean {
  const moves = order.parent === undefined && (limit !== order.limit || stop !== order.stop);
  return moves || quantity > order.quantity;
}
