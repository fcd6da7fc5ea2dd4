import { z } from "zod";
import { PROTECTIONS_MAX, Protection, Sizing, StrategyChoice } from "./backtest.ts";
import { BotLogEntry } from "./bot-log.ts";
import { VenueName } from "./connection.ts";
import { Money, PageQuery, Timeframe, TimeMs } from "./primitive.ts";
import { RiskLimits } from "./risk.ts";
import { ShadowState } from "./shadow.ts";
import { SignalsChoice, SignalsState } from "./signal.ts";
import { AccountHalt, Decimal, Fill, Order } from "./trading.ts";
import { VenueStream } from "./venue-stream.ts";

/** Bots that one account may have, archived ones apart: each holds its engine's state and wakes at its candles. */
export const BOTS_PER_ACCOUNT_MAX = 50;
/** Instruments of one bot. */
export const BOT_INSTRUMENTS_MAX = 8;

/**
 * `stopped` does nothing; `starting` loads history and asks the venue; `running` trades; `paused` watches and makes no
 * entries; `halted` was stopped by a rule or the kill switch and waits for a person; `error` could not go on.
 */
export const BotStatus = z.enum(["stopped", "starting", "running", "paused", "halted", "error"]);
export type BotStatus = z.infer<typeof BotStatus>;

/** What decides for a bot. */
export const BotStrategy = z.discriminatedUnion("kind", [...StrategyChoice.options, SignalsChoice]);
export type BotStrategy = z.infer<typeof BotStrategy>;

/** What a bot trades and how. A change makes a new version and applies at the next candle. */
export const BotDefinition = z.strictObject({
  strategy: BotStrategy,
  /** Ids such as SIM:BTC-USD, all quoted in the account's currency. */
  instruments: z.array(z.string().max(60)).min(1).max(BOT_INSTRUMENTS_MAX),
  timeframe: Timeframe,
  /** What of the account's money the bot trades with, in the account's currency. */
  capital: Money.refine((text) => Number(text) > 0, "must be greater than 0"),
  sizing: Sizing.default({ kind: "percent", percent: 95 }),
  direction: z.enum(["long", "short", "both"]).default("long"),
  leverage: z.number().min(1).max(30).default(1),
  /** Pauses of entries after losses; none when left out. */
  protections: z.array(Protection).max(PROTECTIONS_MAX).optional(),
  /** A bot without orderNotional, positionNotional, openOrders and dailyLoss does not start. */
  limits: RiskLimits,
  /** How long after a candle's close the bot decides, ms. */
  delayMs: z.number().int().min(0).max(60_000).default(1_000),
  /** How far the bot may fall behind its own backtest, as a share of its capital, before it is paused; absent, never. */
  shadowBound: z.number().positive().max(1).optional(),
});
export type BotDefinition = z.infer<typeof BotDefinition>;

/** Days for which a strategy has to have run with play money, in real time, before it may move real money. */
export const PAPER_DAYS_MIN = 7;

/** What is typed before a bot moves real money. */
export const LIVE_WORDS = "trade real money";

export const StartBotQuery = z.object({
  /** "trade real money", for a bot of an account with real money. */
  confirm: z.string().max(80).optional(),
});
export type StartBotQuery = z.infer<typeof StartBotQuery>;

export const CreateBot = z.strictObject({
  name: z.string().trim().min(1).max(80),
  accountId: z.string().max(60),
  definition: BotDefinition,
});
export type CreateBot = z.infer<typeof CreateBot>;
export type CreateBotInput = z.input<typeof CreateBot>;

export const EditBot = z.strictObject({
  name: z.string().trim().min(1).max(80).optional(),
  definition: BotDefinition.optional(),
  archived: z.boolean().optional(),
});
export type EditBot = z.infer<typeof EditBot>;

