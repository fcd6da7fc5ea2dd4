import type { OrderIntent } from "../order/desk-order.ts";
import { type Limits, limitsVersion } from "./cap.ts";
import { CAP_CHECKS } from "./cap-checks.ts";
import { type Check, type Denial, referenceIn } from "./check.ts";
import { PERMISSION_CHECKS } from "./permission-checks.ts";
import { PRICE_CHECKS } from "./price-checks.ts";
import { RATE_CHECKS } from "./rate-checks.ts";
import type { Reference, RiskBook } from "./risk-book.ts";

/**
 * The verdict on an intent. A pass names the limits and the price that it was given under; it is stored before the order
 * is sent, and no order is sent without one. A denial names the rule, what was measured and what is allowed.
 */
export type Verdict =
  | { readonly verdict: "pass"; readonly limitsVersion: string; readonly reference: Reference }
  | ({ readonly verdict: "denied" } & Denial);

/** Every check, in the order made: what may be done at all, at what price, how much, how often. */
export const CHECKS: readonly Check[] = [...PERMISSION_CHECKS, ...PRICE_CHECKS, ...CAP_CHECKS, ...RATE_CHECKS];

/**
 * What people set to bound what is opened must not keep a kill switch from closing: not hours, sizes, rates, throttles or
 * losses, nor that several bots close the same at once.
 */
const NOT_OF_CLOSING: readonly string[] = [
  ...["limits set", "instrument allowed", "hours", "duplicate"],
  ...["order size", "open orders", "losses", "order rate", "repeated execution"],
];
/** Where both sides of an account are closed, what it passes through on the way to nothing is not held against it either. */
const NOT_OF_CLOSING_ALL: readonly string[] = [...NOT_OF_CLOSING, "position", "exposure and leverage"];

/** What a kill switch closes: what some bot holds, or everything that the account holds of an instrument. */
export type Closing = "some" | "all";

/** The checks of an order by which a kill switch closes a position: that it only closes is among them. */
export const CLOSING_CHECKS: Readonly<Record<Closing, readonly Check[]>> = {
  some: CHECKS.filter(({ name }) => !NOT_OF_CLOSING.includes(name)),
  all: CHECKS.filter(({ name }) => !NOT_OF_CLOSING_ALL.includes(name)),
};

/**
 * Decides on an intent. `limits` are those in force and `now` is UTC ms. Pure: the same arguments give the same verdict.
 * It never throws: a check that cannot be made is a denial.
 */
export function decide(
  intent: OrderIntent,
  book: RiskBook,
  limits: Limits,
  now: number,
  checks: readonly Check[] = CHECKS,
): Verdict {
  try {
    const input = { intent, book, limits, now };
    for (const { check } of checks) {
      const denial = check(input);
      if (denial !== undefined) return { verdict: "denied", ...denial };
    }
    const reference = referenceIn(book)(intent.instrument);
    return { verdict: "pass", limitsVersion: limitsVersion(limits), reference };
  } catch (error) {
    const value = error instanceof Error ? error.message : "unknown";
    return { verdict: "denied", code: "CHECK_FAILED", cap: "none", value, limit: "every check made" };
  }
}
