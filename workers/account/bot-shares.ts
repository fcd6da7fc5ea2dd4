import type { HaltFigures } from "../../schema/wire/trading.ts";
import { type Decimal, magnitude, negate, subtract, ZERO } from "../core/ledger/decimal.ts";
import { formatDecimal } from "../core/ledger/decimal-text.ts";
import { shareCuts } from "../core/ledger/share-cuts.ts";
import { ACCOUNT_SCOPE, botsAmong } from "./desk-account.ts";
import type { DeskBooks } from "./desk-books.ts";
import { wireBot } from "./desk-view.ts";
import { heldBy } from "./scope-books.ts";

/** What each bot holds of an instrument, signed; those without any are left out. */
function sharesOf(books: DeskBooks, instrument: string): ReadonlyMap<string, Decimal> {
  const bots = botsAmong(books.scopeNames());
  const held = bots.map((bot) => [bot, heldBy(books.scope(bot), instrument)] as const);
  return new Map(held.filter(([, share]) => share !== ZERO));
}

/** What each bot loses where the account's position changes by so much and none of them traded; see `shareCuts`. */
export function cutsBy(books: DeskBooks, instrument: string, change: Decimal): ReadonlyMap<string, Decimal> {
  const lot = books.account.instruments.get(instrument)?.lot;
  // Rules of what is no longer traded are gone; what is left of a lot has no meaning there.
  const terms = { held: heldBy(books.scope(ACCOUNT_SCOPE), instrument), change, lot: lot ?? SMALLEST };
  return shareCuts(sharesOf(books, instrument), terms);
}

const SMALLEST = 1n as Decimal;

/** Same, as it is shown before it is decided: each share that shrinks, before and after. */
export function shrinkingShares(books: DeskBooks, instrument: string, change: Decimal): HaltFigures["shares"] {
  if (change === ZERO) return [];
  return [...cutsBy(books, instrument, change)].map(([bot, cut]) => {
    const share = heldBy(books.scope(bot), instrument);
    const left = subtract(magnitude(share), cut);
    const after = share < 0n ? negate<Decimal>(left) : left;
    return { botId: wireBot(bot), before: formatDecimal(share), after: formatDecimal(after) };
  });
}
