import type { DailyEquity } from "./daily-equity.ts";
import type { DrawdownTracker } from "./drawdown.ts";
import type { CurvePoints } from "./equity-curve.ts";
import type { LaneVariant } from "./lane.ts";
import type { LookAheadDifference } from "./look-ahead.ts";
import type { RunDefinition } from "./settings.ts";
import type { TradeLog, TradeRow } from "./trade-log.ts";

/** What one lane came to. Amounts in quote currency. */
export interface LaneResult {
  readonly variant: LaneVariant;
  readonly finalEquity: number;
  readonly trades: TradeLog;
  /** What is still open, valued at the last close without an exit fee. */
  readonly open: readonly TradeRow[];
  readonly daily: DailyEquity;
  readonly feesPaid: number;
  readonly slippagePaid: number;
  readonly fundingPaid: number;
  readonly turnover: number;
  readonly liquidations: number;
  readonly candles: number;
  readonly candlesHeld: number;
  readonly refused: readonly { rule: string; count: number; example: string }[];
}

/** An indicator's last value after all history and after `warmup` candles only. */
export interface WarmUpReading {
  readonly name: string;
  readonly short: number;
  readonly long: number;
}

/** Everything a report is made of. */
export interface RunResult {
  readonly definition: RunDefinition;
  /** Candles traded, all instruments together. */
  readonly candles: number;
  /** Open of the first and close of the last traded candle (UTC ms); NaN without any. */
  readonly from: number;
  readonly to: number;
  readonly main: LaneResult;
  /** Under the worst and the best path; undefined where the path cannot matter or was not asked for. */
  readonly worst: LaneResult | undefined;
  readonly best: LaneResult | undefined;
  /** At multiples of the costs other than one. */
  readonly stressed: readonly LaneResult[];
  readonly curve: CurvePoints;
  readonly drawdown: DrawdownTracker;
  readonly buyHold: { readonly daily: DailyEquity; readonly drawdown: DrawdownTracker };
  readonly lookAhead:
    | {
        readonly cuts: readonly number[];
        readonly compared: number;
        readonly differences: readonly LookAheadDifference[];
      }
    | undefined;
  readonly warmUp: { readonly warmup: number; readonly readings: readonly WarmUpReading[] } | undefined;
  /** Hash of the candles of each instrument, in order; none of a bare run. */
  readonly candleHashes: readonly string[];
}
