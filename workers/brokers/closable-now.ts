import { add, type Decimal, subtract, ZERO } from "../core/ledger/decimal.ts";
import type { OrderToPlace } from "./broker.ts";
import { hasUntoldFills, type JournalBooks } from "./journal-books.ts";

/** Orders that ended so many events ago have had their trades told: a venue tells these within a minute or so. */
const EVENTS_BACK = 500;

/**
 * How much of what a bot holds an order of a side may close: of its share what no order has closed by now. A venue may say
 * that an order has traded before it tells the trades, and what these closed must not be closed again.
 */
export function closableNow(
  order: Pick<OrderToPlace, "bot" | "instrument" | "side">,
  { journal, flows }: Pick<JournalBooks, "journal" | "flows">,
): Decimal {
  const { bot, instrument, side } = order;
  const untold = [...journal.openOrders(), ...journal.ordersEndedAfter(journal.lastEvent() - EVENTS_BACK)]
    .filter(hasUntoldFills)
    .filter(({ placed: { order: own } }) => own.bot === bot && own.instrument === instrument && own.side === side)
    .reduce<Decimal>((sum, { filled, known }) => add<Decimal>(sum, subtract(filled, known)), ZERO);
  return subtract<Decimal>(flows.closable(order), untold);
}
