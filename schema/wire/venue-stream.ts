import { z } from "zod";
import { TimeMs } from "./primitive.ts";

/** A venue that does not answer is asked again within this time, ms: soon at first, and less often the longer it is silent. */
export const SILENT_ASKED_WITHIN_MS = 60_000;

/**
 * How what happens at a venue comes to be known: `live`, told as it happens; `behind`, told, and some of it is not taken in
 * yet or has to be asked for; `reconnecting`, asked for meanwhile; `refused`, the venue lets nobody listen; `polled`, asked
 * for every half a minute, since this deployment has nothing that could listen.
 */
export const VenueStream = z.object({
  state: z.enum(["live", "behind", "reconnecting", "refused", "polled"]),
  /** Since when; null where it never was otherwise. */
  since: TimeMs.nullable(),
  /** Why it is not live; empty where it is. */
  reason: z.string(),
});
export type VenueStream = z.infer<typeof VenueStream>;
