import { z } from "zod";

const Name = z.string().max(80);
const Key = z.string().max(200);
/** What an object is known by: a hash, or a name of ours. It is never shown. */
const Source = z.string().max(100);

/**
 * What an isolate counted since its last flush, summed up by series. Flushes of an isolate are numbered from 1, so that one
 * that is sent twice counts once, and one that never came is missed.
 */
export const MetricBatch = z.object({
  isolate: z.string().max(60),
  sequence: z.number().int().positive(),
  counts: z.array(z.tuple([Name, Key, z.number().nonnegative()])),
  /** Observations in each bucket, the last without bound, and their sum. */
  observations: z.array(z.tuple([Name, Key, z.array(z.number().int().nonnegative()).max(40), z.number()])),
  /** Value, or null where its source has none any more, and when it was so, UTC ms. */
  gauges: z.array(z.tuple([Name, Key, Source, z.number().nullable(), z.number()])),
});
export type MetricBatch = z.infer<typeof MetricBatch>;
/** A batch before it has a number. */
export type MetricPoints = Pick<MetricBatch, "counts" | "observations" | "gauges">;
