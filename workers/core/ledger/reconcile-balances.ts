import { magnitude, NO_QUANTITY, subtract } from "./decimal.ts";
import { formatDecimal } from "./decimal-text.ts";
import { cashOf, type Ledger } from "./ledger.ts";
import { quantityOf } from "./position.ts";
import type { Halt, Reconciliation } from "./reconcile.ts";
import type { OurBooks, VenueReport } from "./venue-report.ts";

/** Our side of the comparison. */
export interface ReconciledBooks {
  readonly ledger: Ledger;
  readonly ours: OurBooks;
  /** Instruments that something traded or moved in while the venue was asked. */
  readonly moving: ReadonlySet<string>;
  /** Money moved that we had not booked. */
  readonly moneyMoved: boolean;
}

/**
 * What differs between our positions and balances and the venue's, once all trades are known. A venue is asked for
 * positions and for trades one after the other, and something may trade in between. So what moves is not compared, and a
 * difference halts when it was the same at the comparison before: a true one stays, since our side follows every trade.
 * What is not compared stays as it was suspected, and is not among `fresh`.
 */
export function stateDifferences(
  { ledger, ours, moving, moneyMoved }: ReconciledBooks,
  report: VenueReport,
): Pick<Reconciliation, "differences" | "fresh" | "halts"> {
  // Before all trades are known nothing can be said, so what was suspected stays so.
  if (!report.fillsComplete) return { differences: ours.differences, fresh: new Set(), halts: [] };
  const money = report.balances !== undefined && moving.size === 0 && !moneyMoved;
  const isHeld = (instrument: string) => report.positions !== undefined && !moving.has(instrument);
  const isCompared = (key: string) => (key.startsWith(MONEY) ? money : isHeld(key.slice(POSITION.length)));
  const differences = new Map([...ours.differences].filter(([key]) => !isCompared(key)));
  const fresh = new Set<string>();
  const halts: Halt[] = [];
  for (const { key, difference, halt } of [...positions(ledger, report), ...balances(ledger, ours, report)]) {
    if (!isCompared(key)) continue;
    differences.set(key, difference);
    fresh.add(key);
    if (ours.differences.get(key) === difference) halts.push(halt);
  }
  return { differences, fresh, halts };
}

const POSITION = "position ";
const MONEY = "balance ";

/** By what a difference of a position is kept from one comparison to the next. */
export function positionKeyOf(instrument: string): string {
  return `${POSITION}${instrument}`;
}

/** By what a difference of a balance is kept. */
export function balanceKeyOf(currency: string): string {
  return `${MONEY}${currency}`;
}

/** One thing that differs: what it is, by how much, and the halt that it leads to if it stays. */
interface Difference {
  readonly key: string;
  readonly difference: string;
  readonly halt: Halt;
}

function positions(ledger: Ledger, { positions: theirs }: VenueReport): Difference[] {
  if (theirs === undefined) return [];
  const instruments = [...new Set([...ledger.positions.keys(), ...theirs.keys()])].sort();
  return instruments.flatMap((instrument) => {
    const position = ledger.positions.get(instrument);
    const our = position === undefined ? NO_QUANTITY : quantityOf(position);
    const their = theirs.get(instrument) ?? NO_QUANTITY;
    if (our === their) return [];
    const halt: Halt = {
      instrument,
      code: "POSITION_DIFFERS",
      ours: formatDecimal(our),
      theirs: formatDecimal(their),
    };
    return [{ key: positionKeyOf(instrument), difference: formatDecimal(subtract(their, our)), halt }];
  });
}

function balances(ledger: Ledger, { balanceTolerance }: OurBooks, { balances: theirs }: VenueReport): Difference[] {
  return [...(theirs ?? [])].flatMap(([currency, their]) => {
    const our = cashOf(ledger, currency);
    const off = subtract(their, our);
    if (magnitude(off) <= balanceTolerance) return [];
    const halt: Halt = {
      instrument: undefined,
      code: "BALANCE_DIFFERS",
      ours: `${formatDecimal(our)} ${currency}`,
      theirs: `${formatDecimal(their)} ${currency}`,
    };
    return [{ key: balanceKeyOf(currency), difference: formatDecimal(off), halt }];
  });
}
