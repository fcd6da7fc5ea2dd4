import { z } from "zod";

/** Asks a worker to go on with a run, from its last checkpoint or from the start. */
export const RunMessage = z.strictObject({ runId: z.string(), ownerId: z.string() });
export type RunMessage = z.infer<typeof RunMessage>;
