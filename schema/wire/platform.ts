import { z } from "zod";
import { Reason, TimeMs } from "./primitive.ts";

/** The switch of the whole deployment: while it is HALTED no desk sends anything but cancels and what closes positions. */
export const PlatformTrading = z.object({
  state: z.enum(["ACTIVE", "HALTED"]),
  changedAt: TimeMs.nullable(),
  /** Why it was thrown, in an operator's words; null where nobody said. */
  reason: z.string().nullable(),
  /** Accounts that were not told yet: their desks follow within minutes. */
  untold: z.number().int(),
});
export type PlatformTrading = z.infer<typeof PlatformTrading>;

/**
 * Closing what is held is another verb, since it needs a second administrator: see `Closing`. The page asks for a reason; a stop is
 * never refused for want of words.
 */
export const SetPlatformTrading = z.strictObject({ state: z.enum(["ACTIVE", "HALTED"]), reason: Reason.optional() });
export type SetPlatformTrading = z.infer<typeof SetPlatformTrading>;
