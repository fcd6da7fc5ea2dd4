import { z } from "zod";
import { Page, PageQuery, TimeMs } from "./primitive.ts";
import { Decimal, TradingStateName } from "./trading.ts";

/** Names of all caps, as `workers/core/risk/cap.ts` defines and measures them. */
export const CapName = z.enum([
  "orderQuantity",
  "orderNotional",
  "positionQuantity",
  "positionNotional",
  "grossExposure",
  "netExposure",
  "leverage",
  "openOrders",
  "openOrderNotional",
  "ordersPerSecond",
  "ordersPerMinute",
  "dailyLoss",
  "drawdown",
  "priceCollar",
  "priceAge",
  "duplicateWindow",
  "executions",
  "rejectsInARow",
]);
export type CapName = z.infer<typeof CapName>;

const CapValue = Decimal.refine((text) => Number(text) >= 0, "must be 0 or greater");

export const TradingWindow = z
  .strictObject({
    /** From 0, Sunday. */
    weekdays: z.array(z.number().int().min(0).max(6)).min(1).max(7),
    /** Minutes of the UTC day, `[fromMinute, toMinute)`. */
    fromMinute: z.number().int().min(0).max(1_439),
    toMinute: z.number().int().min(1).max(1_440),
  })
  .refine(({ fromMinute, toMinute }) => fromMinute < toMinute, {
    path: ["fromMinute"],
    message: "must be before toMinute",
  });

const Cap = CapValue.optional();

/** Limits as they are set: what is left out is not limited at this level. */
export const RiskLimits = z.strictObject({
  caps: z.strictObject({
    orderQuantity: Cap,
    orderNotional: Cap,
    positionQuantity: Cap,
    positionNotional: Cap,
    grossExposure: Cap,
    netExposure: Cap,
    leverage: Cap,
    openOrders: Cap,
    openOrderNotional: Cap,
    ordersPerSecond: Cap,
    ordersPerMinute: Cap,
    dailyLoss: Cap,
    drawdown: Cap,
    priceCollar: Cap,
    priceAge: Cap,
    duplicateWindow: Cap,
    executions: Cap,
    rejectsInARow: Cap,
  } satisfies Record<CapName, z.ZodType>),
  instruments: z.array(z.string().max(60)).max(50).optional(),
  windows: z.array(TradingWindow).max(20).optional(),
});
export type RiskLimits = z.infer<typeof RiskLimits>;

/** One cap at one level: what is set, what is in force while a raise waits, and how much of it is used. */
export const CapUse = z.object({
  cap: CapName,
  scope: z.enum(["bot", "account"]),
  /** Null for the account's own share. */
  botId: z.string().nullable(),
  /** Whose limit binds. */
  level: z.enum(["platform", "account", "bot", "default"]),
  unit: z.enum(["account", "base", "share", "ratio", "count", "ms"]),
  measured: z.string(),
  limit: Decimal,
  /** Null where the cap measures an order and not what is held. */
  used: Decimal.nullable(),
});
export type CapUse = z.infer<typeof CapUse>;

export const LimitsInForce = z.object({
  level: z.enum(["platform", "account", "bot"]),
  botId: z.string().nullable(),
  version: z.number().int(),
  limits: RiskLimits,
  /** Limits that were raised and when they begin to count; null where nothing waits. */
  pending: z.object({ limits: RiskLimits, from: TimeMs }).nullable(),
});
export type LimitsInForce = z.infer<typeof LimitsInForce>;

/** One verdict as the log keeps it. */
export const VerdictLogEntry = z.object({
  orderId: z.string(),
  botId: z.string().nullable(),
  at: TimeMs,
  instrument: z.string(),
  side: z.enum(["buy", "sell"]),
  quantity: Decimal,
  verdict: z.enum(["pass", "denied"]),
  code: z.string().nullable(),
  cap: z.string().nullable(),
  value: z.string().nullable(),
  limit: z.string().nullable(),
  level: z.string().nullable(),
});
export type VerdictLogEntry = z.infer<typeof VerdictLogEntry>;
export const ListVerdicts = PageQuery.extend({ denied: z.enum(["true", "false"]).optional() });
export const VerdictPage = Page(VerdictLogEntry);

/** States by scope: each switch holds for everything within. */
export const StateEntry = z.object({
  scope: z.enum(["platform", "user", "account", "instrument", "bot"]),
  /** Instrument or bot; empty for the others. */
  id: z.string(),
  state: TradingStateName,
  reason: z.string().nullable(),
  since: TimeMs.nullable(),
  /** Who threw it: a person who was signed in, a program with a key, or null for a rule of ours. */
  by: z.enum(["person", "program"]).nullable().default(null),
  /** When it ends by itself; null where a person has to end it. */
  until: TimeMs.nullable().default(null),
});

export const RiskView = z.object({
  accountId: z.string(),
  states: z.array(StateEntry),
  limits: z.array(LimitsInForce),
  /** What holds at a level that sets nothing of its own. */
  defaults: z.object({ account: RiskLimits, bot: RiskLimits }),
  uses: z.array(CapUse),
});
export type RiskView = z.infer<typeof RiskView>;
