import type { z } from "zod";
import { DecimalError } from "../../core/ledger/decimal.ts";
import { readJson } from "./read-json.ts";
import { VenueSilence } from "./venue-reply.ts";

/** A reply of the shape that a schema names. Throws VenueSilence for any other: it says nothing that can be relied on. */
export function readReply<T>(body: string, schema: z.ZodType<T>): T {
  return readShape(readJson(body), schema);
}

/** The same of a part that was read before. */
export function readShape<T>(value: unknown, schema: z.ZodType<T>): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue?.path.join(".") ?? "";
  throw new VenueSilence(`the venue's reply must be as documented, was not at "${where}"`, { isSent: true });
}

/** What `read` makes of a reply. Values that are none make it one that cannot be relied on. */
export function reliably<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DecimalError) && !(error instanceof RangeError)) throw error;
    throw new VenueSilence(`the venue's reply holds a value that is none: ${error.message}`, { isSent: true });
  }
}

/** The same of what is read while more is asked for. */
export async function reliable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    return reliably(() => {
      throw error;
    });
  }
}
