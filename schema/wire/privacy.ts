import { z } from "zod";
import { TimeMs } from "./primitive.ts";
import { Email } from "./session.ts";

/** Days in which an account that is to be erased can still be kept: a holiday's length. */
export const DELETION_GRACE_DAYS = 14;

/** An archive of everything about a person. `progress` is the share of the work that is done, 0 to 1. */
export const DataExport = z.object({
  id: z.string(),
  status: z.enum(["queued", "running", "done", "failed"]),
  progress: z.number(),
  bytes: z.number().int().nullable(),
  /** Why it failed. */
  error: z.string().nullable(),
  createdAt: TimeMs,
  finishedAt: TimeMs.nullable(),
  /** When the archive is removed. */
  expiresAt: TimeMs.nullable(),
});
export type DataExport = z.infer<typeof DataExport>;

/** Where an archive is fetched, by the session that asked and until `expiresAt`. */
export const ExportLink = z.object({ url: z.string(), expiresAt: TimeMs });
export type ExportLink = z.infer<typeof ExportLink>;

/** Asks for the erasure of the account: with its password where it has one, and its address typed out. */
export const RequestDeletion = z.strictObject({ password: z.string().max(1_000), email: Email });
export type RequestDeletion = z.infer<typeof RequestDeletion>;

/** When everything of the person is erased; null where nobody asked for it. */
export const Deletion = z.object({ dueAt: TimeMs.nullable() });
export type Deletion = z.infer<typeof Deletion>;
