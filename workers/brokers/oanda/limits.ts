import type { RateNews, RateWindow } from "../request/rate-budget.ts";

/** The venue counts requests by address: 120 a second. Ours stay under what it recommends for one connection. */
export const OANDA_WINDOWS: readonly RateWindow[] = [
  { name: "second", capacity: 100, windowMs: 1_000, counts: "weight" },
];
const TOO_MANY = 429;
/** It names no time after which to ask again; its window is a second. */
const PAUSE_MS = 1_000;
/** The longest that a header may make us wait: more would be a mistake. */
const PAUSE_MS_MAX = 120_000;

/** What a reply says of the rate. The venue has no headers for it; what stands before it may name a time in seconds. */
export function oandaRateNews(
  { status, headers }: { readonly status: number; readonly headers: Headers },
  now: number,
): RateNews {
  if (status !== TOO_MANY) return {};
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const waitMs = seconds > 0 ? Math.min(seconds * 1_000, PAUSE_MS_MAX) : PAUSE_MS;
  return { pausedUntil: now + waitMs };
}
