import { z } from "zod";
import { Fees, Slippage } from "./backtest.ts";
import { VenueName } from "./connection.ts";
import { Fill, Order } from "./order.ts";
import { Decimal, Money, Reason, TimeMs } from "./primitive.ts";
import { ACCOUNT_INSTRUMENTS_MAX } from "./venue-instrument.ts";
import { VenueStream } from "./venue-stream.ts";

export * from "./order.ts";
export { Decimal };

/** Accounts that a person may have: each is an object with a desk of its own. */
export const ACCOUNTS_MAX = 20;
/** Highest speed of a replayed market, times real time. */
export const REPLAY_SPEED_MAX = 1_000;
/** Instruments that one replay plays together. */
export const REPLAY_INSTRUMENTS_MAX = 8;

const SimMarketChoice = z.strictObject({ kind: z.literal("sim") });
const ReplayChoice = z.strictObject({
  kind: z.literal("replay"),
  datasetIds: z.array(z.string().max(60)).min(1).max(REPLAY_INSTRUMENTS_MAX),
  /** First instant played; the start of the data where left out. */
  from: TimeMs.optional(),
  /** Times real time. */
  speed: z.number().min(1).max(REPLAY_SPEED_MAX).default(60),
});
const VenueChoice = z.strictObject({
  kind: z.literal("venue"),
  connectionId: z.string().max(60),
  /** What the account may trade, such as BINANCE:BTCUSDT: every other instrument is left alone. */
  instruments: z.array(z.string().max(60)).min(1).max(ACCOUNT_INSTRUMENTS_MAX),
});

/** Which market a new account shall trade. */
export const MarketChoice = z.discriminatedUnion("kind", [SimMarketChoice, ReplayChoice, VenueChoice]);
export type MarketChoice = z.infer<typeof MarketChoice>;

/** Where prices and fills come from: the simulated market as it runs, datasets played again as if live, or a venue. */
export const AccountMarket = z.discriminatedUnion("kind", [
  SimMarketChoice,
  ReplayChoice,
  VenueChoice.extend({ venue: VenueName, environment: z.string() }),
]);
export type AccountMarket = z.infer<typeof AccountMarket>;

/** What every page says about an account: where its prices and its money are from. */
export const AccountMode = z.enum(["simulated", "paper", "live"]);
export type AccountMode = z.infer<typeof AccountMode>;

export const TradingStateName = z.enum(["ACTIVE", "REDUCING", "HALTED"]);
export type TradingStateName = z.infer<typeof TradingStateName>;

/** How profits are attributed to what was bought: oldest first, or at the average price. */
export const CostMethod = z.enum(["fifo", "average"]);

export const CreateTradingAccount = z.strictObject({
  name: z.string().trim().min(1).max(80),
  market: MarketChoice.default({ kind: "sim" }),
  /** Paper money to begin with, in `currency`. At a venue the money is what is there. */
  cash: Money.default("100000").refine((text) => Number(text) > 0, "must be greater than 0"),
  currency: z
    .string()
    .regex(/^[A-Z]{3,6}$/, "must be a currency such as USD")
    .default("USD"),
  method: CostMethod.default("fifo"),
  /** Of a simulated venue. Where a real one says what the account pays, that is taken instead. */
  fees: Fees.default({ maker: 0.001, taker: 0.001, perUnit: 0, minimum: 0 }),
  slippage: Slippage.default({ kind: "bps", bps: 2 }),
  /** How long an order is on its way to the venue, ms of the market's time. */
  latencyMs: z.number().int().min(0).max(60_000).default(0),
  /** Share of a candle's volume that orders may take; absent, no limit. */
  volumeLimit: z.number().positive().max(1).optional(),
});
export type CreateTradingAccount = z.infer<typeof CreateTradingAccount>;
export type CreateTradingAccountInput = z.input<typeof CreateTradingAccount>;

export const RenameTradingAccount = z.strictObject({ name: CreateTradingAccount.shape.name });
export type RenameTradingAccount = z.infer<typeof RenameTradingAccount>;

export const TradingAccount = z.object({
  id: z.string(),
  name: z.string(),
  mode: AccountMode,
  market: AccountMarket,
  currency: z.string(),
  method: CostMethod,
  cash: Money,
  fees: Fees,
  slippage: Slippage,
  latencyMs: z.number().int(),
  volumeLimit: z.number().nullable(),
  createdAt: TimeMs,
});
export type TradingAccount = z.infer<typeof TradingAccount>;

export const Position = z.object({
  accountId: z.string(),
  instrument: z.string(),
  /** Signed: below zero is short. */
  quantity: Decimal,
  averagePrice: Decimal,
  /** Last price, and when it was true; null where none is known. */
  mark: Decimal.nullable(),
  markAt: TimeMs.nullable(),
  unrealised: Decimal.nullable(),
  /** Who holds how much of it. */
  shares: z.array(z.object({ botId: z.string().nullable(), quantity: Decimal })),
});
export type Position = z.infer<typeof Position>;

/** A share of a bot that shrinks, signed; `botId` is null for what was traded by hand. */
const ShrinkingShare = z.object({ botId: z.string().nullable(), before: Decimal, after: Decimal });

/** What our books have, what the venue has, and theirs less ours, in `unit`: a currency, or the instrument. */
export const HaltFigures = z.object({
  unit: z.string(),
  ours: Decimal,
  theirs: Decimal,
  difference: Decimal,
  /** Those that shrink where the venue's figure is taken over. */
  shares: z.array(ShrinkingShare).default([]),
});
export type HaltFigures = z.infer<typeof HaltFigures>;

