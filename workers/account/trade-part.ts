import { z } from "zod";
import {
  add,
  type Decimal,
  divide,
  type Money,
  magnitude,
  NO_MONEY,
  proportion,
  ZERO,
} from "../core/ledger/decimal.ts";
import { formatDecimal, parseDecimal, parseMoney } from "../core/ledger/decimal-text.ts";
import type { LedgerEvent } from "../core/ledger/ledger-event.ts";
import { parseLedgerEvent } from "../core/ledger/ledger-event-text.ts";
import type { ClosedPart } from "../core/ledger/position.ts";
import { asClientOrderId } from "../core/order/order-id.ts";
import type { DeskStore, TradePart } from "./desk-store.ts";

/** A closed part as it is stored; decimals are text. */
const StoredPart = z.object({
  instrument: z.string(),
  /** Below zero for a short. */
  quantity: z.string(),
  entry: z.string(),
  exit: z.string(),
  fees: z.string(),
  profit: z.string(),
  openedAt: z.number(),
  closedAt: z.number(),
  exitReason: z.string(),
});

/** What a fill closed, by trade: parts that one order opened and one order closed belong together. */
export function tradeParts(
  store: DeskStore,
  { bot, event, closed }: { bot: string; event: LedgerEvent; closed: readonly ClosedPart[] },
): TradePart[] {
  if (event.type !== "fill") return [];
  const closing = event.order === undefined ? undefined : asClientOrderId(event.order);
  const role = closing === undefined ? undefined : store.order(closing)?.order.role;
  return closed.map((part) => {
    const opening = readFill(store.booked(part.openedBy));
    const quantity = magnitude(part.quantity);
    const share = (fee: Money, of: Decimal) =>
      of === 0n ? NO_MONEY : proportion(fee, { part: quantity, of, rounding: "half-even" });
    const entryFee = opening === undefined ? NO_MONEY : share(opening.fee, opening.quantity);
    const fees = add(entryFee, share(event.fee, event.quantity));
    const text = JSON.stringify({
      instrument: event.instrument,
      quantity: formatDecimal(part.quantity),
      entry: formatDecimal(part.entry),
      exit: formatDecimal(part.exit),
      fees: formatDecimal(fees),
      profit: formatDecimal(part.profit),
      openedAt: part.openedAt,
      closedAt: part.closedAt,
      exitReason: role ?? "elsewhere",
    } satisfies z.infer<typeof StoredPart>);
    const trade = `${opening?.order ?? part.openedBy}-${event.order ?? part.closedBy}`;
    return { trade, bot, instrument: event.instrument, text };
  });
}

function readFill(text: string | undefined) {
  const event = text === undefined ? undefined : parseLedgerEvent(text);
  return event?.type === "fill" ? event : undefined;
}

/** A trade of the journal from its parts. Profit is net of fees. */
export function tradeOf(parts: readonly TradePart[]) {
  const read = parts.map((part) => StoredPart.parse(JSON.parse(part.text)));
  const sum = (field: "quantity" | "entry" | "exit" | "fees" | "profit"): Money =>
    read.reduce((total, part) => add(total, parseMoney(part[field], field)), NO_MONEY);
  const quantity = magnitude<Decimal>(parseDecimal(formatDecimal(sum("quantity")), "quantity"));
  const price = (value: Money) =>
    quantity === 0n ? ZERO : magnitude(divide(value, quantity, { decimals: 12, rounding: "half-even" }));
  const profit = add(sum("profit"), (sum("fees") * -1n) as Money);
  const [first] = read;
  return {
    instrument: first.instrument,
    side: sum("quantity") < 0n ? ("short" as const) : ("long" as const),
    quantity: formatDecimal(quantity),
    openedAt: Math.min(...read.map((part) => part.openedAt)),
    closedAt: Math.max(...read.map((part) => part.closedAt)),
    entryPrice: formatDecimal(price(sum("entry"))),
    exitPrice: formatDecimal(price(sum("exit"))),
    fees: formatDecimal(sum("fees")),
    profit: formatDecimal(profit),
    won: profit > 0n,
    exitReason: first.exitReason,
  };
}
