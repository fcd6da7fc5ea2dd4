import { z } from "zod";
import { Timeframe, TimeMs } from "./primitive.ts";

/** A statistic that may not be defined: null, never 0 or NaN. */
const Value = z.number().nullable();

/** Formulas and units stand in the statistics module; rates are shares (0.1 = 10 %), durations milliseconds. */
export const Statistics = z.object({
  initialCash: z.number(),
  finalEquity: z.number(),
  netProfit: z.number(),
  totalReturn: Value,
  years: z.number(),
  cagr: Value,
  volatility: Value,
  sharpe: Value,
  sortino: Value,
  calmar: Value,
  maxDrawdown: Value,
  maxDrawdownCash: Value,
  drawdownDurationMs: Value,
  drawdownOpen: z.boolean(),
  ulcer: Value,
  recoveryFactor: Value,
  valueAtRisk: Value,
  conditionalValueAtRisk: Value,
  exposure: Value,
  turnover: Value,
  trades: z.number().int(),
  closedTrades: z.number().int(),
  openTrades: z.number().int(),
  winRate: Value,
  /** null without trades; `profitFactorInfinite` says that there was no loss. */
  profitFactor: Value,
  profitFactorInfinite: z.boolean(),
  expectancy: Value,
  expectancyR: Value,
  payoff: Value,
  sqn: Value,
  kelly: Value,
  winStreak: z.number().int(),
  lossStreak: z.number().int(),
  holdingMeanMs: Value,
  holdingMedianMs: Value,
  holdingMaxMs: Value,
  meanMae: Value,
  meanMfe: Value,
  best: Value,
  worst: Value,
  feesPaid: z.number(),
  slippagePaid: z.number(),
  fundingPaid: z.number(),
  liquidations: z.number().int(),
  buyHoldReturn: Value,
  buyHoldCagr: Value,
  buyHoldMaxDrawdown: Value,
  buyHoldSharpe: Value,
  buyHoldVolatility: Value,
  alpha: Value,
  beta: Value,
  probabilisticSharpe: Value,
  deflatedSharpe: Value,
  /** Trials counted by the deflated Sharpe ratio. */
  trials: z.number().int(),
  /**
   * What deflated the Sharpe ratio: the spread of the trials' own Sharpe ratios, or, while few of them have finished, the
   * error of this run's estimate. Absent in reports from before it was told.
   */
  trialSpread: z.enum(["trials", "estimate"]).optional(),
  days: z.number().int(),
  daysPerYear: z.number().int(),
});
export type Statistics = z.infer<typeof Statistics>;

/** `id` is stable; `passed` null where the check does not apply or was not run. */
export const Check = z.object({
  id: z.enum(["path", "look-ahead", "warm-up", "cost", "monte-carlo", "sample"]),
  title: z.string(),
  passed: z.boolean().nullable(),
  finding: z.string(),
});
export type Check = z.infer<typeof Check>;

export const Receipt = z.object({
  candles: z.string(),
  strategy: z.string(),
  parameters: z.string(),
  settings: z.string(),
  engine: z.string(),
  seed: z.number().int(),
  /** Hash over all of the above and the result. */
  receipt: z.string(),
  result: z.string(),
});
export type Receipt = z.infer<typeof Receipt>;

export const Overview = z.object({
  verdict: z.string(),
  checks: z.array(Check),
  statistics: Statistics,
  timeframe: Timeframe,
  from: TimeMs,
  to: TimeMs,
  candles: z.number().int(),
  strategyTitle: z.string(),
  parameters: z.record(z.string(), z.number()),
  instruments: z.array(z.object({ symbol: z.string(), datasetId: z.string(), simulated: z.boolean() })),
  receipt: Receipt,
  warnings: z.array(z.string()),
  elapsedMs: z.number().nullable(),
});
export type Overview = z.infer<typeof Overview>;

/** Down-sampled equity that keeps every extreme; columns of one length. `drawdown` is a share below the peak so far. */
export const EquitySeries = z.object({
  time: z.array(z.number()),
  equity: z.array(z.number()),
  drawdown: z.array(z.number()),
  worst: z.array(z.number()).nullable(),
  best: z.array(z.number()).nullable(),
  buyHold: z.array(z.number()).nullable(),
});
export type EquitySeries = z.infer<typeof EquitySeries>;

