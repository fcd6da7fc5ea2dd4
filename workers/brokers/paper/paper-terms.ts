import type { Instrument } from "../../core/candle/instrument.ts";
import type { FeeRates } from "../../core/fill/fee.ts";
import type { PathChoice } from "../../core/fill/path.ts";
import type { Slippage } from "../../core/fill/slippage.ts";
import type { VenueOrder, VenueReport } from "../../core/ledger/venue-report.ts";
import type { OrderToPlace, ReplaceTerms, SendOutcome, VenueTold } from "../broker.ts";
import type { PaperFault } from "./paper-fault.ts";

/** How orders are filled. Rates are shares (0.001 = 0.1 %). */
export interface PaperRules {
  readonly fees: FeeRates;
  readonly slippage: Slippage;
  /** Share of a slice's volume that the orders of a book may take; undefined for no limit. */
  readonly volumeLimit?: number | undefined;
  /** How long an order is on its way, ms of the market's time. */
  readonly latencyMs: number;
}

/** An account at the paper venue. */
export interface PaperAccount {
  readonly accountId: string;
  readonly currency: string;
  /** Decimal: what it begins with. */
  readonly cash: string;
  readonly rules: PaperRules;
  /** Name of the object that is told what happens; empty for none. */
  readonly listener: string;
  /** What persons may trade in the account's own book; more may be added later. */
  readonly instruments: readonly Instrument[];
}

/** A bot's book: money of its own, taken from the account's, and how its backtest fills. */
export interface PaperBookTerms {
  readonly bot: string;
  /** Decimal: what it begins with. */
  readonly cash: string;
  readonly instruments: readonly Instrument[];
  readonly leverage: number;
  readonly maintenance: number;
  readonly whenShort: "refuse" | "shrink";
  readonly remainder: "carry" | "cancel";
  readonly touch: boolean;
  readonly path: PathChoice;
  /** The account's where left out. */
  readonly rules?: Partial<PaperRules> | undefined;
}

/** What a bot's book holds. Doubles: for display and comparison, never for accounts. */
export interface PaperBookState {
  readonly bot: string;
  readonly cash: number;
  readonly equity: number;
  readonly positions: readonly { readonly instrument: string; readonly quantity: number }[];
}

/**
 * The calls of the object of a paper account; `ownerId` is held against the stored one in each. A call that changes
 * something and comes twice changes it once.
 */
export interface PaperVenueCalls {
  openAccount(call: { ownerId: string; account: PaperAccount }): Promise<void>;
  /** Throws where the account's own book has not so much, or the bot has a book with other terms. */
  openBook(call: { ownerId: string; terms: PaperBookTerms }): Promise<void>;
  /** Gives the money of a bot's book back to the account. Throws where it holds or waits for something. */
  closeBook(call: { ownerId: string; bot: string }): Promise<void>;
  books(call: { ownerId: string }): Promise<PaperBookState[]>;
  /** What goes wrong from now on; an empty list for nothing. */
  setFaults(call: { ownerId: string; faults: readonly PaperFault[] }): Promise<void>;
  place(call: { ownerId: string; order: OrderToPlace }): Promise<SendOutcome>;
  cancel(call: { ownerId: string; id: string }): Promise<SendOutcome>;
  replace(call: { ownerId: string; id: string; revision: number; terms: ReplaceTerms }): Promise<SendOutcome>;
  order(call: { ownerId: string; id: string }): Promise<VenueOrder | undefined>;
  report(call: { ownerId: string; cursor: string }): Promise<{ report: VenueReport; cursor: string }>;
  events(call: { ownerId: string; sequence: number }): Promise<VenueTold>;
}

/** Whoever wants to know what happens at the venue. May be told the same twice; a gap in the sequence is filled by asking. */
export interface VenueListener {
  onVenue(call: { ownerId: string; told: VenueTold }): Promise<void>;
}
