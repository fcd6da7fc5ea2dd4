import { z } from "zod";
import { TimeMs } from "./primitive.ts";

/** The switch of the whole deployment: while it is HALTED no desk sends anything but cancels and what closes positions. */
export const PlatformTrading = z.object({
  state: z.enum(["ACTIVE", "HALTED"]),
  changedAt: TimeMs.nullable(),
  /** Accounts that were not told yet: their desks follow within minutes. */
  untold: z.number().int(),
});
export type PlatformTrading = z.infer<typeof PlatformTrading>;

export const SetPlatformTrading = z.strictObject({
  state: z.enum(["ACTIVE", "HALTED"]),
  /** Of a halt: also close what is held, at the market. */
  flatten: z.boolean().default(false),
});
export type SetPlatformTrading = z.infer<typeof SetPlatformTrading>;
