import { z } from "zod";
import { TIMEFRAMES } from "../../workers/core/candle/timeframe.ts";

/** UTC milliseconds since 1970, negative before. The bounds are the instants that a JavaScript date holds. */
export const TimeMs = z.number().int().min(-8.64e15).max(8.64e15);
/** Why somebody did what touches others: four characters say something, three hundred are still read in a list. */
export const Reason = z.string().trim().min(4).max(300);
export const Timeframe = z.enum(TIMEFRAMES);
/** Money on the wire: a decimal string, so that no amount ever passes through a float. */
export const Money = z.string().regex(/^-?\d{1,18}(\.\d{1,12})?$/, "must be a decimal number such as 10000 or 0.5");

/** A decimal on the wire: exact text, never a float. Prices, quantities and amounts alike. */
export const Decimal = z.string().regex(/^-?\d{1,18}(\.\d{1,18})?$/, "must be a decimal number such as 0.5");
export type Decimal = z.infer<typeof Decimal>;
export const PositiveDecimal = Decimal.refine((text) => Number(text) > 0, "must be greater than 0");

/** Largest page a list may return: bounds the work of one request. */
export const PAGE_ROWS_MAX = 200;

export const PageQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_ROWS_MAX).default(50),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** A page of rows and, where more follow, the cursor that fetches them. */
export function Page<T extends z.ZodType>(row: T) {
  return z.object({ rows: z.array(row), next: z.string().nullable() });
}

/** One broken rule: which field, which rule, which value. */
export const ProblemIssue = z.object({
  /** Path of the field, such as `settings.fees.taker`; empty for the whole body. */
  field: z.string(),
  rule: z.string(),
  value: z.unknown().optional(),
});
export type ProblemIssue = z.infer<typeof ProblemIssue>;

/** Error body of every route (RFC 9457, `application/problem+json`). `code` is stable, `detail` is for people. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  issues: z.array(ProblemIssue).optional(),
  requestId: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;
