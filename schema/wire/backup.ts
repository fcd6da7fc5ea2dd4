import { z } from "zod";
import { Page } from "./primitive.ts";

/** A full backup, and whether it was restored and found good. */
export const Backup = z
  .object({
    id: z.string(),
    status: z
      .enum(["running", "made", "verified", "failed"])
      .describe("`made`: stored, and being restored to be checked. `verified`: that was done, and all was right."),
    askedBy: z.enum(["day", "person"]),
    startedAt: z.number().int(),
    madeAt: z.number().int().nullable().describe("As of when it is, UTC ms."),
    finishedAt: z.number().int().nullable(),
    sources: z.number().int().describe("The database and each object count as one."),
    units: z.number().int(),
    bytes: z.number().int().describe("As they are stored: packed and sealed."),
    rows: z.number().int(),
    reason: z.string().nullable().describe("Why it failed."),
    ageSeconds: z.number().int().nullable().describe("Since `madeAt`."),
  })
  .meta({ id: "Backup" });
export type Backup = z.infer<typeof Backup>;

export const BackupPage = Page(Backup);
export type BackupPage = z.infer<typeof BackupPage>;

export const BegunBackup = z.object({ id: z.string() }).meta({ id: "BegunBackup" });
export type BegunBackup = z.infer<typeof BegunBackup>;
