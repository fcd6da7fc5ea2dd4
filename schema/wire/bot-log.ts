import { z } from "zod";
import { TimeMs } from "./primitive.ts";

/** A signal, decision or event of a bot's life, newest first in lists. */
export const BotLogEntry = z.object({
  sequence: z.number().int(),
  at: TimeMs,
  kind: z.enum([
    "started",
    "stopped",
    "paused",
    "resumed",
    "halted",
    "error",
    "edited",
    "candle",
    "signal",
    "order",
    "fill",
    "denied",
    "skipped",
    "shadow",
    // Of signals from outside: expected ones did not come, come again, or came with too many wrong proofs.
    "missing",
    "heard",
    "locked",
    // Something is held whose stop no longer rests at the venue.
    "unprotected",
  ]),
  message: z.string(),
});
export type BotLogEntry = z.infer<typeof BotLogEntry>;
