import { z } from "zod";
import { Decimal, TimeMs } from "./primitive.ts";

/** Version of what sidecar and accounts say to one another; another one is refused at the first frame. */
export const SIDECAR_PROTOCOL = 1;

/** Asked by the sidecar and answered by the platform while the account's object sleeps. */
export const SIDECAR_PING = "ping";
export const SIDECAR_PONG = "pong";

/** Longest frame either side takes, characters: a frame of news is cut long before. */
export const SIDECAR_FRAME_CHARACTERS_MAX = 256 * 1024;
/** News in one frame, so that one burst of a venue does not make a frame beyond the limit. */
export const NEWS_IN_FRAME_MAX = 100;

/** Numbers count up from 1 for as long as one process holds one account's stream. */
const Sequence = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const Name = z.string().min(1).max(200);
const Reason = z.string().max(500);

const OrderText = z.strictObject({
  clientOrderId: z.string().max(64).nullable(),
  venueOrderId: Name,
  instrument: Name,
  side: z.enum(["buy", "sell"]),
  quantity: Decimal,
  limit: Decimal.nullable(),
  stop: Decimal.nullable(),
  filled: Decimal,
  status: z.enum(["open", "filled", "canceled", "expired", "rejected"]),
});

const FillText = z.strictObject({
  tradeId: Name,
  clientOrderId: z.string().max(64).nullable(),
  venueOrderId: Name,
  instrument: Name,
  quote: Name,
  side: z.enum(["buy", "sell"]),
  quantity: Decimal,
  price: Decimal,
  fee: Decimal,
  feeCurrency: Name,
  liquidity: z.enum(["maker", "taker"]),
  at: TimeMs,
});

const MovementText = z.strictObject({
  type: z.enum(["deposit", "withdrawal", "fee", "funding"]),
  id: Name,
  at: TimeMs,
  currency: Name,
  amount: Decimal,
  /** Of funding only. */
  instrument: Name.nullable(),
});

/** News of a venue as text, for the way between processes. */
export const VenueNewsText = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("order"), order: OrderText, reason: Reason }),
  z.strictObject({ type: z.literal("fill"), fill: FillText }),
  z.strictObject({ type: z.literal("rejected"), id: z.string().max(64), code: Reason }),
  z.strictObject({ type: z.literal("movement"), movement: MovementText }),
  z.strictObject({
    type: z.literal("mark"),
    mark: z.strictObject({ instrument: Name, price: Decimal, at: TimeMs, heardAt: TimeMs, intervalMs: z.number() }),
  }),
  z.strictObject({ type: z.literal("gap"), reason: Reason }),
]);
export type VenueNewsText = z.infer<typeof VenueNewsText>;

/**
 * How a venue's stream stands: being connected, telling everything, down and tried again, or refused, so that nothing is
 * tried before the account asks anew.
 */
export const VenueLineState = z.enum(["connecting", "ready", "down", "refused"]);
export type VenueLineState = z.infer<typeof VenueLineState>;

/** What is numbered, kept until it was taken, and told again after a break. */
export const SidecarItem = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("news"), news: z.array(VenueNewsText).max(NEWS_IN_FRAME_MAX) }),
  z.strictObject({ kind: z.literal("state"), state: VenueLineState, reason: Reason, at: TimeMs }),
]);
export type SidecarItem = z.infer<typeof SidecarItem>;

const AnswerFrame = z.discriminatedUnion("ok", [
  z.strictObject({ type: z.literal("answer"), id: Sequence, ok: z.literal(true), value: z.json() }),
  z.strictObject({
    type: z.literal("answer"),
    id: Sequence,
    ok: z.literal(false),
    code: Name,
    message: Reason,
    /** Whether the venue may have got what was asked. */
    isSent: z.boolean(),
  }),
]);

/** What a sidecar says to an account. */
export const SidecarFrame = z.discriminatedUnion("type", [
  /** First of all: which stream this is and what of it is still kept. Another stream's numbers begin anew. */
  z.strictObject({
    type: z.literal("hello"),
    protocol: z.number().int(),
    stream: Name,
    epoch: Sequence,
    first: Sequence,
    last: Sequence,
  }),
  z.strictObject({ type: z.literal("item"), sequence: Sequence, item: SidecarItem }),
  /** These are lost: more came than is kept. Everything is to be asked for. */
  z.strictObject({ type: z.literal("gap"), from: Sequence, to: Sequence }),
  AnswerFrame,
  z.strictObject({ type: z.literal("bye"), reason: z.enum(["drain", "replaced", "released"]) }),
]);
export type SidecarFrame = z.infer<typeof SidecarFrame>;

/**
 * The failure that stands for an answer beyond the longest frame: the venue may have done what was asked, and nobody reads what it
 * said of it.
 */
export function answerTooLong(id: number, characters: number): Extract<SidecarFrame, { type: "answer"; ok: false }> {
  const message = `the venue's answer must have at most ${SIDECAR_FRAME_CHARACTERS_MAX} characters, had ${characters}`;
  return { type: "answer", id, ok: false, code: "FAILED", message, isSent: true };
}

/** What an account says to its sidecar. */
export const AccountFrame = z.discriminatedUnion("type", [
  /** Answers a hello: everything up to `taken` of this stream is stored here. */
  z.strictObject({ type: z.literal("welcome"), protocol: z.number().int(), taken: Sequence }),
  /** Everything up to `sequence` is stored. */
  z.strictObject({ type: z.literal("ack"), sequence: Sequence }),
  /** A request to a venue that is reached through the sidecar alone. */
  z.strictObject({
    type: z.literal("ask"),
    id: Sequence,
    /** Until when the answer is waited for, as time that is left, ms: clocks of two machines differ. */
    leftMs: z.number().int().min(1).max(60_000),
    method: Name,
    params: z.record(z.string(), z.json()),
  }),
]);
export type AccountFrame = z.infer<typeof AccountFrame>;

/** Body of `POST /v1/holds`: please hold this account's stream. Account and owner are in the token. */
export const HoldRequest = z.strictObject({
  venue: z.string().regex(/^[A-Z0-9]{2,20}$/, "must be a venue such as BINANCE"),
  environment: z.string().regex(/^[a-z0-9-]{1,40}$/, "must be an environment such as live"),
  /** What the venue's stream needs to sign in with. Kept in memory only. */
  credentials: z.record(z.string().max(60), z.string().max(8_000)),
  /** Instruments whose prices are wanted. */
  instruments: z.array(Name).max(200),
  /** Where the account is reached: `wss://…/sidecar/v1/accounts/{id}`. */
  callback: z.url({ protocol: /^wss?$/ }).max(500),
  /** Rises with each request of an account: of two sidecars that hold it, the one with the lower number is sent away. */
  epoch: Sequence,
});
export type HoldRequest = z.infer<typeof HoldRequest>;

/** Answer to `POST /v1/holds`. */
export const HoldAnswer = z.object({ stream: z.string(), state: VenueLineState });
export type HoldAnswer = z.infer<typeof HoldAnswer>;
