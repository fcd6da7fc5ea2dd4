import { add, type Decimal, notional, type Price, subtract, ZERO } from "../../workers/core/ledger/decimal.ts";
import type { EmulatedBook } from "./emulated-book.ts";

/** What live orders hold back of a coin or currency. Of orders of one group only the dearest counts: they end one another. */
export function lockedBy(book: Pick<EmulatedBook, "instruments" | "prices" | "liveOrders">, asset: string): Decimal {
  const groups = new Map<bigint, Decimal>();
  for (const order of book.liveOrders()) {
    const instrument = book.instruments.get(order.symbol);
    if (instrument === undefined || order.status === "pending") continue;
    const left = subtract(order.quantity, order.filled);
    const price = order.limit ?? order.stop ?? book.prices.get(order.symbol) ?? (ZERO as Price);
    const isBase = order.side === "sell" && instrument.base === asset;
    const isQuote = order.side === "buy" && instrument.quote === asset;
    const held: Decimal = isBase ? left : isQuote ? notional(price, left, "ceil") : ZERO;
    const key = order.group ?? order.id;
    if (held > (groups.get(key) ?? 0n)) groups.set(key, held);
  }
  return [...groups.values()].reduce<Decimal>((sum, held) => add(sum, held), ZERO);
}
