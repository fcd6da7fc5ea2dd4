import { add, type Decimal, type Money, type Quantity, subtract, ZERO } from "../core/ledger/decimal.ts";
import { formatDecimal, parseDecimal } from "../core/ledger/decimal-text.ts";
import type { VenueReport } from "../core/ledger/venue-report.ts";
import type { JournalBooks } from "./journal-books.ts";
import type { VenueHoldings } from "./venue-client.ts";

/** What an instrument is traded in. */
export interface TradedInstrument {
  readonly id: string;
  readonly base: string;
  readonly quote: string;
}

interface HoldingsParts {
  readonly books: JournalBooks;
  readonly holds: "positions" | "assets";
  readonly currency: string;
  readonly instruments: readonly TradedInstrument[];
}

const OPENING = "opening";
const NONE: ReadonlyMap<string, Decimal> = new Map();

/** What there was before us, by currency or coin and by instrument. */
interface Opening {
  readonly at: number;
  readonly balances: Readonly<Record<string, string>>;
  readonly positions: Readonly<Record<string, string>>;
}

/** Whether it was written down what the account held before us. */
export function isOpened({ books }: HoldingsParts): boolean {
  return books.journal.read(OPENING) !== undefined;
}

/**
 * Writes down what the account held before us: money is told as a deposit, so that every balance has a reason; positions
 * and coins are not ours to trade and are left out from then on. `holdings` hold all trades that are known, and no other.
 */
export function openHoldings(parts: HoldingsParts, holdings: VenueHoldings, at: number): void {
  const { books } = parts;
  const before = (now: ReadonlyMap<string, Decimal> | undefined, known: ReadonlyMap<string, Decimal>) =>
    Object.fromEntries(
      [...(now ?? NONE)].map(([name, value]) => [name, formatDecimal(subtract(value, known.get(name) ?? ZERO))]),
    );
  const opening: Opening = {
    at,
    balances: before(holdings.balances, assetFlows(parts)),
    positions: before(holdings.positions, books.flows.held()),
  };
  books.journal.write(OPENING, JSON.stringify(opening));
}

/** Money that was there before us is told once, when something is first traded in it. */
export function tellOpening(parts: HoldingsParts): void {
  const opening = openingOf(parts);
  for (const currency of moneyOf(parts)) {
    const amount = parseDecimal(opening.balances[currency] ?? "0", "opening") as Money;
    const id = `opening:${currency}`;
    if (amount > 0n) parts.books.move({ type: "deposit", id, at: opening.at, currency, amount });
    if (amount < 0n) {
      const debt = subtract(ZERO as Money, amount);
      parts.books.move({ type: "withdrawal", id, at: opening.at, currency, amount: debt });
    }
  }
}

/** What is held beyond what was there before us, as the ledger counts it. */
export function heldNow(parts: HoldingsParts, holdings: VenueHoldings): Pick<VenueReport, "positions" | "balances"> {
  return parts.holds === "assets" ? ofAssets(parts, holdings) : ofPositions(parts, holdings);
}

function ofPositions(parts: HoldingsParts, { positions, balances }: VenueHoldings) {
  const opening = openingOf(parts);
  const held = new Map<string, Quantity>();
  const names = new Set([...(positions ?? NONE).keys(), ...Object.keys(opening.positions)]);
  for (const name of names) {
    const before = parseDecimal(opening.positions[name] ?? "0", "opening") as Quantity;
    const quantity = subtract(positions?.get(name) ?? (ZERO as Quantity), before);
    if (quantity !== 0n) held.set(name, quantity);
  }
  return { positions: positions && held, balances };
}

/**
 * Of coins: what our trades explain is where they put it. What they do not explain shows in the money where the coin is
 * one that instruments are quoted in, and else in the first instrument that trades it.
 */
function ofAssets(parts: HoldingsParts, { balances }: VenueHoldings) {
  if (balances === undefined) return { positions: undefined, balances: undefined };
  const { books, instruments } = parts;
  const opening = openingOf(parts);
  const cash = books.flows.cash();
  const flows = assetFlows(parts);
  const money = moneyOf(parts);
  const positions = new Map(books.flows.held());
  const told = new Map<string, Money>();
  for (const asset of new Set([...balances.keys(), ...flows.keys(), ...money])) {
    const before = parseDecimal(opening.balances[asset] ?? "0", "opening");
    const expected = add(isTold(parts, asset) ? ZERO : before, flows.get(asset) ?? ZERO);
    const off = subtract<Decimal>(balances.get(asset) ?? ZERO, expected);
    if (money.has(asset)) told.set(asset, add<Decimal>(cash.get(asset) ?? ZERO, off) as Money);
    else {
      const of = instruments.find(({ base }) => base === asset);
      if (of !== undefined) positions.set(of.id, add(positions.get(of.id) ?? ZERO, off));
    }
  }
  const held = [...positions].filter(([, quantity]) => quantity !== 0n);
  return { positions: new Map(held) as Map<string, Quantity>, balances: told };
}

/** What our trades and movements have done to each currency or coin. */
function assetFlows({ books, holds, instruments }: HoldingsParts): ReadonlyMap<string, Decimal> {
  const flows = new Map(books.flows.cash());
  if (holds === "positions") return flows;
  const bases = new Map(instruments.map(({ id, base }) => [id, base]));
  for (const [instrument, quantity] of books.flows.held()) {
    const asset = bases.get(instrument);
    if (asset !== undefined) flows.set(asset, add(flows.get(asset) ?? ZERO, quantity));
  }
  return flows;
}

/** Whether what there was of a currency is among the movements that were told. */
function isTold(parts: HoldingsParts, currency: string): boolean {
  return moneyOf(parts).has(currency);
}

/** Currencies that something is quoted in, the account's own first. */
function moneyOf({ currency, instruments }: HoldingsParts): ReadonlySet<string> {
  return new Set([currency, ...instruments.map(({ quote }) => quote)]);
}

function openingOf({ books }: HoldingsParts): Opening {
  return JSON.parse(books.journal.read(OPENING) ?? "") as Opening;
}
