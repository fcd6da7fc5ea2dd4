import type { SettleDifference } from "../../schema/wire/trading.ts";
import { type Money, magnitude, type Price, type Quantity } from "../core/ledger/decimal.ts";
import { parseDecimal } from "../core/ledger/decimal-text.ts";
import type { CashAdjusted, PositionAdjusted } from "../core/ledger/ledger-event.ts";
import type { Desk } from "./desk.ts";
import { ACCOUNT_SCOPE } from "./desk-account.ts";
import type { DeskBooks } from "./desk-books.ts";
import { comparedBy, forgetHalts, isSameHalt } from "./open-differences.ts";

/**
 * What became of settling a difference: the venue's figure was taken over; nothing of the kind differs; it differs by
 * something else by now; or the position cannot be valued, since no price of its instrument is known.
 */
export type Settled = "settled" | "unknown" | "moved" | "no-price";

/** What a person decided, and the ledger's id of the entry that books it. */
export interface SettleCall extends SettleDifference {
  readonly entryId: string;
}

/**
 * Takes the venue's figure of a position or a balance over into the account's books, as an entry of its own with the reason:
 * no trade is made up, and no profit comes of it. Bots keep their shares. What was halted stays so until it is armed.
 * Nothing is done where the difference is not the one that the person saw.
 */
export function settleDifference({ books }: Pick<Desk, "books">, call: SettleCall): Settled {
  const halt = books.record.halts.find((each) => each.code === call.code && comparedBy(each)?.unit === call.unit);
  const compared = halt === undefined ? undefined : comparedBy(halt);
  if (halt === undefined || compared === undefined) return "unknown";
  const difference = parseDecimal(books.record.differences[compared.key] ?? "0", "difference");
  if (difference === 0n || difference !== parseDecimal(call.difference, "difference")) return "moved";
  const common = { id: call.entryId, at: books.now(), reason: call.reason };
  const entry: CashAdjusted | PositionAdjusted | undefined =
    halt.instrument === null
      ? { ...common, type: "cash-adjustment", currency: call.unit, amount: difference as Money }
      : positionEntry(books, halt.instrument, { ...common, quantity: difference as Quantity });
  if (entry === undefined) return "no-price";
  books.write(() => {
    books.book(entry, undefined);
    forgetHalts(books, (each) => isSameHalt(each, halt));
    books.mark();
  });
  return "settled";
}

/** At the last price: what was held too much or too little makes neither profit nor loss. `quantity` is signed. */
function positionEntry(
  books: DeskBooks,
  instrument: string,
  { quantity, ...common }: Pick<PositionAdjusted, "id" | "at" | "reason" | "quantity">,
): PositionAdjusted | undefined {
  const price = books.marks().get(instrument) as Price | undefined;
  const held = books.scope(ACCOUNT_SCOPE).ledger.positions.get(instrument);
  const quote = held?.quote ?? books.account.instruments.get(instrument)?.quote;
  if (price === undefined || quote === undefined) return undefined;
  const side = quantity > 0n ? "buy" : "sell";
  return { ...common, type: "position-adjustment", instrument, quote, side, quantity: magnitude(quantity), price };
}
