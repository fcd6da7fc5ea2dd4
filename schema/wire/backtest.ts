import { z } from "zod";
import { Money, PageQuery, Timeframe, TimeMs } from "./primitive.ts";
import { ParameterValues, RuleDocument } from "./strategy.ts";

/** Instruments of one run: each adds its candles to every chunk in memory. */
export const RUN_INSTRUMENTS_MAX = 8;
/** Highest fee rate that is taken for meant: 10 % a side. */
export const FEE_RATE_MAX = 0.1;
export const LEVERAGE_MAX = 125;

function isPositive(amount: string): boolean {
  return Number(amount) > 0;
}

export const Sizing = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("all") }),
  z.strictObject({ kind: z.literal("quantity"), quantity: z.number().positive() }),
  z.strictObject({ kind: z.literal("quote"), amount: Money.refine(isPositive, "must be greater than 0") }),
  z.strictObject({ kind: z.literal("percent"), percent: z.number().positive().max(10_000) }),
  z.strictObject({ kind: z.literal("risk"), percent: z.number().positive().max(100) }),
  z.strictObject({
    kind: z.literal("volatility"),
    /** Annual volatility aimed at, in percent. */
    percent: z.number().positive().max(500),
    /** Candles of the estimate. */
    period: z.number().int().min(2).max(5_000),
  }),
]);
export type Sizing = z.infer<typeof Sizing>;

export const Slippage = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("bps"), bps: z.number().min(0).max(1_000) }),
  z.strictObject({ kind: z.literal("ticks"), ticks: z.number().min(0).max(1_000) }),
  /** Price moves by `coefficient` x (quantity / candle volume), as a share of the price. */
  z.strictObject({ kind: z.literal("volume"), coefficient: z.number().min(0).max(10) }),
]);
export type Slippage = z.infer<typeof Slippage>;

export const Fees = z.strictObject({
  /** Shares of the traded amount: 0.001 is 0.1 %. */
  maker: z.number().min(-0.01).max(FEE_RATE_MAX),
  taker: z.number().min(0).max(FEE_RATE_MAX),
  /** Quote currency a unit of quantity. */
  perUnit: z.number().min(0).max(1_000).default(0),
  /** Least fee of an order in quote currency. */
  minimum: z.number().min(0).max(10_000).default(0),
});
export type Fees = z.infer<typeof Fees>;

/** Longest time that a protection looks back over, or pauses for: a year. */
const PROTECTION_MS_MAX = 366 * 86_400_000;
const Span = z.number().int().min(1).max(PROTECTION_MS_MAX);
const Trades = z.number().int().min(1).max(1_000);

/** A pause of entries after losses; exits go on. Measured on money, as `workers/core/risk/protection.ts` says. */
export const Protection = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("cooldown"), after: z.enum(["trade", "loss"]), pauseMs: Span }),
  z.strictObject({
    kind: z.literal("stop-loss-guard"),
    scope: z.enum(["instrument", "all"]),
    trades: Trades,
    lookbackMs: Span,
    pauseMs: Span,
  }),
  z.strictObject({
    kind: z.literal("low-profit"),
    trades: Trades,
    /** Share of the equity before the first of the trades. */
    profitShareMin: z.number().min(-1).max(1),
    lookbackMs: Span,
    pauseMs: Span,
  }),
  z.strictObject({
    kind: z.literal("drawdown-guard"),
    /** Share below the highest equity within the time. */
    drawdown: z.number().positive().max(1),
    lookbackMs: Span,
    pauseMs: Span,
  }),
]);
export type Protection = z.infer<typeof Protection>;
/** Protections of one run or bot: each is looked at before every entry. */
export const PROTECTIONS_MAX = 10;

export const StrategyChoice = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("library"), id: z.string().max(60), parameters: ParameterValues.default({}) }),
  z.strictObject({
    kind: z.literal("saved"),
    id: z.string().max(60),
    version: z.number().int().min(1).optional(),
    parameters: ParameterValues.default({}),
  }),
  z.strictObject({ kind: z.literal("rules"), document: RuleDocument, parameters: ParameterValues.default({}) }),
]);
export type StrategyChoice = z.infer<typeof StrategyChoice>;

