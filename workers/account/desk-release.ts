import { asClientOrderId } from "../core/order/order-id.ts";
import type { Desk } from "./desk.ts";

/**
 * A person has looked at the venue and says that a lost order is not there: it counts against nothing any more. Where the
 * venue shows it all the same, it counts again. False where the order is not lost.
 */
export function releaseOrder({ books }: Desk, orderId: string): boolean {
  const id = asClientOrderId(orderId);
  const stored = id === undefined ? undefined : books.order(id);
  if (id === undefined || stored?.order.state !== "LOST") return false;
  books.write(() => books.hear(id, { type: "release" }));
  return true;
}
