import { z } from "zod";
import { Timeframe, TimeMs } from "./primitive.ts";

export const Instrument = z.object({
  id: z.string(),
  venue: z.string(),
  symbol: z.string(),
  kind: z.enum(["crypto", "fx", "stock", "future"]),
  base: z.string(),
  quote: z.string(),
  tick: z.number(),
  lot: z.number(),
  quantityMin: z.number(),
  notionalMin: z.number(),
  daysPerYear: z.union([z.literal(365), z.literal(252)]),
});
export type Instrument = z.infer<typeof Instrument>;

/** A rule that bad rows broke, how many did, and the first row numbers (1 = the first data row). */
export const BadRows = z.object({ rule: z.string(), count: z.number().int(), rows: z.array(z.number().int()) });
export type BadRows = z.infer<typeof BadRows>;

/** A stretch inside a session with no candles, `[from, to)`. */
export const Gap = z.object({ from: TimeMs, to: TimeMs, candles: z.number().int() });
export type Gap = z.infer<typeof Gap>;

/** What an import found. `gaps` lists the longest ones; `gapCount` counts all. */
export const DataReport = z.object({
  layout: z.string(),
  rowsRead: z.number().int(),
  rowsKept: z.number().int(),
  timeframe: Timeframe,
  from: TimeMs.nullable(),
  to: TimeMs.nullable(),
  gapCount: z.number().int(),
  gapCandles: z.number().int(),
  gaps: z.array(Gap),
  duplicates: z.number().int(),
  badRows: z.array(BadRows),
  notes: z.array(z.string()),
});
export type DataReport = z.infer<typeof DataReport>;

/** Made by the simulated market, read from a file, or brought from a venue. */
export const DatasetSource = z.enum(["simulated", "import", "venue"]);

/** A named series of candles of one instrument. `to` is the close of its last candle. */
export const Dataset = z.object({
  id: z.string(),
  name: z.string(),
  source: DatasetSource,
  instrument: Instrument,
  timeframe: Timeframe,
  from: TimeMs,
  to: TimeMs,
  candles: z.number().int(),
  report: DataReport.nullable(),
  createdAt: TimeMs,
  updatedAt: TimeMs,
});
export type Dataset = z.infer<typeof Dataset>;

/** State of an import while and after it runs; `datasetId` once it is stored whole. */
export const Import = z.object({
  id: z.string(),
  status: z.enum(["receiving", "reading", "done", "failed"]),
  bytes: z.number().int(),
  bytesTotal: z.number().int().nullable(),
  rows: z.number().int(),
  datasetId: z.string().nullable(),
  report: DataReport.nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type Import = z.infer<typeof Import>;

/**
 * How an import names what it reads; sent as query parameters beside the raw file as the body.
 * `price` chooses the side of files that hold bid and ask.
 */
export const ImportQuery = z.object({
  fileName: z.string().min(1).max(200),
  name: z.string().trim().min(1).max(80).optional(),
  symbol: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9._\-/]{1,24}$/, "must be 1 to 24 letters, digits or . _ - /"),
  kind: z.enum(["crypto", "fx", "stock", "future"]).default("crypto"),
  quote: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9]{1,10}$/, "must be 1 to 10 letters or digits")
    .default("USD"),
  timeframe: Timeframe.optional(),
  price: z.enum(["bid", "mid", "ask"]).default("bid"),
  /** Appends to this dataset instead of making a new one. */
  datasetId: z.string().optional(),
});
export type ImportQuery = z.infer<typeof ImportQuery>;

/** Candles for a chart, as columns. `timeframe` may be larger than asked, so that at most `limit` candles return. */
export const CandleSeries = z.object({
  datasetId: z.string(),
  timeframe: Timeframe,
  time: z.array(z.number()),
  open: z.array(z.number()),
  high: z.array(z.number()),
  low: z.array(z.number()),
  close: z.array(z.number()),
  volume: z.array(z.number()),
});
export type CandleSeries = z.infer<typeof CandleSeries>;

/** Most candles of one chart reply: about two for each pixel of a wide screen. */
export const CHART_CANDLES_MAX = 5_000;

export const CandleQuery = z.object({
  from: z.coerce.number().int().min(-8.64e15).optional(),
  to: z.coerce.number().int().min(-8.64e15).optional(),
  timeframe: Timeframe.optional(),
  limit: z.coerce.number().int().min(1).max(CHART_CANDLES_MAX).default(2_000),
});
export type CandleQuery = z.infer<typeof CandleQuery>;
