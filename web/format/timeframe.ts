import type { CandleSeries } from "../../schema/wire/dataset.ts";

export type TimeframeName = CandleSeries["timeframe"];

const MINUTE_MS = 60_000;
const UNIT_MS = { m: MINUTE_MS, h: 60 * MINUTE_MS, d: 1_440 * MINUTE_MS, w: 7 * 1_440 * MINUTE_MS } as const;
const UNIT_WORDS = { m: "minute", h: "hour", d: "day", w: "week" } as const;

/** Every timeframe, smallest first; the type check fails where it differs from the wire's. */
export const TIMEFRAME_NAMES = [
  "1m",
  "3m",
  "5m",
  "15m",
  "30m",
  "1h",
  "2h",
  "4h",
  "6h",
  "8h",
  "12h",
  "1d",
  "1w",
] as const satisfies readonly TimeframeName[];

/** Length of a candle in milliseconds, read from its name. */
export function timeframeLengthMs(timeframe: TimeframeName): number {
  return Number.parseInt(timeframe, 10) * UNIT_MS[unitOf(timeframe)];
}

/** "15 minutes", "1 hour". */
export function timeframeWords(timeframe: TimeframeName): string {
  const count = Number.parseInt(timeframe, 10);
  const word = UNIT_WORDS[unitOf(timeframe)];
  return count === 1 ? `1 ${word}` : `${count} ${word}s`;
}

/** The timeframes that can be built from candles of `base`: the same and its multiples. */
export function timeframesFrom(base: TimeframeName): readonly TimeframeName[] {
  return TIMEFRAME_NAMES.filter((name) => timeframeLengthMs(name) % timeframeLengthMs(base) === 0);
}

function unitOf(timeframe: TimeframeName): keyof typeof UNIT_MS {
  return timeframe.slice(-1) as keyof typeof UNIT_MS;
}
