import { z } from "zod";

/** Asks a worker to go on with a backfill. One of an older generation was sent before another and does nothing. */
export const BackfillMessage = z.strictObject({
  backfillId: z.string(),
  ownerId: z.string(),
  generation: z.number().int(),
});
export type BackfillMessage = z.infer<typeof BackfillMessage>;
