import { add, type Decimal, negate, notional } from "../core/ledger/decimal.ts";
import { formatDecimal, parseDecimal } from "../core/ledger/decimal-text.ts";
import type { VenueFill } from "../core/ledger/venue-report.ts";
import type { Movement, VenueJournal } from "./venue-journal.ts";

const CASH = "cash:";
const HELD = "held:";

/** What all trades and movements that we know of have done: to money by currency, and to what is held by instrument. */
export class JournalFlows {
  private readonly journal: VenueJournal;

  constructor(journal: VenueJournal) {
    this.journal = journal;
  }

  fill({ instrument, quote, side, quantity, price, fee, feeCurrency }: VenueFill): void {
    const value = notional(price, quantity, "half-even");
    this.change(`${HELD}${instrument}`, side === "buy" ? quantity : negate(quantity));
    this.change(`${CASH}${quote}`, side === "buy" ? negate(value) : value);
    this.change(`${CASH}${feeCurrency}`, negate(fee));
  }

  move(movement: Movement): void {
    switch (movement.type) {
      case "deposit":
      case "cash-adjustment":
        this.change(`${CASH}${movement.currency}`, movement.amount);
        break;
      case "withdrawal":
      case "fee":
      case "funding":
        this.change(`${CASH}${movement.currency}`, negate(movement.amount));
        break;
      case "position-adjustment": {
        const { instrument, side, quantity } = movement;
        this.change(`${HELD}${instrument}`, side === "buy" ? quantity : negate(quantity));
        break;
      }
    }
  }

  cash(): ReadonlyMap<string, Decimal> {
    return this.all(CASH);
  }

  /** By instrument; signed. */
  held(): ReadonlyMap<string, Decimal> {
    return this.all(HELD);
  }

  private all(prefix: string): ReadonlyMap<string, Decimal> {
    const texts = [...this.journal.readAll(prefix)];
    return new Map(texts.map(([name, text]) => [name.slice(prefix.length), parseDecimal(text, name)]));
  }

  private change(name: string, by: Decimal): void {
    if (by === 0n) return;
    const before = parseDecimal(this.journal.read(name) ?? "0", name);
    this.journal.write(name, formatDecimal(add<Decimal>(before, by)));
  }
}
