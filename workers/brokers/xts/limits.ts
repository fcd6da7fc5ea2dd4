import type { RateNews, RateWindow } from "../request/rate-budget.ts";

/** What the venue counts apart: changes of orders share ten a second, each question has one a second of its own. */
export const XTS_FAMILIES = [
  "orders",
  "book",
  "trades",
  "positions",
  "holdings",
  "balance",
  "profile",
  "session",
  "data",
] as const;
export type XtsFamily = (typeof XTS_FAMILIES)[number];

/** Ten orders a second is also where India's rules for algorithms begin: a fifth of it is kept for cancels. */
const ORDERS_PER_SECOND = 10;

/** The windows of a family. A budget keeps a share of each for what matters more, so questions get a little room. */
export function xtsWindows(family: XtsFamily): readonly RateWindow[] {
  const capacity = family === "orders" || family === "data" ? ORDERS_PER_SECOND : 1;
  return [{ name: family, capacity, windowMs: 1_000, counts: "weight" }];
}

const TOO_MANY = 429;
const PAUSE_MS = 1_000;

/** What a reply says of the rate: how long to wait after a refusal, in seconds or as an instant in seconds. */
export function xtsRateNews(
  { status, headers }: { readonly status: number; readonly headers: Headers },
  now: number,
): RateNews {
  if (status !== TOO_MANY) return {};
  const reset = Number(headers.get("x-ratelimit-reset") ?? headers.get("retry-after") ?? "");
  if (!Number.isFinite(reset) || reset <= 0) return { pausedUntil: now + PAUSE_MS };
  const until = reset > 1_000_000_000 ? reset * 1_000 : now + reset * 1_000;
  return { pausedUntil: Math.max(until, now + PAUSE_MS) };
}

/** Most that the list of instruments of all segments holds: derivatives alone are more than a hundred thousand lines. */
export const XTS_MASTER_BYTES_MAX = 64 * 1024 * 1024;
/** Longest stretch of candles that one request brings. */
export const XTS_BARS_MS_MAX = 7 * 24 * 3_600_000;
