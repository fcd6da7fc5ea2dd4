/** The timeframes of the product, smallest first. Weeks start on Monday. */
export const TIMEFRAMES = ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "1w"] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

const LENGTH_MS: Readonly<Record<Timeframe, number>> = {
  "1m": MINUTE_MS,
  "3m": 3 * MINUTE_MS,
  "5m": 5 * MINUTE_MS,
  "15m": 15 * MINUTE_MS,
  "30m": 30 * MINUTE_MS,
  "1h": HOUR_MS,
  "2h": 2 * HOUR_MS,
  "4h": 4 * HOUR_MS,
  "6h": 6 * HOUR_MS,
  "8h": 8 * HOUR_MS,
  "12h": 12 * HOUR_MS,
  "1d": DAY_MS,
  "1w": WEEK_MS,
};

/** 1970-01-01 was a Thursday: the first Monday is four days later. */
const WEEK_ORIGIN_MS = 4 * DAY_MS;

/** Length of one candle in milliseconds. */
export function timeframeMs(timeframe: Timeframe): number {
  return LENGTH_MS[timeframe];
}

/** Open time (UTC ms) of the candle of `timeframe` that holds the instant `timeMs`. */
export function candleOpen(timeMs: number, timeframe: Timeframe): number {
  const length = LENGTH_MS[timeframe];
  const origin = timeframe === "1w" ? WEEK_ORIGIN_MS : 0;
  return Math.floor((timeMs - origin) / length) * length + origin;
}

/** The timeframe whose candles last exactly `lengthMs`, or undefined. */
export function timeframeOfMs(lengthMs: number): Timeframe | undefined {
  return TIMEFRAMES.find((timeframe) => LENGTH_MS[timeframe] === lengthMs);
}

/** Remainder that is never negative, so that times before 1970 have hours and weekdays too. */
export function floorMod(value: number, by: number): number {
  return ((value % by) + by) % by;
}

export function isTimeframe(text: string): text is Timeframe {
  return (TIMEFRAMES as readonly string[]).includes(text);
}

/** Whether candles of `small` fill candles of `large` exactly. */
export function divides(small: Timeframe, large: Timeframe): boolean {
  return LENGTH_MS[large] % LENGTH_MS[small] === 0;
}