export const BacktestSettings = z
  .strictObject({
    datasetIds: z.array(z.string().max(60)).min(1).max(RUN_INSTRUMENTS_MAX),
    timeframe: Timeframe,
    /** First and last instants traded; left out, the whole of the data. */
    from: TimeMs.optional(),
    to: TimeMs.optional(),
    strategy: StrategyChoice,
    cash: Money.default("10000").refine(isPositive, "must be greater than 0"),
    sizing: Sizing.default({ kind: "all" }),
    /** What happens to an order that cash does not cover. */
    whenShort: z.enum(["refuse", "shrink"]).default("shrink"),
    direction: z.enum(["long", "short", "both"]).default("both"),
    fees: Fees.default({ maker: 0.001, taker: 0.001, perUnit: 0, minimum: 0 }),
    slippage: Slippage.default({ kind: "bps", bps: 2 }),
    fill: z.enum(["open", "close"]).default("open"),
    path: z.enum(["nearest", "worst", "best"]).default("nearest"),
    /** Whether a limit fills when the price only touches it. */
    touch: z.boolean().default(false),
    /** Walk finer candles inside each candle where the data has them. */
    magnifier: z.boolean().default(true),
    /** Share of a candle's volume that orders may take; absent, no limit. */
    volumeLimit: z.number().positive().max(1).optional(),
    remainder: z.enum(["carry", "cancel"]).default("carry"),
    leverage: z.number().min(1).max(LEVERAGE_MAX).default(1),
    /** Equity below this share of the position's value is liquidated. */
    maintenance: z.number().min(0).max(0.5).default(0.005),
    /** Paid by longs to shorts at 00:00, 08:00 and 16:00 UTC, as a share of the position's value. */
    fundingRate: z.number().min(-0.01).max(0.01).default(0),
    /** Pauses of entries after losses; none when left out. */
    protections: z.array(Protection).max(PROTECTIONS_MAX).optional(),
    end: z.enum(["close", "keep"]).default("close"),
    /** Risk-free rate a year. */
    riskFree: z.number().min(-0.1).max(0.5).default(0),
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(1),
    monteCarloPaths: z.number().int().min(0).max(5_000).default(1_000),
  })
  .refine((settings) => settings.from === undefined || settings.to === undefined || settings.from < settings.to, {
    path: ["from"],
    message: "must be before to",
  })
  // A position opened with all the leverage has this much margin: at or below it, it would be liquidated at once.
  .refine((settings) => settings.maintenance < 1 / settings.leverage, {
    path: ["maintenance"],
    error: (issue) => `must be less than 1 / leverage${shareText(issue.input)}`,
  });
export type BacktestSettings = z.infer<typeof BacktestSettings>;
/** The settings as a client may send them, defaults left out. */
export type BacktestSettingsInput = z.input<typeof BacktestSettings>;

/** The bound as a person would write it: ` (1 %)` for a leverage of 100. */
function shareText(settings: unknown): string {
  const { leverage } = settings as { readonly leverage: number };
  return ` (${Number((100 / leverage).toPrecision(4))} %)`;
}

export const CreateBacktest = z.strictObject({
  name: z.string().trim().max(120).optional(),
  settings: BacktestSettings,
});
export type CreateBacktest = z.infer<typeof CreateBacktest>;

export const RunStatus = z.enum(["queued", "running", "done", "failed", "cancelled"]);
export type RunStatus = z.infer<typeof RunStatus>;

/** Numbers of a finished run that lists show; null where not defined. */
export const Headline = z.object({
  totalReturn: z.number().nullable(),
  cagr: z.number().nullable(),
  maxDrawdown: z.number().nullable(),
  sharpe: z.number().nullable(),
  profitFactor: z.number().nullable(),
  winRate: z.number().nullable(),
  trades: z.number().int(),
  exposure: z.number().nullable(),
  checksPassed: z.number().int(),
  checksRun: z.number().int(),
});
export type Headline = z.infer<typeof Headline>;

/** A run as lists show it. */
export const Backtest = z.object({
  id: z.string(),
  name: z.string(),
  status: RunStatus,
  strategyTitle: z.string(),
  symbols: z.array(z.string()),
  simulated: z.boolean(),
  settings: BacktestSettings,
  headline: Headline.nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  createdAt: TimeMs,
  startedAt: TimeMs.nullable(),
  finishedAt: TimeMs.nullable(),
});
export type Backtest = z.infer<typeof Backtest>;

/** What a run is doing now; `rate` in candles a second, `leftMs` an estimate. */
export const RunState = z.object({
  id: z.string(),
  status: RunStatus,
  phase: z.enum(["waiting", "trading", "checking", "writing", "ended"]),
  candles: z.number().int(),
  candlesTotal: z.number().int(),
  rate: z.number().nullable(),
  leftMs: z.number().nullable(),
  equity: z.number().nullable(),
  trades: z.number().int(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type RunState = z.infer<typeof RunState>;

/** A page of runs: filtered by status and by words in name, strategy or symbol; sorted by one number. */
export const ListBacktests = PageQuery.extend({
  status: RunStatus.optional(),
  search: z.string().trim().max(100).optional(),
  sort: z.enum(["created", "totalReturn", "sharpe", "maxDrawdown", "trades"]).default("created"),
  order: z.enum(["asc", "desc"]).default("desc"),
}).strict();
export type ListBacktests = z.infer<typeof ListBacktests>;