export const Trade = z.object({
  id: z.number().int(),
  symbol: z.string(),
  side: z.enum(["long", "short"]),
  quantity: z.number(),
  entryTime: TimeMs,
  entryPrice: z.number(),
  /** Null while open at the end of the run; the last close then stands in for the price. */
  exitTime: TimeMs.nullable(),
  exitPrice: z.number(),
  fees: z.number(),
  profit: z.number(),
  /** Profit as a share of the amount entered. */
  profitShare: z.number(),
  /** Worst and best excursion from the entry, as shares of the entry price (worst <= 0 <= best). */
  mae: z.number(),
  mfe: z.number(),
  /** Profit in units of the risk taken at entry; null without a stop. */
  r: z.number().nullable(),
  candles: z.number().int(),
  entryTag: z.string(),
  exitReason: z.enum(["signal", "stop", "target", "trailing", "liquidation", "end", "open"]),
});
export type Trade = z.infer<typeof Trade>;

export const Breakdown = z.object({
  key: z.string(),
  trades: z.number().int(),
  profit: z.number(),
  winRate: z.number().nullable(),
  profitFactor: z.number().nullable(),
});
export type Breakdown = z.infer<typeof Breakdown>;

export const DrawdownRow = z.object({
  depth: z.number(),
  from: TimeMs,
  bottom: TimeMs,
  /** Null where it has not recovered by the end. */
  to: TimeMs.nullable(),
  durationMs: z.number(),
});
export type DrawdownRow = z.infer<typeof DrawdownRow>;

export const Tables = z.object({
  /** Month 1..12; return of the month as a share. */
  monthly: z.array(z.object({ year: z.number().int(), month: z.number().int(), return: z.number() })),
  yearly: z.array(z.object({ year: z.number().int(), return: z.number(), trades: z.number().int() })),
  byExit: z.array(Breakdown),
  byTag: z.array(Breakdown),
  byInstrument: z.array(Breakdown),
  byHour: z.array(Breakdown),
  byWeekday: z.array(Breakdown),
  drawdowns: z.array(DrawdownRow),
  refused: z.array(z.object({ rule: z.string(), count: z.number().int(), example: z.string() })),
});
export type Tables = z.infer<typeof Tables>;

export const Robustness = z.object({
  path: z
    .object({
      worst: z.number(),
      /** Return on the path that the run itself took. */
      own: z.number(),
      best: z.number(),
      /** Share of trades whose outcome differs between worst and best path. */
      dependentShare: z.number().nullable(),
      sensitive: z.boolean(),
    })
    .nullable(),
  lookAhead: z
    .object({
      cuts: z.array(TimeMs),
      signalsCompared: z.number().int(),
      differences: z.array(z.object({ cut: TimeMs, time: TimeMs, before: z.string(), after: z.string() })),
    })
    .nullable(),
  warmUp: z
    .object({
      warmup: z.number().int(),
      readings: z.array(z.object({ name: z.string(), short: Value, long: Value, drift: Value })),
    })
    .nullable(),
  cost: z
    .object({
      /** Result at each multiple of fees and slippage. */
      rows: z.array(z.object({ multiple: z.number(), totalReturn: z.number(), sharpe: Value })),
      /** Multiple of the costs at which the profit is gone; null where it never is within 20 times. */
      breakEven: Value,
    })
    .nullable(),
  monteCarlo: z
    .object({
      /** Paths that were walked; fewer than `requested` where they are long. */
      paths: z.number().int(),
      requested: z.number().int().optional(),
      /**
       * What is drawn again: trades, or, where they ran at the same time, blocks of daily (of weekly candles: weekly)
       * returns. Absent in reports from before it was told, which drew trades.
       */
      unit: z.enum(["trades", "days", "weeks"]).optional(),
      method: z.string(),
      /** Equity bands by number of trades (or days, weeks: `unit`) done; columns of one length. */
      trade: z.array(z.number()),
      p05: z.array(z.number()),
      p25: z.array(z.number()),
      p50: z.array(z.number()),
      p75: z.array(z.number()),
      p95: z.array(z.number()),
      lossProbability: z.number(),
      drawdownP50: z.number(),
      drawdownP95: z.number(),
      finalP05: z.number(),
      finalP50: z.number(),
      finalP95: z.number(),
    })
    .nullable(),
});
export type Robustness = z.infer<typeof Robustness>;

/** Parts of a report, each fetched by its name. */
export const REPORT_PARTS = ["overview", "equity", "trades", "tables", "robustness"] as const;
export const Report = z.object({
  overview: Overview,
  equity: EquitySeries,
  trades: z.array(Trade),
  tables: Tables,
  robustness: Robustness,
});
export type Report = z.infer<typeof Report>;
