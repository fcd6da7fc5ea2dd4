import { DAY_MS, MINUTE_MS } from "../../core/candle/timeframe.ts";
import type { RateNews, RateWindow } from "../request/rate-budget.ts";
import { readJson } from "../request/read-json.ts";

/** Credits of a minute. The smallest plan's until a reply's headers say another number; nothing but data is asked for. */
export const TWELVEDATA_WINDOWS: readonly RateWindow[] = [
  { name: "minute", capacity: 8, windowMs: MINUTE_MS, counts: "weight", isDataAlone: true },
];
const TOO_MANY = 429;
/** Its clock and ours differ a little: a minute that has just begun by ours may not have by its. */
const MARGIN_MS = 1_000;
const OF_THE_DAY = /\bday\b|\bdaily\b/i;

/** What a reply says of the credits: in its headers, and in the words with which it refuses more. */
export function twelveDataRateNews(
  { status, headers, body }: { readonly status: number; readonly headers: Headers; readonly body: string },
  now: number,
): RateNews {
  const used = wholeOf(headers.get("api-credits-used"));
  const left = wholeOf(headers.get("api-credits-left"));
  const known = used === undefined || left === undefined || used + left === 0 ? {} : told(used, left);
  return status === TOO_MANY ? { ...known, pausedUntil: nextCredits(messageOf(body), now) } : known;
}

/** When credits come again after a refusal, UTC ms: with the next minute, or with the next day of UTC. */
export function nextCredits(message: string, now: number): number {
  const length = OF_THE_DAY.test(message) ? DAY_MS : MINUTE_MS;
  return (Math.floor(now / length) + 1) * length + MARGIN_MS;
}

function told(used: number, left: number): RateNews {
  return { used: { minute: used }, capacity: { minute: used + left } };
}

function messageOf(body: string): string {
  try {
    const { message } = readJson(body) as { message?: unknown };
    return typeof message === "string" ? message : "";
  } catch {
    return "";
  }
}

function wholeOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
