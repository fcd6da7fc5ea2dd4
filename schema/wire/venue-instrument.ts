import { z } from "zod";

/** Instruments that an account at a venue may trade: each is asked for its price, and its trades are swept for. */
export const ACCOUNT_INSTRUMENTS_MAX = 50;
/** Most instruments that one search answers. */
const FOUND_MAX = 100;

export const VenueInstrumentQuery = z.object({
  /** Part of the name, in any case. */
  search: z.string().trim().max(40).default(""),
  limit: z.coerce.number().int().min(1).max(FOUND_MAX).default(50),
});
export type VenueInstrumentQuery = z.infer<typeof VenueInstrumentQuery>;

/** What a venue trades, with its grid. */
export const VenueInstrumentRow = z.object({
  /** `VENUE:SYMBOL`. */
  id: z.string(),
  kind: z.string(),
  base: z.string(),
  quote: z.string(),
  tick: z.number(),
  lot: z.number(),
  quantityMin: z.number(),
  notionalMin: z.number(),
  status: z.enum(["trading", "halted", "delisted"]),
});
export type VenueInstrumentRow = z.infer<typeof VenueInstrumentRow>;

export const VenueInstrumentPage = z.object({
  rows: z.array(VenueInstrumentRow),
  /** How many match in all. */
  found: z.number().int(),
});
export type VenueInstrumentPage = z.infer<typeof VenueInstrumentPage>;