/** A bot as lists show it. Figures are as of its last candle or fill. */
export const Bot = z.object({
  id: z.string(),
  accountId: z.string(),
  name: z.string(),
  strategyTitle: z.string(),
  /** Rises by one with each change of the definition. */
  version: z.number().int(),
  definition: BotDefinition,
  status: BotStatus,
  /** Why it is paused, halted or in error; null otherwise. */
  reason: z.string().nullable(),
  archived: z.boolean(),
  simulated: z.boolean(),
  equity: Decimal.nullable(),
  profit: Decimal.nullable(),
  profitToday: Decimal.nullable(),
  trades: z.number().int(),
  /** Equity at the latest candles, oldest first, at most a hundred: for a small line. */
  spark: z.array(z.number()),
  /** Open time of the last candle that was decided on. */
  lastCandleAt: TimeMs.nullable(),
  createdAt: TimeMs,
  startedAt: TimeMs.nullable(),
});
export type Bot = z.infer<typeof Bot>;

export const ListBots = PageQuery.extend({
  accountId: z.string().max(60).optional(),
  status: BotStatus.optional(),
  archived: z.enum(["true", "false"]).default("false"),
  search: z.string().max(60).optional(),
});
export type ListBots = z.infer<typeof ListBots>;

/** How a bot stops: leave what it holds, or sell it first. Its open orders are cancelled either way. */
export const StopBot = z.strictObject({ positions: z.enum(["keep", "flatten"]) });
export type StopBot = z.infer<typeof StopBot>;

/** What a bot holds in one instrument. */
export const BotPosition = z.object({
  instrument: z.string(),
  quantity: Decimal,
  averagePrice: Decimal,
  mark: Decimal.nullable(),
  unrealised: Decimal.nullable(),
});

/** Everything a bot's page shows, as one value that changes: see the live protocol. */
export const BotState = z.object({
  botId: z.string(),
  status: BotStatus,
  reason: z.string().nullable(),
  version: z.number().int(),
  equity: Decimal,
  profit: Decimal,
  profitToday: Decimal,
  trades: z.number().int(),
  marketAt: TimeMs.nullable(),
  /** The market's time at which this version began to trade; null before that. */
  beganAt: TimeMs.nullable(),
  /** Open time of the last candle that was decided on. */
  lastCandleAt: TimeMs.nullable(),
  /** When the next decision is due (market time); null of a bot that does not run. */
  nextDueAt: TimeMs.nullable(),
  /** How late the last decision since it was started was, ms; null before the first. */
  latenessMs: z.number().nullable(),
  positions: z.array(BotPosition),
  /** What is held without the stop it came with, in words; left out by the version before. */
  unprotected: z.array(z.string()).optional(),
  openOrders: z.array(Order),
  /** The latest, newest first. */
  fills: z.array(Fill),
  log: z.array(BotLogEntry),
  spark: z.array(z.number()),
  /** Null before the first start, and of a bot without rules, which has no backtest. */
  shadow: ShadowState.nullable(),
  /** Signals from outside; null of a bot that goes by rules. */
  signals: SignalsState.nullable(),
});
export type BotState = z.infer<typeof BotState>;

/** What the strategy would have done before it is started: a backtest over the last month, empty where that has no candles. */
export const BotPreview = z.object({
  from: TimeMs,
  to: TimeMs,
  /** A replay that has nothing behind it: the stretch is one that it still plays. */
  isAhead: z.boolean().optional(),
  /** `trades` were closed, `entries` opened a position or made it larger, `holding` markets had one at the end. */
  trades: z.number().int(),
  entries: z.number().int().optional(),
  holding: z.number().int().optional(),
  totalReturn: z.number().nullable(),
  maxDrawdown: z.number().nullable(),
  equity: z.array(z.object({ at: TimeMs, equity: z.number() })),
  /** Largest order, largest position and worst day of that month: what caps would have to leave room for. */
  largestOrder: Decimal,
  largestPosition: Decimal,
  worstDay: Decimal,
});
export type BotPreview = z.infer<typeof BotPreview>;

