import { z } from "zod";

/**
 * What of Alpaca's payloads is read. Every number comes as text, whether the venue writes it as a number or as a text. What
 * is absent may be null, empty or left out. Fields that are not named here are dropped.
 */

const text = z.string().max(256);
const decimal = z.string().max(60);
const maybe = z.string().max(256).nullish();
const id = z.string().regex(/^[0-9A-Za-z-]{1,64}$/, "must be an id of letters, digits and -");

/** The most rows that any list has: assets by far. */
const ROWS_MAX = 60_000;

const plainOrder = z.object({
  id,
  client_order_id: z.string().max(128),
  symbol: z.string().max(32).nullish(),
  asset_class: maybe,
  qty: maybe,
  filled_qty: decimal,
  side: z.enum(["buy", "sell"]),
  type: text.nullish(),
  order_type: text.nullish(),
  order_class: maybe,
  time_in_force: maybe,
  limit_price: maybe,
  stop_price: maybe,
  status: text,
  replaced_by: maybe,
  replaces: maybe,
});
export const alpacaOrder = plainOrder.extend({ legs: z.array(plainOrder).max(10).nullish() });
export type AlpacaOrder = z.infer<typeof alpacaOrder>;
export const ordersReply = z.array(alpacaOrder).max(500);

export const account = z.object({
  account_number: text,
  status: text,
  currency: z.string().regex(/^[A-Z]{3}$/),
  cash: decimal,
  equity: decimal,
  position_market_value: maybe,
  trading_blocked: z.boolean(),
  account_blocked: z.boolean(),
  transfers_blocked: z.boolean(),
  trade_suspended_by_user: z.boolean(),
  shorting_enabled: z.boolean().optional(),
});

export const positionsReply = z
  .array(z.object({ symbol: text, asset_class: maybe, qty: decimal, side: z.enum(["long", "short"]) }))
  .max(ROWS_MAX);

const asset = z.object({
  class: text,
  symbol: z.string().max(40),
  status: text,
  tradable: z.boolean(),
  fractionable: z.boolean(),
  min_order_size: maybe,
  min_trade_increment: maybe,
  price_increment: maybe,
});
export type AlpacaAsset = z.infer<typeof asset>;
export const assetsReply = z.array(asset).max(ROWS_MAX);

const activityId = z.string().regex(/^[0-9A-Za-z:-]{1,100}$/, "must be an id of letters, digits, : and -");

export const fillActivities = z
  .array(
    z.object({
      id: activityId,
      activity_type: z.literal("FILL"),
      order_id: id,
      symbol: text,
      side: z.enum(["buy", "sell", "sell_short"]),
      qty: decimal,
      price: decimal,
      transaction_time: text,
    }),
  )
  .max(100);
export type AlpacaFill = z.infer<typeof fillActivities>[number];

export const otherActivities = z
  .array(
    z.object({
      id: activityId,
      activity_type: text,
      date: maybe,
      created_at: maybe,
      net_amount: maybe,
      currency: maybe,
      symbol: maybe,
      qty: maybe,
      price: maybe,
      per_share_amount: maybe,
      status: maybe,
    }),
  )
  .max(100);
export type AlpacaActivity = z.infer<typeof otherActivities>[number];

export const clockReply = z.object({ timestamp: text, is_open: z.boolean(), next_open: text, next_close: text });

/** What the venue says where it refuses. */
export const errorReply = z.object({ code: z.string().regex(/^\d{1,12}$/), message: z.string().max(2_000) });

const latestTrade = z.object({ p: decimal, t: text });
export const latestTradesReply = z.object({ trades: z.record(z.string().max(40), latestTrade) });

const bar = z.object({ t: text, o: decimal, h: decimal, l: decimal, c: decimal, v: decimal });
export type AlpacaBar = z.infer<typeof bar>;
export const barsReply = z.object({
  bars: z.record(z.string().max(40), z.array(bar).max(10_000)).nullable(),
  next_page_token: z.string().max(1_000).nullish(),
});

/** A frame of the account's stream. */
export const tradeFrame = z.object({
  stream: text,
  data: z.object({
    status: text.optional(),
    action: text.optional(),
    error: text.optional(),
    streams: z.array(text).max(100).nullish(),
    event: text.optional(),
    order: alpacaOrder.optional(),
  }),
});

/** Messages of the stream of market data; which fields they have depends on T. */
export const dataFrames = z
  .array(
    z.object({
      T: text,
      msg: text.optional(),
      code: z.string().max(20).optional(),
      S: z.string().max(40).optional(),
      p: decimal.optional(),
      t: text.optional(),
    }),
  )
  .max(10_000);
