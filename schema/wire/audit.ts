import { z } from "zod";
import { AuditRecord } from "./audit-record.ts";
import { PAGE_ROWS_MAX, TimeMs } from "./primitive.ts";

/** One entry of the trail, with its number from 1 on and the hash (SHA-256, hexadecimal) that chains it. */
export const AuditRow = AuditRecord.extend({ seq: z.number().int(), hash: z.string() });
export type AuditRow = z.infer<typeof AuditRow>;

/** Which entries a list shows, the newest first; all that are given must hold. */
export const AuditQuery = z.object({
  /** Start of the action, such as `backtest.`. */
  action: z.string().max(60).optional(),
  /** Who acted: the owner, somebody else who was signed in, or nobody who was, such as the system. */
  by: z.enum(["owner", "others", "nobody"]).optional(),
  /** UTC milliseconds: at or after, and before. */
  from: z.coerce.number().pipe(TimeMs).optional(),
  to: z.coerce.number().pipe(TimeMs).optional(),
  /** Text anywhere in the entry, in any case. */
  text: z.string().max(200).optional(),
  /** Only entries of a smaller number: the cursor `next` of the page before. */
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_ROWS_MAX).default(50),
});
export type AuditQuery = z.infer<typeof AuditQuery>;

export const AuditPage = z.object({ rows: z.array(AuditRow), next: z.number().int().nullable() });
export type AuditPage = z.infer<typeof AuditPage>;

/** The last line of a downloaded trail: what its entries must agree with. */
export const AuditTail = z.object({
  head: z.object({ seq: z.number().int(), hash: z.string() }),
  anchors: z.array(z.object({ seq: z.number().int(), hash: z.string(), at: z.number().int() })),
});
export type AuditTail = z.infer<typeof AuditTail>;

/** What recomputing the whole chain found. */
export const AuditVerification = z.object({
  /** Entries that are as they were written. */
  entries: z.number().int(),
  head: z.object({ seq: z.number().int(), hash: z.string() }),
  /** The first thing that is wrong, and the number of the entry. */
  fault: z
    .object({ seq: z.number().int(), kind: z.enum(["changed", "missing", "order", "truncated", "rewritten"]) })
    .nullable(),
  /** Heads kept out of reach of whoever edits the trail, that were compared: they tell a cut tail and a chain made anew. */
  anchors: z.number().int(),
  /** UTC milliseconds of the newest anchor; null before the first. */
  lastAnchoredAt: z.number().int().nullable(),
});
export type AuditVerification = z.infer<typeof AuditVerification>;
