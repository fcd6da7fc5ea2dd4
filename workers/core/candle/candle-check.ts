import type { CandleColumns } from "./candle.ts";
import { CANDLE_FIELDS, emptyCandles } from "./candle.ts";
import type { Timeframe } from "./timeframe.ts";
import { candleOpen } from "./timeframe.ts";

/** Row numbers listed for each rule: enough to find the trouble in the file, small enough to show. */
export const BAD_ROWS_LISTED_MAX = 20;

/** What a row must meet to be kept, in the order of checking; a bad row counts for the first rule it breaks. */
export const CANDLE_RULES = [
  "time must be a date or an epoch",
  "time must be on the grid of the timeframe",
  "open, high, low and close must be finite numbers",
  "prices must be above 0",
  "high must be at least open, close and low",
  "low must be at most open and close",
  "volume must be a number of 0 or more",
  "time must rise from row to row",
  "rows of one time must not differ",
] as const;
export type CandleRule = (typeof CANDLE_RULES)[number];

/** A rule that rows broke, how many did, and the first row numbers. */
export interface BrokenRule {
  readonly rule: CandleRule;
  readonly count: number;
  readonly rows: readonly number[];
}

/**
 * The border that every candle from outside passes, chunk by chunk. Rows that break a rule are counted and left out;
 * a row that repeats the one before it is dropped and counted as a duplicate.
 */
export class CandleCheck {
  private readonly timeframe: Timeframe;
  private readonly counts = new Float64Array(CANDLE_RULES.length);
  private readonly listed: number[][] = CANDLE_RULES.map(() => []);
  private readonly last = new Float64Array(CANDLE_FIELDS.length).fill(Number.NaN);
  private rowsSeen = 0;
  private duplicateRows = 0;

  constructor({ timeframe }: { readonly timeframe: Timeframe }) {
    this.timeframe = timeframe;
  }

  get rows(): number {
    return this.rowsSeen;
  }

  get duplicates(): number {
    return this.duplicateRows;
  }

  /** Broken rules in the order of `CANDLE_RULES`. */
  get broken(): readonly BrokenRule[] {
    return CANDLE_RULES.map((rule, index) => ({ rule, count: this.counts[index], rows: this.listed[index] })).filter(
      ({ count }) => count > 0,
    );
  }

  /**
   * The rows of `candles` that are kept, in new columns. `rows` gives the number of each row in its file (first data
   * row = 1); without it rows count on from the call before.
   */
  push(candles: CandleColumns, rows?: Float64Array): CandleColumns {
    const { length, time, open, high, low, close, volume } = candles;
    const out = emptyCandles(length);
    let kept = 0;
    for (let i = 0; i < length; i++) {
      const rule = this.ruleBroken(time[i], open[i], high[i], low[i], close[i], volume[i]);
      if (rule === DUPLICATE) {
        this.duplicateRows++;
      } else if (rule >= 0) {
        this.counts[rule]++;
        if (this.listed[rule].length < BAD_ROWS_LISTED_MAX) {
          this.listed[rule].push(rows === undefined ? this.rowsSeen + i + 1 : rows[i]);
        }
      } else {
        for (const field of CANDLE_FIELDS) out[field][kept] = candles[field][i];
        this.remember(time[i], open[i], high[i], low[i], close[i], volume[i]);
        kept++;
      }
    }
    this.rowsSeen += length;
    return { ...out, length: kept };
  }

  /** Index of the first rule the row breaks, `FINE`, or `DUPLICATE`. NaN fails every comparison, so tests are positive. */
  private ruleBroken(time: number, open: number, high: number, low: number, close: number, volume: number): number {
    if (!(time >= TIME_MIN_MS && time <= TIME_MAX_MS)) return 0;
    if (candleOpen(time, this.timeframe) !== time) return 1;
    if (!Number.isFinite(open + high + low + close)) return 2;
    if (!(open > 0 && high > 0 && low > 0 && close > 0)) return 3;
    if (!(high >= open && high >= close && high >= low)) return 4;
    if (!(low <= open && low <= close)) return 5;
    if (!(volume >= 0 && volume < Number.POSITIVE_INFINITY)) return 6;
    const last = this.last;
    if (time < last[0]) return 7;
    if (time === last[0]) {
      const same = open === last[1] && high === last[2] && low === last[3] && close === last[4] && volume === last[5];
      return same ? DUPLICATE : 8;
    }
    return FINE;
  }

  private remember(time: number, open: number, high: number, low: number, close: number, volume: number): void {
    const last = this.last;
    last[0] = time;
    last[1] = open;
    last[2] = high;
    last[3] = low;
    last[4] = close;
    last[5] = volume;
  }
}

const FINE = -1;
const DUPLICATE = -2;

/** Earliest time taken, 1900-01-01: daily indices reach far back; anything before is a misread column. */
const TIME_MIN_MS = -2_208_988_800_000;
/** Latest time taken, 2100-01-01, for the same reason. */
const TIME_MAX_MS = 4_102_444_800_000;
