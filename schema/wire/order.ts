import { z } from "zod";
import { Decimal, PageQuery, PositiveDecimal, TimeMs } from "./primitive.ts";

export const OrderSide = z.enum(["buy", "sell"]);
export const OrderKind = z.enum(["market", "limit", "stop", "stop-limit", "trailing-stop"]);
/** What an order is for: opening, closing, or protecting what an entry opened. */
export const OrderRole = z.enum(["entry", "exit", "stop", "target", "trailing", "flatten", "external"]);
export type OrderRole = z.infer<typeof OrderRole>;
export const OrderStateName = z.enum([
  "INTENT",
  "DENIED",
  "SUBMITTING",
  "ACCEPTED",
  "UNKNOWN",
  "REJECTED",
  "LOST",
  "PENDING_CANCEL",
  "PENDING_REPLACE",
  "CANCELED",
  "EXPIRED",
  "FILLED",
]);
export type OrderStateName = z.infer<typeof OrderStateName>;

/** An order as lists show it. `botId` is null for orders that a person placed. */
export const Order = z.object({
  id: z.string(),
  accountId: z.string(),
  botId: z.string().nullable(),
  instrument: z.string(),
  side: OrderSide,
  kind: OrderKind,
  role: OrderRole,
  quantity: Decimal,
  limit: Decimal.nullable(),
  stop: Decimal.nullable(),
  /** Distance of a trailing stop from the best price. */
  trail: Decimal.nullable(),
  /** The entry that this order protects. */
  parent: z.string().nullable(),
  filled: Decimal,
  /** Mean price of what was filled; null before the first fill. */
  averagePrice: Decimal.nullable(),
  state: OrderStateName,
  /** Somebody wants it gone and the venue has not said that it is. */
  cancelRequested: z.boolean(),
  /** Of a lost order: a person has looked at the venue and let go of it, so that it counts against no cap. */
  released: z.boolean(),
  /** Code of the denial, by us, or of the rejection, by the venue. */
  reason: z.string().nullable(),
  /** What asked for it: a candle and a rule, or a person. */
  signal: z.string(),
  createdAt: TimeMs,
  updatedAt: TimeMs,
});
export type Order = z.infer<typeof Order>;

/** Why an order was let through or not: the rule, what was measured, what is allowed. */
export const OrderVerdict = z.object({
  verdict: z.enum(["pass", "denied"]),
  /** Versions of the limits, such as p1.a2.b3; null on a denial before any was read. */
  limitsVersion: z.string().nullable(),
  referencePrice: Decimal.nullable(),
  code: z.string().nullable(),
  cap: z.string().nullable(),
  value: z.string().nullable(),
  limit: z.string().nullable(),
  level: z.string().nullable(),
});
export type OrderVerdict = z.infer<typeof OrderVerdict>;

/** One thing that happened to an order, in the order it was written down. */
export const OrderHistoryEntry = z.object({
  sequence: z.number().int(),
  at: TimeMs,
  /** Name of the event, such as `submit` or `fill`. */
  event: z.string(),
  state: OrderStateName,
  detail: z.string(),
});
export type OrderHistoryEntry = z.infer<typeof OrderHistoryEntry>;

export const Fill = z.object({
  id: z.string(),
  accountId: z.string(),
  botId: z.string().nullable(),
  /** Null for a trade that no order of ours made. */
  orderId: z.string().nullable(),
  instrument: z.string(),
  side: OrderSide,
  quantity: Decimal,
  price: Decimal,
  fee: Decimal,
  feeCurrency: z.string(),
  liquidity: z.enum(["maker", "taker"]),
  /** The market's time. */
  at: TimeMs,
});
export type Fill = z.infer<typeof Fill>;

export const OrderDetail = z.object({
  order: Order,
  verdict: OrderVerdict.nullable(),
  history: z.array(OrderHistoryEntry),
  fills: z.array(Fill),
});
export type OrderDetail = z.infer<typeof OrderDetail>;

const OrderTicket = z.strictObject({
  accountId: z.string().max(60),
  instrument: z.string().max(60),
  side: OrderSide,
  kind: OrderKind.exclude(["trailing-stop"]),
  quantity: PositiveDecimal,
  limit: PositiveDecimal.optional(),
  stop: PositiveDecimal.optional(),
  /** Only closes: never more than is held against it. */
  reduceOnly: z.boolean().default(false),
});
type Priced = Pick<z.infer<typeof OrderTicket>, "kind" | "limit" | "stop">;
const hasItsLimit = ({ kind, limit }: Priced) => (limit !== undefined) === (kind === "limit" || kind === "stop-limit");
const hasItsStop = ({ kind, stop }: Priced) => (stop !== undefined) === (kind === "stop" || kind === "stop-limit");
const LIMIT_RULE = { path: ["limit"], message: "must be set for limit and stop-limit orders, and only for them" };
const STOP_RULE = { path: ["stop"], message: "must be set for stop and stop-limit orders, and only for them" };

/** What a person asks the desk for. With an `Idempotency-Key`, the same request again makes no second order. */
export const CreateOrder = OrderTicket.refine(hasItsLimit, LIMIT_RULE).refine(hasItsStop, STOP_RULE);
export type CreateOrder = z.infer<typeof CreateOrder>;

/** An order to be looked at before it is sent; without a quantity only its room is. */
export const PreviewOrder = OrderTicket.partial({ quantity: true })
  .refine(hasItsLimit, LIMIT_RULE)
  .refine(hasItsStop, STOP_RULE);
export type PreviewOrder = z.infer<typeof PreviewOrder>;

/** What would become of an order now. Nothing is written down or sent, and a moment later it may be otherwise. */
export const OrderPreview = z.object({
  /** Last price that is known, and when it was true (the market's time); null where there is none. */
  price: Decimal.nullable(),
  priceAt: TimeMs.nullable(),
  /** At its limit or stop, otherwise at that price, in the account's currency; null without a quantity or a price. */
  worth: Decimal.nullable(),
  /** Estimated by the account's rates: the taker's, but the maker's for a limit that would wait. */
  fee: Decimal.nullable(),
  /** Null without a quantity. */
  verdict: OrderVerdict.nullable(),
  /** The most that every check lets through, in units of the instrument, and what denies more than that. */
  room: z.object({ quantity: Decimal, worth: Decimal.nullable(), denial: OrderVerdict.nullable() }),
});
export type OrderPreview = z.infer<typeof OrderPreview>;

export const ListOrders = PageQuery.extend({
  accountId: z.string().max(60).optional(),
  botId: z.string().max(60).optional(),
  instrument: z.string().max(60).optional(),
  state: OrderStateName.optional(),
  /** Only those whose end is not certain. */
  open: z.enum(["true", "false"]).optional(),
  /** Part of an id, an instrument or a signal. */
  search: z.string().max(60).optional(),
  from: z.coerce.number().int().optional(),
  to: z.coerce.number().int().optional(),
});
export type ListOrders = z.infer<typeof ListOrders>;

export const ListFills = PageQuery.extend({
  accountId: z.string().max(60).optional(),
  botId: z.string().max(60).optional(),
  instrument: z.string().max(60).optional(),
  /** Part of an instrument, in capitals or not. */
  search: z.string().max(60).optional(),
  from: z.coerce.number().int().optional(),
  to: z.coerce.number().int().optional(),
});
export type ListFills = z.infer<typeof ListFills>;