/** What keeps an account from trading freely: the strictest switch that holds for all of it. */
export const TradingHalt = z.object({
  /** Whose switch it is: everybody's, everything of the person's, or this account's. */
  scope: z.enum(["platform", "user", "account"]),
  state: z.enum(["REDUCING", "HALTED"]),
  reason: z.string().nullable(),
  since: TimeMs.nullable(),
  /** Who threw it: a person who was signed in, a program with a key, or null for a rule of ours. */
  by: z.enum(["person", "program"]).nullable(),
  /** When it ends by itself; null where a person has to end it. */
  until: TimeMs.nullable(),
});
export type TradingHalt = z.infer<typeof TradingHalt>;

/** An order that was sent and whose end nobody knows. */
export const OrderInDoubt = z.object({
  id: z.string(),
  instrument: z.string(),
  side: z.enum(["buy", "sell"]),
  quantity: Decimal,
  /** `UNKNOWN` is being asked for; `LOST` was never found and waits for a person. */
  state: z.enum(["UNKNOWN", "LOST"]),
  sentAt: TimeMs,
});
export type OrderInDoubt = z.infer<typeof OrderInDoubt>;
/** As many of them as a dashboard names of one account: a venue that fails can leave a thousand. */
export const DOUBTS_SHOWN_MAX = 5;

/** A part of a user's state for the dashboard. */
export const DashboardAccount = z.object({
  accountId: z.string(),
  name: z.string(),
  mode: z.enum(["simulated", "paper", "live"]),
  currency: z.string(),
  state: z.enum(["ACTIVE", "REDUCING", "HALTED"]),
  /** Null while it is ACTIVE. */
  halt: TradingHalt.nullable().default(null),
  equity: Decimal,
  profitToday: Decimal,
  drawdown: Decimal,
  marketAt: TimeMs.nullable(),
  /** Where it trades; null of a simulated venue. */
  venue: z.object({ name: VenueName, environment: z.string() }).nullable().default(null),
  connection: z.enum(["connected", "reconciling", "disconnected"]),
  /** Since when the venue does not answer; null while it does. */
  silentSince: TimeMs.nullable().default(null),
  /** What differs between our books and the venue's, until somebody has settled it. */
  differences: z.array(AccountHalt).default([]),
  /** Orders whose end nobody knows: how many, and the ones that were sent first. */
  doubts: z.object({ count: z.number().int(), orders: z.array(OrderInDoubt) }).default({ count: 0, orders: [] }),
  /** How it hears of its venue; null where that is a simulated one. */
  stream: VenueStream.nullable().default(null),
  openOrders: z.number().int(),
  /** Numbers that move whenever something of its orders is written down by the desk, and when the lists have it too. */
  orderChanges: z.object({ desk: z.number().int(), lists: z.number().int() }).nullable().default(null),
  positions: z.array(
    z.object({
      instrument: z.string(),
      quantity: Decimal,
      averagePrice: Decimal,
      mark: Decimal.nullable(),
      unrealised: Decimal.nullable(),
    }),
  ),
});
export type DashboardAccount = z.infer<typeof DashboardAccount>;

export const DashboardBot = z.object({
  botId: z.string(),
  accountId: z.string(),
  name: z.string(),
  status: BotStatus,
  reason: z.string().nullable(),
  /** Since when it is in this state; absent of what was told before this was kept. */
  statusSince: TimeMs.optional(),
  equity: Decimal,
  profit: Decimal,
  profitToday: Decimal,
  spark: z.array(z.number()),
});
export type DashboardBot = z.infer<typeof DashboardBot>;

/** What the dashboard shows of one person, as one value that changes. Keys are ids. */
export const DashboardState = z.object({
  accounts: z.record(z.string(), DashboardAccount),
  bots: z.record(z.string(), DashboardBot),
  alerts: z.array(
    z.object({
      id: z.string(),
      at: TimeMs,
      level: z.enum(["info", "warning", "critical"]),
      accountId: z.string(),
      botId: z.string().nullable(),
      code: z.string(),
      message: z.string(),
      /** Since when what it tells of is over. */
      settledAt: TimeMs.optional(),
    }),
  ),
});
export type DashboardState = z.infer<typeof DashboardState>;
