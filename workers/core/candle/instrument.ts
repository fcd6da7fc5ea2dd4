/** What kind of market an instrument trades on; decides its sessions and how a year is counted. */
export type InstrumentKind = "crypto" | "fx" | "stock" | "future";

/**
 * What can be traded and on which grid. Orders are rounded to the grid before they exist.
 * `tick` and `lot` are the steps of price and quantity in quote and base units; 0 means no grid.
 */
export interface Instrument {
  /** `VENUE:SYMBOL`, such as `SIM:BTC-USD`. */
  readonly id: string;
  readonly venue: string;
  readonly symbol: string;
  readonly kind: InstrumentKind;
  readonly base: string;
  readonly quote: string;
  readonly tick: number;
  readonly lot: number;
  readonly quantityMin: number;
  readonly notionalMin: number;
  /** Days in a trading year: 365 where the market trades every day, else 252. */
  readonly daysPerYear: 365 | 252;
}
