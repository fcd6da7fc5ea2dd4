import { DAY_MS } from "../candle/timeframe.ts";
import { add, type Decimal, divide, larger, type Money, NO_MONEY, subtract, ZERO } from "../ledger/decimal.ts";

/**
 * What daily loss and draw-down are measured against. Money that was moved shifts the marks by as much, so that a
 * withdrawal is no loss and a deposit hides none.
 */
export interface EquityTrack {
  /** UTC day number of `dayStart`. */
  readonly day: number;
  readonly dayStart: Money;
  readonly peak: Money;
  readonly equity: Money;
  readonly netDeposits: Money;
}

/** Marked equity (open positions included) and all deposits less withdrawals, at a moment in UTC ms. */
export interface EquityMark {
  readonly equity: Money;
  readonly netDeposits: Money;
  readonly at: number;
}

export function startTrack({ equity, netDeposits, at }: EquityMark): EquityTrack {
  return { day: Math.floor(at / DAY_MS), dayStart: equity, peak: equity, equity, netDeposits };
}

/** The track after a mark. A day begins with the last equity of the one before: what happened overnight is its own loss. */
export function trackEquity(track: EquityTrack, { equity, netDeposits, at }: EquityMark): EquityTrack {
  const moved = subtract(netDeposits, track.netDeposits);
  const day = Math.max(track.day, Math.floor(at / DAY_MS));
  const start = day > track.day ? track.equity : track.dayStart;
  return { day, dayStart: add(start, moved), peak: larger(add(track.peak, moved), equity), equity, netDeposits };
}

/** What was lost since the day began; zero where there is no loss. */
export function lossOfDay(track: EquityTrack): Money {
  return larger(subtract(track.dayStart, track.equity), NO_MONEY);
}

/** 1 - equity ÷ peak, rounded up; 1 where the peak is not above zero and equity is below it. */
export function drawdownOf({ peak, equity }: Pick<EquityTrack, "peak" | "equity">): Decimal {
  const fall = subtract(peak, equity);
  if (fall <= 0n) return ZERO;
  if (peak <= 0n) return WHOLE;
  return divide(fall, peak, { decimals: 18, rounding: "ceil" });
}

const WHOLE = (10n ** 18n) as Decimal;
