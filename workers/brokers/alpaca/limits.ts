import type { RateNews, RateWindow } from "../request/rate-budget.ts";

/** Requests of an account in a minute, unless the venue's headers say another number. */
export const ALPACA_WINDOWS: readonly RateWindow[] = [
  { name: "minute", capacity: 200, windowMs: 60_000, counts: "weight" },
];
const TOO_MANY = 429;
/** How long to wait where the venue does not say when its window ends. */
const PAUSE_MS = 10_000;
/** The longest that a header may make us wait: more would be a mistake of its clock or of ours. */
const PAUSE_MS_MAX = 120_000;

/** What a reply says of the rate: `X-RateLimit-Limit`, `-Remaining`, and `-Reset` in seconds since 1970. */
export function alpacaRateNews(
  { status, headers }: { readonly status: number; readonly headers: Headers },
  now: number,
): RateNews {
  const limit = wholeOf(headers.get("x-ratelimit-limit"));
  const remaining = wholeOf(headers.get("x-ratelimit-remaining"));
  const reset = wholeOf(headers.get("x-ratelimit-reset"));
  const news: RateNews = {
    ...(limit === undefined || limit === 0 ? {} : { capacity: { minute: limit } }),
    ...(limit === undefined || remaining === undefined ? {} : { used: { minute: Math.max(0, limit - remaining) } }),
  };
  if (status !== TOO_MANY && remaining !== 0) return news;
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  if (seconds > 0) return { ...news, pausedUntil: now + Math.min(seconds * 1_000, PAUSE_MS_MAX) };
  // A window that is over by our clock says that the clocks differ, not that there is room.
  const end = reset === undefined || reset * 1_000 <= now ? now + PAUSE_MS : reset * 1_000;
  return { ...news, pausedUntil: Math.min(end, now + PAUSE_MS_MAX) };
}

function wholeOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}
