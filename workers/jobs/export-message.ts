import { z } from "zod";

/** Asks a worker to go on with the archive of a person's data, from where it was laid aside or from the start. */
export const ExportMessage = z.strictObject({ exportId: z.string(), ownerId: z.string() });
export type ExportMessage = z.infer<typeof ExportMessage>;
