import { magnitude, NO_QUANTITY, subtract } from "./decimal.ts";
import { formatDecimal } from "./decimal-text.ts";
import { cashOf, type Ledger } from "./ledger.ts";
import { quantityOf } from "./position.ts";
import type { Halt } from "./reconcile.ts";
import type { OurBooks, VenueReport } from "./venue-report.ts";

/**
 * What differs between our positions and balances and the venue's, once all trades are known. A venue is asked for trades
 * and for positions one after the other, and something may trade in between: so a difference halts when it was the same at
 * the reconciliation before. A true one stays, since our side follows every trade.
 */
export function stateDifferences(
  ledger: Ledger,
  ours: OurBooks,
  report: VenueReport,
): { readonly differences: ReadonlyMap<string, string>; readonly halts: readonly Halt[] } {
  const differences = new Map<string, string>();
  const halts: Halt[] = [];
  // Before all trades are known nothing can be said, so what was suspected stays so.
  if (!report.fillsComplete) return { differences: ours.differences, halts };
  for (const { key, difference, halt } of [...positions(ledger, report), ...balances(ledger, ours, report)]) {
    differences.set(key, difference);
    if (ours.differences.get(key) === difference) halts.push(halt);
  }
  return { differences, halts };
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
    return [{ key: `position ${instrument}`, difference: formatDecimal(subtract(their, our)), halt }];
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
    return [{ key: `balance ${currency}`, difference: formatDecimal(off), halt }];
  });
}
