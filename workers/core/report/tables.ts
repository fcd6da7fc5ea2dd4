import type { DailyEquity } from "../engine/daily-equity.ts";
import type { Drawdown } from "../engine/drawdown.ts";
import type { TradeRow } from "../engine/trade-log.ts";
import { tradeStatistics } from "./trade-statistics.ts";

export interface MonthRow {
  readonly year: number;
  /** 1..12. */
  readonly month: number;
  readonly return: number;
}

export interface YearRow {
  readonly year: number;
  readonly return: number;
  readonly trades: number;
}

/** Trades that share something, such as their exit reason. */
export interface Breakdown {
  readonly key: string;
  readonly trades: number;
  readonly profit: number;
  readonly winRate: number | null;
  readonly profitFactor: number | null;
}

export interface DrawdownRow {
  readonly depth: number;
  readonly from: number;
  readonly bottom: number;
  readonly to: number | null;
  readonly durationMs: number;
}

/** Returns of calendar months (UTC), each against the equity at the end of the month before or the cash at the start. */
export function monthlyReturns(daily: DailyEquity, cash: number): MonthRow[] {
  return periodReturns(daily, cash, (time) => {
    const date = calendar(time);
    return date.year * 12 + date.month - 1;
  }).map(({ key, value }) => ({ year: Math.floor(key / 12), month: (key % 12) + 1, return: value }));
}

/** Returns of calendar years (UTC) with the number of trades that ended in each. */
export function yearlyReturns(daily: DailyEquity, cash: number, trades: readonly TradeRow[]): YearRow[] {
  const ended = new Map<number, number>();
  for (const trade of trades) {
    // A trade that ends as a year does belongs to it.
    const { year } = calendar(trade.exitTime - 1);
    ended.set(year, (ended.get(year) ?? 0) + 1);
  }
  return periodReturns(daily, cash, (time) => calendar(time).year).map(({ key, value }) => ({
    year: key,
    return: value,
    trades: ended.get(key) ?? 0,
  }));
}

/** Groups trades by a key, in the order of the keys. */
export function breakdown(trades: readonly TradeRow[], keyOf: (trade: TradeRow) => string): Breakdown[] {
  const groups = new Map<string, TradeRow[]>();
  for (const trade of trades) {
    const key = keyOf(trade);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [trade]);
    else group.push(trade);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, group]) => {
      const { winRate, profitFactor } = tradeStatistics(group, 0);
      const profit = group.reduce((sum, trade) => sum + trade.profit, 0);
      return { key, trades: group.length, profit, winRate, profitFactor };
    });
}

/** Rows of the deepest draw-downs; one that is still open runs to the end. */
export function drawdownRows(drawdowns: readonly Drawdown[], end: number): DrawdownRow[] {
  return drawdowns.map(({ depth, from, bottom, to }) => ({
    depth,
    from,
    bottom,
    to: Number.isNaN(to) ? null : to,
    durationMs: (Number.isNaN(to) ? end : to) - from,
  }));
}

function periodReturns(
  daily: DailyEquity,
  cash: number,
  keyOf: (time: number) => number,
): { key: number; value: number }[] {
  const rows: { key: number; value: number }[] = [];
  const { time, equity } = daily;
  let before = cash;
  for (let i = 0; i < time.length; i++) {
    const key = keyOf(time[i]);
    const ends = i + 1 === time.length || keyOf(time[i + 1]) !== key;
    if (!ends) continue;
    rows.push({ key, value: equity[i] / before - 1 });
    before = equity[i];
  }
  return rows;
}

/**
 * Year and month (1..12) of an instant in UTC, by Howard Hinnant's civil-from-days: core has no clock and therefore no
 * date type either.
 */
export function calendar(timeMs: number): { year: number; month: number } {
  const days = Math.floor(timeMs / 86_400_000) + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month };
}
