import type { Timeframe } from "../candle/timeframe.ts";
import type { ExitReason } from "../fill/order.ts";
import type { Check } from "./checks.ts";
import type { Receipt } from "./receipt.ts";
import type { Robustness } from "./robustness.ts";
import type { Statistics } from "./statistics.ts";
import type { Breakdown, DrawdownRow, MonthRow, YearRow } from "./tables.ts";

/** A trade as reports list it; an open one has no exit time and stands at the last close. */
export interface ReportTrade {
  readonly id: number;
  readonly symbol: string;
  readonly side: "long" | "short";
  readonly quantity: number;
  readonly entryTime: number;
  readonly entryPrice: number;
  readonly exitTime: number | null;
  readonly exitPrice: number;
  readonly fees: number;
  readonly profit: number;
  readonly profitShare: number;
  readonly mae: number;
  readonly mfe: number;
  readonly r: number | null;
  readonly candles: number;
  readonly entryTag: string;
  readonly exitReason: ExitReason;
}

/** A whole report, part by part as it is stored and read. */
export interface Report {
  readonly overview: {
    readonly verdict: string;
    readonly checks: Check[];
    readonly statistics: Statistics;
    readonly timeframe: Timeframe;
    readonly from: number;
    readonly to: number;
    readonly candles: number;
    readonly strategyTitle: string;
    readonly parameters: Record<string, number>;
    readonly instruments: { symbol: string; datasetId: string; simulated: boolean }[];
    readonly receipt: Receipt;
    readonly warnings: string[];
    readonly elapsedMs: number | null;
  };
  readonly equity: {
    readonly time: number[];
    readonly equity: number[];
    readonly drawdown: number[];
    readonly worst: number[] | null;
    readonly best: number[] | null;
    readonly buyHold: number[] | null;
  };
  readonly trades: ReportTrade[];
  readonly tables: {
    readonly monthly: MonthRow[];
    readonly yearly: YearRow[];
    readonly byExit: Breakdown[];
    readonly byTag: Breakdown[];
    readonly byInstrument: Breakdown[];
    readonly byHour: Breakdown[];
    readonly byWeekday: Breakdown[];
    readonly drawdowns: DrawdownRow[];
    readonly refused: { rule: string; count: number; example: string }[];
  };
  readonly robustness: Robustness;
}
