import type { HaltFigures, SettleDifference } from "../../schema/wire/trading.ts";
import { type Money, magnitude, type Price, type Quantity, ZERO } from "../core/ledger/decimal.ts";
import { parseDecimal } from "../core/ledger/decimal-text.ts";
import type { CashAdjusted, PositionAdjusted } from "../core/ledger/ledger-event.ts";
import type { Desk } from "./desk.ts";
import { ACCOUNT_SCOPE } from "./desk-account.ts";
import type { DeskBooks } from "./desk-books.ts";
import type { StoredHalt } from "./desk-record.ts";
import { comparedBy, differenceNow, figuresOf, forgetHalts, isSameHalt } from "./open-differences.ts";

/**
 * Why a difference is not settled: nothing of the kind differs; it is another by now, or something was booked since both sides
 * were compared; an order may yet turn out to have traded; or the position cannot be valued, since no price of its instrument
 * is known.
 */
export type Unsettled = "unknown" | "moved" | "in-doubt" | "no-price";

/** What a person decided, and the ledger's id of the entry that books it. */
export interface SettleCall extends SettleDifference {
  readonly entryId: string;
}

/** What settling books: the entry, and both sides as they are before it. */
interface Settlement {
  readonly halt: StoredHalt;
  readonly figures: HaltFigures;
  readonly entry: CashAdjusted | PositionAdjusted;
}

/**
 * Takes the venue's figure of a position or a balance over into the account's books, as an entry of its own with the reason:
 * no trade is made up, and no profit comes of it. Bots keep their shares. What was halted stays so until it is armed.
 * Nothing is done where the difference is not the one that the person saw.
 */
export function settleDifference({ books }: Pick<Desk, "books">, call: SettleCall): Unsettled | "settled" {
  const settlement = settlementOf(books, call);
  if (typeof settlement === "string") return settlement;
  books.write(() => {
    books.book(settlement.entry, undefined);
    forgetHalts(books, (each) => isSameHalt(each, settlement.halt));
    books.mark();
  });
  return "settled";
}

/** What settling would book now, with both sides; nothing is changed. */
export function settlementOf(books: DeskBooks, call: SettleCall): Settlement | Unsettled {
  const halt = books.record.halts.find((each) => each.code === call.code && comparedBy(each)?.unit === call.unit);
  const figures = halt === undefined ? null : figuresOf(books, halt);
  const compared = halt === undefined ? undefined : comparedBy(halt);
  if (halt === undefined || figures === null || compared === undefined) return "unknown";
  const difference = differenceNow(books, compared.key);
  if (difference === undefined || difference === ZERO) return "moved";
  if (difference !== parseDecimal(call.difference, "difference")) return "moved";
  if (isInDoubt(books, halt.instrument)) return "in-doubt";
  const common = { id: call.entryId, at: books.now(), reason: call.reason };
  const entry: CashAdjusted | PositionAdjusted | undefined =
    halt.instrument === null
      ? { ...common, type: "cash-adjustment", currency: call.unit, amount: difference as Money }
      : positionEntry(books, halt.instrument, { ...common, quantity: difference as Quantity });
  return entry === undefined ? "no-price" : { halt, figures, entry };
}

/** Whether an order that bears on it may have traded unheard: its trade would be booked besides. Of money, any order. */
function isInDoubt(books: DeskBooks, instrument: string | null): boolean {
  return books.openOrders().some(({ order: { state, instrument: of } }) => {
    return (state === "UNKNOWN" || state === "SUBMITTING") && (instrument === null || instrument === of);
  });
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
