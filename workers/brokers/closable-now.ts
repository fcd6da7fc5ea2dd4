import { add, type Decimal, subtract, ZERO } from "../core/ledger/decimal.ts";
import type { OrderToPlace } from "./broker.ts";
import type { JournalBooks } from "./journal-books.ts";
import { hasUntoldFills } from "./venue-journal.ts";

/**
 * How long trades of an order that ended are waited for. A venue tells them within a minute or so, and after an outage with
 * the next report; what is missing after an hour was told as nobody's or never will be, and must not keep a bot from closing.
 */
const UNTOLD_MS_MAX = 3_600_000;

/**
 * How much of what a bot holds an order of a side may close: of its share what no order has closed by now. A venue may say
 * that an order has traded before it tells the trades, and what these closed must not be closed again.
 */
export function closableNow(
  order: Pick<OrderToPlace, "bot" | "instrument" | "side">,
  { journal, flows, now }: Pick<JournalBooks, "journal" | "flows" | "now">,
): Decimal {
  const { bot, instrument, side } = order;
  const endedLately = journal.endedUntold().filter(({ endedAt = 0 }) => now() - endedAt < UNTOLD_MS_MAX);
  const untold = [...journal.openOrders().filter(hasUntoldFills), ...endedLately]
    .filter(({ placed: { order: own } }) => own.bot === bot && own.instrument === instrument && own.side === side)
    .reduce<Decimal>((sum, { filled, known }) => add<Decimal>(sum, subtract(filled, known)), ZERO);
  return subtract<Decimal>(flows.closable(order), untold);
}
