import type { Timeframe } from "./timeframe.ts";
import { candleOpen, DAY_MS, HOUR_MS, MINUTE_MS, timeframeMs } from "./timeframe.ts";
import { dayOfTime, newYorkToUtcMs, usMarketDay, weekdayOfDay } from "./us-market-day.ts";

/** A stretch of trading, `[open, close)`, UTC ms. */
export interface Session {
  readonly open: number;
  readonly close: number;
}

/** When a market trades. */
export interface TradingCalendar {
  readonly id: "always" | "fx-week" | "us-stock" | "india-stock";
  /**
   * The session that belongs to the UTC day number `day`, if there is one. Sessions of different days never overlap;
   * one may reach into the days beside its own by less than a day.
   */
  session(day: number): Session | undefined;
}

/** Every minute of every day: crypto. */
export const ALWAYS_OPEN: TradingCalendar = {
  id: "always",
  session: (day) => ({ open: day * DAY_MS, close: (day + 1) * DAY_MS }),
};

/** From Sunday 17:00 to Friday 17:00 New York time, in five sessions that touch. */
export const FX_WEEK: TradingCalendar = {
  id: "fx-week",
  session: (day) => {
    const weekday = weekdayOfDay(day);
    if (weekday === 0 || weekday === 6) return undefined;
    // Clocks change on a Sunday morning, before the week opens: the offset of Monday holds for Sunday evening.
    const close = day * DAY_MS + 17 * HOUR_MS + newYorkToUtcMs(day);
    return { open: close - DAY_MS, close };
  },
};

/** 09:30 to 16:00 New York time, to 13:00 on early closes, with the exchanges' holidays. */
export const US_STOCK: TradingCalendar = {
  id: "us-stock",
  session: (day) => {
    const kind = usMarketDay(day);
    if (kind === "closed") return undefined;
    const midnight = day * DAY_MS + newYorkToUtcMs(day);
    const close = midnight + (kind === "early" ? 13 : 16) * HOUR_MS;
    return { open: midnight + 9 * HOUR_MS + 30 * MINUTE_MS, close };
  },
};

const INDIA_BEFORE_UTC_MS = 5 * HOUR_MS + 30 * MINUTE_MS;

/** 09:15 to 15:30 in India from Monday to Friday. Holidays are decreed each year and are not known here. */
export const INDIA_STOCK: TradingCalendar = {
  id: "india-stock",
  session: (day) => {
    const weekday = weekdayOfDay(day);
    if (weekday === 0 || weekday === 6) return undefined;
    const midnight = day * DAY_MS - INDIA_BEFORE_UTC_MS;
    return { open: midnight + 9 * HOUR_MS + 15 * MINUTE_MS, close: midnight + 15 * HOUR_MS + 30 * MINUTE_MS };
  },
};

const CALENDARS: Readonly<Record<TradingCalendar["id"], TradingCalendar>> = {
  always: ALWAYS_OPEN,
  "fx-week": FX_WEEK,
  "us-stock": US_STOCK,
  "india-stock": INDIA_STOCK,
};

/** The calendar of a name. */
export function calendarOf(id: TradingCalendar["id"]): TradingCalendar {
  return CALENDARS[id];
}

/** Whether the market trades at the instant `timeMs`. */
export function isOpen(calendar: TradingCalendar, timeMs: number): boolean {
  const day = dayOfTime(timeMs);
  for (const near of [day, day + 1]) {
    const session = calendar.session(near);
    if (session !== undefined && timeMs >= session.open && timeMs < session.close) return true;
  }
  return false;
}

/**
 * Calls `visit` with the open time of each candle of `timeframe` that the calendar says exists, in order, for candles
 * that open in `[from, to)`. A candle exists where it overlaps a session.
 */
export function eachExpectedCandle(
  calendar: TradingCalendar,
  { timeframe, from, to }: { readonly timeframe: Timeframe; readonly from: number; readonly to: number },
  visit: (openMs: number) => void,
): void {
  const length = timeframeMs(timeframe);
  let next = candleOpen(from, timeframe);
  if (next < from) next += length;
  for (let day = dayOfTime(from) - 1; day * DAY_MS < to + DAY_MS; day++) {
    const session = calendar.session(day);
    if (session === undefined) continue;
    next = Math.max(next, candleOpen(session.open, timeframe));
    for (; next < session.close && next < to; next += length) visit(next);
  }
}
