import type { AccountHalt, HaltFigures } from "../../schema/wire/trading.ts";
import { add, type Decimal, ZERO } from "../core/ledger/decimal.ts";
import { formatDecimal, parseDecimal } from "../core/ledger/decimal-text.ts";
import { cashOf, type Ledger } from "../core/ledger/ledger.ts";
import { quantityOf } from "../core/ledger/position.ts";
import { balanceKeyOf, positionKeyOf } from "../core/ledger/reconcile-balances.ts";
import { shrinkingShares } from "./bot-shares.ts";
import { ACCOUNT_SCOPE } from "./desk-account.ts";
import type { DeskBooks } from "./desk-books.ts";
import type { StoredHalt } from "./desk-record.ts";

/** What differs between the books and the venue's, with both sides as of the last comparison. */
export function shownHalts(books: DeskBooks): AccountHalt[] {
  return books.record.halts.map((halt) => ({ ...halt, figures: figuresOf(books, halt) }));
}

/** What a halt compares: a position in an instrument, or money in a currency; undefined for one that is about an order. */
export function comparedBy({ code, instrument, theirs }: StoredHalt): { key: string; unit: string } | undefined {
  if (code === "POSITION_DIFFERS" && instrument !== null) return { key: positionKeyOf(instrument), unit: instrument };
  // An amount, a space, and the currency: see `balances` of reconcile-balances.ts.
  const currency = code === "BALANCE_DIFFERS" ? /^\S+ (.+)$/.exec(theirs)?.[1] : undefined;
  return currency === undefined ? undefined : { key: balanceKeyOf(currency), unit: currency };
}

/** Whether two halts are about the same: of the account each currency is one. */
export function isSameHalt(left: StoredHalt, right: StoredHalt): boolean {
  if (left.code !== right.code || left.instrument !== right.instrument) return false;
  return comparedBy(left)?.key === comparedBy(right)?.key;
}

/** Takes differences from the list of what is unsettled. One that stays shows itself anew, at the second comparison from now. */
export function forgetHalts(books: DeskBooks, isMeant: (halt: StoredHalt) => boolean): void {
  const { halts, differences } = books.record;
  const keys = new Set(halts.filter(isMeant).map((halt) => comparedBy(halt)?.key));
  books.note({
    halts: halts.filter((halt) => !isMeant(halt)),
    differences: Object.fromEntries(Object.entries(differences).filter(([key]) => !keys.has(key))),
  });
}

/** What the last comparison found, of the books as they were then: whatever is booked since makes others of them. */
const FRESH = new WeakMap<Ledger, ReadonlySet<string>>();

/** Keeps what a comparison of the books as they are now found to differ. It is in memory alone: whoever starts asks anew. */
export function rememberFresh(books: DeskBooks, keys: ReadonlySet<string>): void {
  FRESH.set(books.scope(ACCOUNT_SCOPE).ledger, keys);
}

/**
 * By how much something differs, theirs less ours; zero where both agree. Undefined where it was not compared since something
 * was booked: a trade that came late may explain all of it.
 */
export function differenceNow(books: DeskBooks, key: string): Decimal | undefined {
  const difference = books.record.differences[key];
  if (difference === undefined) return ZERO;
  const isFresh = FRESH.get(books.scope(ACCOUNT_SCOPE).ledger)?.has(key) === true;
  return isFresh ? parseDecimal(difference, "difference") : undefined;
}

/** Both sides as of the last comparison; null of a halt that compares none. */
export function figuresOf(books: DeskBooks, halt: StoredHalt): HaltFigures | null {
  const compared = comparedBy(halt);
  if (compared === undefined) return null;
  const { key, unit } = compared;
  // Absent where they agreed at the last comparison.
  const difference = parseDecimal(books.record.differences[key] ?? "0", "difference");
  const ours = oursOf(books, halt, unit);
  return {
    unit,
    ours: formatDecimal(ours),
    theirs: formatDecimal(add(ours, difference)),
    difference: formatDecimal(difference),
    shares: halt.instrument === null ? [] : shrinkingShares(books, halt.instrument, difference),
  };
}

function oursOf(books: DeskBooks, { instrument }: StoredHalt, unit: string): Decimal {
  const { ledger } = books.scope(ACCOUNT_SCOPE);
  if (instrument === null) return cashOf(ledger, unit);
  const position = ledger.positions.get(instrument);
  return position === undefined ? ZERO : quantityOf(position);
}