/** Why trading of an instrument or of the account stopped until a person has looked; both sides are shown. */
export const AccountHalt = z.object({
  instrument: z.string().nullable(),
  code: z.string(),
  /** Both sides as they were when it was found. */
  ours: z.string(),
  theirs: z.string(),
  at: TimeMs,
  /** Both sides as of the last comparison, of a position or a balance; null where there is nothing to count. */
  figures: HaltFigures.nullable().default(null),
});
export type AccountHalt = z.infer<typeof AccountHalt>;

/** Takes what the venue has over into our books, where both differ. */
export const SettleDifference = z.strictObject({
  code: z.enum(["POSITION_DIFFERS", "BALANCE_DIFFERS"]),
  /** The instrument, or the currency: `figures.unit` of the difference. */
  unit: z.string().min(1).max(60),
  /** Theirs less ours, as whoever decides has seen it; refused where it is another by now. */
  difference: Decimal.regex(/^-?(?!0\d)/, "must have no leading zero").refine(
    (text) => Number(text) !== 0,
    "must not be 0",
  ),
  /** `figures.shares`, as whoever decides has seen them; refused where others would shrink by now, or by something else. */
  shares: z.array(ShrinkingShare.strict()).max(1_000).optional(),
  reason: Reason,
});
export type SettleDifference = z.infer<typeof SettleDifference>;

/** Something a person should know of, raised by the event itself. */
export const AccountAlert = z.object({
  id: z.string(),
  at: TimeMs,
  level: z.enum(["info", "warning", "critical"]),
  botId: z.string().nullable(),
  code: z.string(),
  message: z.string(),
  /** Since when what it tells of is over: a stop that was lifted. */
  settledAt: TimeMs.optional(),
});
export type AccountAlert = z.infer<typeof AccountAlert>;

/** Whether the venue answers, and since when it does not. */
export const VenueConnection = z.object({
  state: z.enum(["connected", "reconciling", "disconnected"]),
  since: TimeMs,
  /** When our books were last held against the venue's. */
  reconciledAt: TimeMs.nullable(),
});
export type VenueConnection = z.infer<typeof VenueConnection>;

/** Everything an account's page shows, as one value that changes: see the live protocol. */
export const AccountState = z.object({
  accountId: z.string(),
  mode: AccountMode,
  currency: z.string(),
  /** The strictest of all switches that hold for the account. */
  state: TradingStateName,
  /** Why it is not ACTIVE; null while it is. */
  stateReason: z.string().nullable(),
  /** The market's time: now for the simulated market, the replayed moment for a replay. */
  marketAt: TimeMs.nullable(),
  equity: Decimal,
  cash: Decimal,
  netDeposits: Decimal,
  realised: Decimal,
  unrealised: Decimal,
  /** Marked equity at the start of the UTC day and the highest there was. */
  dayStart: Decimal,
  peak: Decimal,
  profitToday: Decimal,
  /** Share: 0.1 is ten per cent below the peak. */
  drawdown: Decimal,
  connection: VenueConnection,
  /** How the account hears of its venue; null where that is a simulated one. */
  stream: VenueStream.nullable(),
  halts: z.array(AccountHalt),
  positions: z.array(Position),
  /** Orders whose end is not certain. */
  openOrders: z.array(Order),
  /** The latest, newest first. */
  fills: z.array(Fill),
  alerts: z.array(AccountAlert),
});
export type AccountState = z.infer<typeof AccountState>;

/** Equity over time, for charts: numbers, not money. */
export const EquityPoint = z.object({ at: TimeMs, equity: z.number() });
export const EquityHistory = z.object({ points: z.array(EquityPoint) });
export type EquityHistory = z.infer<typeof EquityHistory>;

/** What the kill switch stops. Once it is acknowledged nothing new is sent; open orders are cancelled. */
export const KillSwitch = z.strictObject({
  scope: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("user") }),
    z.strictObject({ kind: z.literal("account"), accountId: z.string().max(60) }),
    z.strictObject({ kind: z.literal("bot"), botId: z.string().max(60) }),
    z.strictObject({ kind: z.literal("instrument"), accountId: z.string().max(60), instrument: z.string().max(60) }),
  ]),
  /** Also close what is held, at the market. */
  flatten: z.boolean().default(false),
});
export type KillSwitch = z.infer<typeof KillSwitch>;

export const KillResult = z.object({
  /** Accounts that acknowledged, each with how many orders it is cancelling. */
  accounts: z.array(z.object({ accountId: z.string(), cancelling: z.number().int() })),
  /** Accounts that could not be reached and may still send orders: throw the switch again. */
  unreached: z.array(z.string()),
});
export type KillResult = z.infer<typeof KillResult>;

/** Sets a state by hand: arming again after a halt, or letting an account only reduce. */
export const SetTradingState = z.strictObject({
  state: TradingStateName,
  instrument: z.string().max(60).optional(),
  /**
   * `account`: this account alone. `user`: takes back, on all accounts, what was stopped everywhere; what a single account
   * was halted for stays. It takes no instrument and no state but ACTIVE.
   */
  scope: z.enum(["account", "user"]).default("account"),
});
export type SetTradingStateInput = z.input<typeof SetTradingState>;
export type SetTradingState = z.infer<typeof SetTradingState>;
