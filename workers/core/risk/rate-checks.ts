import { toDouble } from "../ledger/decimal-double.ts";
import { CAPS, type CapName, type Limits, requiredLimit } from "./cap.ts";
import { brokenCap, type Check, type CheckInput, type Denial, denial, ofCount } from "./check.ts";
import { type MessageBuckets, RISK_SCOPES, type RiskBook, type RiskScope } from "./risk-book.ts";
import { haltReason } from "./throttle.ts";
import { type BucketRate, CANCEL_SHARE, takeToken, tokensLeft } from "./token-bucket.ts";

/** How often: messages a second and a minute, and orders that trade or are refused again and again. */
export const RATE_CHECKS: readonly Check[] = [
  { name: "order rate", check: checkRate },
  { name: "venue rate", check: checkVenueRate },
  { name: "repeated execution", check: checkThrottle },
];

const WINDOWS = {
  second: { cap: "ordersPerSecond", windowMs: 1_000 },
  minute: { cap: "ordersPerMinute", windowMs: 60_000 },
} as const satisfies Record<keyof MessageBuckets, { cap: CapName; windowMs: number }>;
const WINDOW_NAMES = ["second", "minute"] as const;

/** The rate that a scope's limits allow. */
export function rateOf(limits: Limits, scope: RiskScope, window: keyof MessageBuckets): BucketRate {
  const { cap, windowMs } = WINDOWS[window];
  return { capacity: toDouble(requiredLimit(limits, cap, scope).limit), windowMs };
}

function checkRate({ book, limits, now }: CheckInput): Denial | undefined {
  for (const scope of RISK_SCOPES) {
    for (const window of WINDOW_NAMES) {
      const rate = rateOf(limits, scope, window);
      if (tokensLeft(book.buckets[scope][window], rate, now) >= 1) continue;
      const { cap } = WINDOWS[window];
      const level = requiredLimit(limits, cap, scope).level;
      return { code: CAPS[cap].code, cap, value: "0 left", limit: `${rate.capacity} a ${window}`, level, scope };
    }
  }
  return undefined;
}

/** Orders stop while a share of the venue's messages is left for cancels. */
function checkVenueRate({ book, now }: CheckInput): Denial | undefined {
  for (const window of WINDOW_NAMES) {
    const rate = book.venueRate[window];
    const left = tokensLeft(book.buckets.venue[window], rate, now);
    if (left - 1 >= rate.capacity * CANCEL_SHARE) continue;
    return denial("VENUE_RATE", { value: `${Math.floor(left)} left`, limit: `${rate.capacity} a ${window}` });
  }
  return undefined;
}

function checkThrottle({ book, limits, now }: CheckInput): Denial | undefined {
  for (const scope of RISK_SCOPES) {
    const reason = haltReason(book[scope], limits, { scope, now });
    if (reason === undefined) continue;
    return brokenCap(reason.cap, { scope, value: ofCount(reason.count), binding: reason.binding });
  }
  return undefined;
}

/** The buckets after a message was sent: an order counts for bot, account and venue, a cancel for the venue alone. */
export function countMessage(
  { buckets, venueRate }: Pick<RiskBook, "buckets" | "venueRate">,
  { kind, limits, now }: { readonly kind: "order" | "cancel"; readonly limits: Limits; readonly now: number },
): RiskBook["buckets"] {
  const taken = (from: MessageBuckets, rate: (window: keyof MessageBuckets) => BucketRate): MessageBuckets => ({
    second: takeToken(from.second, rate("second"), now),
    minute: takeToken(from.minute, rate("minute"), now),
  });
  const venue = taken(buckets.venue, (window) => venueRate[window]);
  if (kind === "cancel") return { ...buckets, venue };
  const own = (scope: RiskScope) => taken(buckets[scope], (window) => rateOf(limits, scope, window));
  return { venue, bot: own("bot"), account: own("account") };
}
