import { z } from "zod";
import { TimeMs } from "./primitive.ts";
import { Decimal } from "./trading.ts";

export { LIVE_PROTOCOL } from "./live-protocol.ts";

/** What a client may say on any channel. */
export const LiveClientMessage = z.discriminatedUnion("type", [
  /** Everything up to `sequence` was taken in: gives the server leave to send on. */
  z.strictObject({ type: z.literal("ack"), sequence: z.number().int().min(0) }),
  /** Begin again from a whole value. */
  z.strictObject({ type: z.literal("snapshot") }),
]);
export type LiveClientMessage = z.infer<typeof LiveClientMessage>;

/** Why the server ends a socket; also in the close frame. */
export const ByeReason = z.enum(["signed_out", "renewed", "slow", "deleted", "restart", "limit"]);
export type ByeReason = z.infer<typeof ByeReason>;

/** Code of the close frame of each reason. After `signed_out` and `deleted` there is nothing to come back for. */
export const BYE_CODES: Readonly<Record<ByeReason, number>> = {
  signed_out: 4401,
  /** The session goes on under a new id, as after a proof: come back with a ticket of it. */
  renewed: 4409,
  deleted: 4404,
  slow: 4408,
  limit: 4429,
  restart: 1012,
};

/**
 * What the server says, around the state of the channel. `change` holds the fields that changed, whole. No field of a state may
 * have a default: a delta that is silent about it would be read as one that sets it.
 */
export function liveServerMessage<T extends z.ZodObject>(state: T) {
  return z.discriminatedUnion("type", [
    z.object({ type: z.literal("snapshot"), epoch: z.string(), sequence: z.number().int(), state }),
    /** Holds what changed after `from`, which is the number last sent on this socket. */
    z.object({
      type: z.literal("delta"),
      from: z.number().int(),
      sequence: z.number().int(),
      change: state.partial(),
    }),
    z.object({ type: z.literal("error"), code: z.string(), message: z.string() }),
    z.object({ type: z.literal("bye"), reason: ByeReason }),
  ]);
}

export const MarketCandle = z.object({
  time: TimeMs,
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number(),
});
export type MarketCandle = z.infer<typeof MarketCandle>;

/** What a market's channel shows: the last price and the minute that is running. */
export const MarketState = z.object({
  instrument: z.string(),
  /** The market's time. */
  at: TimeMs.nullable(),
  price: Decimal.nullable(),
  /** The feed has not spoken for longer than it should. */
  stale: z.boolean(),
  /** The candle that is not closed yet. */
  running: MarketCandle.nullable(),
  /** The last minute that closed. */
  closed: MarketCandle.nullable(),
});
export type MarketState = z.infer<typeof MarketState>;
