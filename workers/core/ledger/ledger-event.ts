import type { Money, Price, Quantity } from "./decimal.ts";
import type { Side } from "./decimal-grid.ts";

interface Happened {
  /** Unique in an account: the venue's own id for what comes from there. An event told twice counts once. */
  readonly id: string;
  /** UTC ms. */
  readonly at: number;
}

/** A trade. `order` is undefined for one that was not ours (placed elsewhere, a liquidation). */
export interface FillBooked extends Happened {
  readonly type: "fill";
  readonly order: string | undefined;
  readonly instrument: string;
  readonly quote: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly price: Price;
  /** What the venue took; below zero for a rebate. */
  readonly fee: Money;
  readonly feeCurrency: string;
}

/** A fee that belongs to no trade: borrowing, withdrawing, data. Below zero is given back. */
export interface FeeBooked extends Happened {
  readonly type: "fee";
  readonly currency: string;
  readonly amount: Money;
}

/** Funding paid for holding an instrument; below zero was received. */
export interface FundingBooked extends Happened {
  readonly type: "funding";
  readonly instrument: string;
  readonly currency: string;
  readonly amount: Money;
}

/** Money that came from or went to the owner. The amount is above zero. */
export interface TransferBooked extends Happened {
  readonly type: "deposit" | "withdrawal";
  readonly currency: string;
  readonly amount: Money;
}

/** A balance set right by a person's decision, with the reason. */
export interface CashAdjusted extends Happened {
  readonly type: "cash-adjustment";
  readonly currency: string;
  readonly amount: Money;
  readonly reason: string;
}

/** A position set right by a person's decision: the venue holds `quantity` more (or less) than all fills explain. */
export interface PositionAdjusted extends Happened {
  readonly type: "position-adjustment";
  readonly instrument: string;
  readonly quote: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly reason: string;
}

export type LedgerEvent = FillBooked | FeeBooked | FundingBooked | TransferBooked | CashAdjusted | PositionAdjusted;
