import type { VenueSettings } from "./venue-settings.ts";

/** A stretch of prices of one instrument, walked open → extreme → extreme → close; a tick has four equal prices. */
export interface PriceSlice {
  /** Symbol. */
  readonly instrument: string;
  /** When it began, UTC ms. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** How a paper book fills. `nets` lets an order against the position reduce it; otherwise it waits until that is flat. */
export interface PaperSettings extends Omit<VenueSettings, "sizing" | "sizeAt" | "keepTrades"> {
  /** How long an order is on its way: it meets slices that begin no earlier. */
  readonly latencyMs: number;
}

/** New terms of an order; an absent price stays as it is. */
export interface PaperTerms {
  readonly quantity: number;
  readonly limit?: number | undefined;
  readonly stop?: number | undefined;
}
