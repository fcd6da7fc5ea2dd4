import type { RateNews, RateWindow } from "../request/rate-budget.ts";

/** What a reply without a time to wait is given: the venue's shortest ban, and a minute of its counting. */
const BAN_MS = 120_000;
const PAUSE_MS = 60_000;
const TOO_MANY = 429;
const BANNED = 418;

export const WEIGHT = "weight-1m";
export const ORDERS_10S = "orders-10s";
export const ORDERS_1D = "orders-1d";

/** As documented; the venue's own answer replaces them as soon as it is known. */
export const BINANCE_WINDOWS: readonly RateWindow[] = [
  { name: WEIGHT, capacity: 6_000, windowMs: 60_000, counts: "weight" },
  { name: ORDERS_10S, capacity: 50, windowMs: 10_000, counts: ["order"] },
  { name: ORDERS_1D, capacity: 160_000, windowMs: 86_400_000, counts: ["order"] },
];

const HEADERS: Readonly<Record<string, string>> = {
  [WEIGHT]: "x-mbx-used-weight-1m",
  [ORDERS_10S]: "x-mbx-order-count-10s",
  [ORDERS_1D]: "x-mbx-order-count-1d",
};

/** What a reply's headers say of the rate. After a refusal for its rate nothing is sent until its time has passed. */
export function binanceRateNews({ status, headers }: { status: number; headers: Headers }, now: number): RateNews {
  const used: Record<string, number> = {};
  for (const [name, header] of Object.entries(HEADERS)) {
    const count = Number(headers.get(header) ?? Number.NaN);
    if (Number.isSafeInteger(count) && count >= 0) used[name] = count;
  }
  if (status !== TOO_MANY && status !== BANNED) return { used };
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const waitMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : status === BANNED ? BAN_MS : PAUSE_MS;
  return { used, pausedUntil: now + waitMs };
}

interface RateLimit {
  readonly rateLimitType: string;
  readonly interval: string;
  readonly intervalNum: string;
  readonly limit: string;
}

/** The venue's own limits by name of our windows. */
export function binanceCapacity(limits: readonly RateLimit[]): Record<string, number> {
  const names: Readonly<Record<string, string>> = {
    "REQUEST_WEIGHT 1 MINUTE": WEIGHT,
    "ORDERS 10 SECOND": ORDERS_10S,
    "ORDERS 1 DAY": ORDERS_1D,
  };
  const known = limits.flatMap(({ rateLimitType, interval, intervalNum, limit }): [string, number][] => {
    const name = names[`${rateLimitType} ${intervalNum} ${interval}`];
    return name === undefined ? [] : [[name, Number(limit)]];
  });
  return Object.fromEntries(known);
}
