import type { AccountState } from "../../schema/wire/trading.ts";
import { timeFact } from "../platform/object-facts.ts";

/** States of orders whose end only the venue knows. */
const IN_DOUBT: ReadonlySet<string> = new Set(["SUBMITTING", "UNKNOWN", "PENDING_CANCEL"]);

/** What an operator needs to know of an account's desk: neither money nor positions. */
export function accountFacts(view: AccountState): Record<string, string | number | null> {
  const { state, stateReason, connection, stream, halts, openOrders, marketAt } = view;
  return {
    "trading state": state,
    reason: stateReason,
    connection: connection.state,
    stream: stream?.state ?? null,
    "differences from the venue": halts.length,
    "open orders": openOrders.length,
    "orders in doubt": openOrders.filter((order) => IN_DOUBT.has(order.state)).length,
    "market's time": timeFact(marketAt),
  };
}
