import { add, type Decimal, negate, notional, ZERO } from "../core/ledger/decimal.ts";
import { formatDecimal, parseDecimal } from "../core/ledger/decimal-text.ts";
import { heldOf, type VenueFill } from "../core/ledger/venue-report.ts";
import type { OrderToPlace } from "./broker.ts";
import type { Movement, VenueJournal } from "./venue-journal.ts";

const CASH = "cash:";
const HELD = "held:";
const SHARE = "share:";
/** Whose share trades are that nobody here placed. */
const ELSEWHERE = "?";

/** A person's decision that made a share larger or smaller, by so much: that of a bot, or nobody's where none is named. */
export interface ShareChange {
  readonly bot: string | undefined;
  readonly instrument: string;
  /** Signed. */
  readonly by: Decimal;
}

/** What all trades and movements that we know of have done: to money by currency, and to what is held by instrument. */
export class JournalFlows {
  private readonly journal: VenueJournal;

  constructor(journal: VenueJournal) {
    this.journal = journal;
  }

  /** `bot`: whose order traded; undefined for one that was placed elsewhere. */
  fill(fill: VenueFill, bot: string | undefined): void {
    const { instrument, quote, side, quantity, price, fee, feeCurrency, feeInKind } = fill;
    const value = notional(price, quantity, "half-even");
    const held = heldOf(fill);
    const signed = side === "buy" ? held : negate(held);
    this.change(`${HELD}${instrument}`, signed);
    this.change(shareName(bot ?? ELSEWHERE, instrument), signed);
    this.change(`${CASH}${quote}`, side === "buy" ? negate(value) : value);
    if (feeInKind !== true) this.change(`${CASH}${feeCurrency}`, negate(fee));
  }

  changeShare({ bot, instrument, by }: ShareChange): void {
    this.change(`${HELD}${instrument}`, by);
    this.change(shareName(bot ?? ELSEWHERE, instrument), by);
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

  /**
   * How much of what a bot holds an order of a side may close. What was closed elsewhere, against the bot's share, is not
   * there to be closed again: an order for it would open the opposite.
   */
  closable({ bot, instrument, side }: Pick<OrderToPlace, "bot" | "instrument" | "side">): Decimal {
    const [own, elsewhere] = [bot, ELSEWHERE].map((whose) => this.amount(shareName(whose, instrument)));
    const [held, apart] = side === "sell" ? [own, elsewhere] : [negate(own), negate(elsewhere)];
    return add<Decimal>(held, apart < 0n ? apart : ZERO);
  }

  /** Same, of what the account holds as a whole. */
  closableOfAll({ instrument, side }: Pick<OrderToPlace, "instrument" | "side">): Decimal {
    const held = this.amount(`${HELD}${instrument}`);
    return side === "sell" ? held : negate(held);
  }

  private amount(name: string): Decimal {
    return parseDecimal(this.journal.read(name) ?? "0", name);
  }

  private all(prefix: string): ReadonlyMap<string, Decimal> {
    const texts = [...this.journal.readAll(prefix)];
    return new Map(texts.map(([name, text]) => [name.slice(prefix.length), parseDecimal(text, name)]));
  }

  private change(name: string, by: Decimal): void {
    if (by === 0n) return;
    this.journal.write(name, formatDecimal(add<Decimal>(this.amount(name), by)));
  }
}

function shareName(bot: string, instrument: string): string {
  return `${SHARE}${bot}:${instrument}`;
}
