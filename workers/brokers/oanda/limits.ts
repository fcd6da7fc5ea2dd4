import type { RateNews, RateWindow } from "../request/rate-budget.ts";

/** The venue counts requests by address: 120 a second. Ours stay under what it recommends for one connection. */
export const OANDA_WINDOWS: readonly RateWindow[] = [
  { name: "second", capacity: 100, windowMs: 1_000, counts: "weight" },
];
const TOO_MANY = 429;
/** It names no time after which to ask again; its window is a second. */
const PAUSE_MS = 1_000;

/** What a reply says of the rate. The venue has no headers for it. */
export function oandaRateNews({ status }: { readonly status: number }, now: number): RateNews {
  return status === TOO_MANY ? { pausedUntil: now + PAUSE_MS } : {};
}
