import { DAY_MS } from "../core/candle/timeframe.ts";
import type { Price } from "../core/ledger/decimal.ts";
import { formatDecimal, parsePrice } from "../core/ledger/decimal-text.ts";
import type { StoredMark } from "./desk-record.ts";
import { type ScopeBooks, withMark } from "./scope-books.ts";

type Marks = Readonly<Record<string, StoredMark>>;

/** A trade of the account, its time UTC ms as the venue has it. */
interface Traded {
  readonly instrument: string;
  readonly price: Price;
  readonly at: number;
}

interface Terms {
  readonly currency: string;
  /** The same map as before where no price changed. */
  readonly marks: ReadonlyMap<string, Price>;
  /** UTC ms; null while the market has not told its time: what is worth something then belongs to no day of it. */
  readonly at: number | null;
  /** `at` is the market's time, which never goes back. */
  readonly marketTime: boolean;
}

/** A trade counts as a price for this long at most, by our clock: a venue's clock may be ahead of that of its prices. */
const TRADE_MS_MAX = 60_000;

/**
 * With what the account traded at, where that is newer than the price that was told last: what was just bought must not be
 * counted down to an older price. `now` is our time, UTC ms.
 */
export function withTrade(marks: Marks, { instrument, price, at }: Traded, now: number): Marks {
  const mark = marks[instrument] as StoredMark | undefined;
  if (mark === undefined || at <= mark.at || at < (mark.trade?.at ?? at)) return marks;
  return { ...marks, [instrument]: { ...mark, trade: { price: formatDecimal(price), at, heardAt: now } } };
}

/** A price that was told, with the trade that is newer than it, if the one before had such. */
export function toldMark(told: StoredMark, before: StoredMark | undefined): StoredMark {
  const trade = before?.trade;
  if (trade === undefined || trade.at <= told.at) return told;
  // Below zero it is of a clock that was set back since.
  const ageMs = told.heardAt - trade.heardAt;
  return ageMs < 0 || ageMs > TRADE_MS_MAX ? told : { ...told, trade };
}

/** The days that scopes are in. */
export function daysOf(scopes: ReadonlyMap<string, ScopeBooks>): string {
  let days = "";
  for (const { track } of scopes.values()) days += `${track?.day},`;
  return days;
}

/** What scopes were valued on last, so that one at which nothing changed is not valued again. */
export class ScopeValues {
  /** Prices as they were read last, and from what. */
  private priced: { readonly marks: Marks; readonly prices: ReadonlyMap<string, Price> } | undefined;
  private readonly last = new Map<string, Pick<ScopeBooks, "ledger" | "track"> & { marks: unknown; day: number }>();

  /** What is valued at; the same map while no price is another, whenever they were told. */
  prices(marks: Marks): ReadonlyMap<string, Price> {
    const before = this.priced;
    if (before?.marks === marks) return before.prices;
    const prices = before !== undefined && isSamePrices(before.marks, marks) ? before.prices : pricesOf(marks);
    this.priced = { marks, prices };
    return prices;
  }

  /** The scopes that are worth something else at these prices, each with its value. */
  revalue(
    scopes: ReadonlyMap<string, ScopeBooks>,
    { currency, marks, at, marketTime }: Terms,
  ): (readonly [string, ScopeBooks])[] {
    if (at === null) return [];
    const day = Math.floor(at / DAY_MS);
    const revalued: (readonly [string, ScopeBooks])[] = [];
    for (const [name, books] of scopes) {
      const last = this.last.get(name);
      // The same books at the same prices are worth the same, whatever else the venue said.
      const isSame = last?.ledger === books.ledger && last.track === books.track;
      if (isSame && last.marks === marks && last.day === day) continue;
      const marked = withMark(marketTime ? onDay(books, day) : books, { currency, marks, at });
      const moved = isRevalued(books, marked);
      this.last.set(name, { ledger: books.ledger, track: (moved ? marked : books).track, marks, day });
      if (moved) revalued.push([name, marked]);
    }
    return revalued;
  }
}

/** A day ahead of the market's was counted on another clock: it ends with the market's. */
function onDay(books: ScopeBooks, day: number): ScopeBooks {
  const { track } = books;
  return track === undefined || track.day <= day ? books : { ...books, track: { ...track, day } };
}

function pricesOf(marks: Marks): Map<string, Price> {
  return new Map(Object.entries(marks).map(([name, mark]) => [name, parsePrice(valueText(mark), "mark")]));
}

function isSamePrices(before: Marks, after: Marks): boolean {
  const names = Object.keys(after);
  return (
    names.length === Object.keys(before).length &&
    names.every((name) => name in before && valueText(before[name]) === valueText(after[name]))
  );
}

function valueText({ price, trade }: StoredMark): string {
  return trade?.price ?? price;
}

function isRevalued(before: ScopeBooks, after: ScopeBooks): boolean {
  const [left, right] = [before.track, after.track];
  if (left === undefined || right === undefined) return left !== right;
  const fields = ["day", "dayStart", "peak", "equity", "netDeposits"] as const;
  return fields.some((field) => left[field] !== right[field]);
}
