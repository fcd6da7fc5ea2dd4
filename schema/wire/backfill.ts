import { z } from "zod";
import { VenueName } from "./connection.ts";
import { Instrument } from "./dataset.ts";
import { Timeframe, TimeMs } from "./primitive.ts";

/** Series that a person brings at the same time: a venue counts requests by key or address, so more come no faster. */
export const BACKFILLS_AT_ONCE_MAX = 3;
/** Candles that one may ask for: eleven years of minutes, which are some 130 objects to read at its end. */
export const BACKFILL_CANDLES_MAX = 6_000_000;

/** Where candles can be brought from: a person's key of a venue, or prices that a venue gives to everybody. */
export const BackfillSource = z.object({
  /** Of the connection, or a name of ours for what needs no key. */
  id: z.string(),
  label: z.string(),
  venue: VenueName,
  environment: z.string(),
  needsKey: z.boolean(),
  timeframes: z.array(Timeframe),
});
export type BackfillSource = z.infer<typeof BackfillSource>;

export const CreateBackfill = z.strictObject({
  sourceId: z.string().min(1).max(60),
  /** `VENUE:SYMBOL`, as the source names it. */
  instrument: z.string().min(1).max(80),
  timeframe: Timeframe,
  from: TimeMs,
  /** Until now where it is left out. */
  to: TimeMs.optional(),
  /** Name of the dataset. */
  name: z.string().trim().min(1).max(80).optional(),
});
export type CreateBackfill = z.infer<typeof CreateBackfill>;

export const BackfillStatus = z.enum(["queued", "running", "done", "failed", "cancelled"]);
export type BackfillStatus = z.infer<typeof BackfillStatus>;

/** `candles`: from the first to the last; `gaps`: what is missing is asked for again; `end`: whether more came meanwhile. */
export const BackfillPhase = z.enum(["candles", "gaps", "end"]);
export type BackfillPhase = z.infer<typeof BackfillPhase>;

/** Candles of a venue on their way into a dataset. */
export const Backfill = z.object({
  id: z.string(),
  name: z.string(),
  status: BackfillStatus,
  phase: BackfillPhase,
  sourceId: z.string(),
  venue: VenueName,
  environment: z.string(),
  instrument: Instrument,
  timeframe: Timeframe,
  from: TimeMs,
  to: TimeMs,
  /** Stored so far, each once. */
  candles: z.number().int(),
  /** Share of the time asked for that was gone through, 0 to 1. */
  share: z.number(),
  /** Share of it that was looked through for gaps, 0 to 1. */
  checkedShare: z.number(),
  /** Candles that came when what was missing was asked for again, and those that the venue does not have. */
  repaired: z.number().int(),
  missing: z.number().int(),
  /** Requests that were answered, and how often the venue's rate made it wait. */
  requests: z.number().int(),
  rateWaits: z.number().int(),
  /** It goes on by itself then; null where it does not wait. */
  waitingUntil: TimeMs.nullable(),
  /** What went wrong last, or what it waits for; null where nothing did. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** Once it is done. */
  datasetId: z.string().nullable(),
  createdAt: TimeMs,
  finishedAt: TimeMs.nullable(),
});
export type Backfill = z.infer<typeof Backfill>;
