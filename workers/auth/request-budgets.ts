import type { Access } from "./access-matrix.ts";
import type { ThrottleRule } from "./throttle-count.ts";

/** What a request costs us: reading rows, writing them, or computing for seconds. */
export type Verb = "reading" | "changing" | "expensive";

/** A rule with the name that clients read in `RateLimit-Policy`. */
export interface Budget extends ThrottleRule {
  readonly policy: string;
}

export interface Budgets {
  /** Everything of the API from one address (of IPv6: one /64), signed in or not. */
  readonly address: Budget;
  /** Messages to one bot's address. Senders' own addresses have none: half the world's alerts come from four. */
  readonly hook: Budget;
  /** What one signed-in person, or one API key, may do. */
  readonly principal: Readonly<Record<Verb, Budget>>;
  /** What may be done to one owner's things, by everybody and every key together. */
  readonly tenant: Readonly<Record<Verb, Budget>>;
}

// Short windows are counted in an object's memory, without a write for each request. Nothing is lost by that: an object
// is put out of memory after ten idle seconds at the earliest, and then its window is over.
export const BUDGET_WINDOW_MS = 10_000;
// Work that computes is rationed over a longer time, in counts that are stored.
const EXPENSIVE_WINDOW_MS = 60_000;

/** How many requests are let through. A page takes five to twenty; a program that polls each second takes ten. */
export const BUDGETS: Budgets = {
  // An office behind one address: a few people at once.
  address: { policy: "address", count: 900, windowMs: BUDGET_WINDOW_MS },
  // A burst of a thousand alerts is taken whole; more is a sender that runs in circles.
  hook: { policy: "hook", count: 1_500, windowMs: BUDGET_WINDOW_MS },
  principal: {
    reading: { policy: "reading", count: 300, windowMs: BUDGET_WINDOW_MS },
    changing: { policy: "changing", count: 100, windowMs: BUDGET_WINDOW_MS },
    // Two a second: an editor previews while its rules are typed, a script tries a list of parameters.
    expensive: { policy: "expensive", count: 120, windowMs: EXPENSIVE_WINDOW_MS },
  },
  // Twice as much: an owner beside a viewer, or a page beside a program.
  tenant: {
    reading: { policy: "tenant-reading", count: 600, windowMs: BUDGET_WINDOW_MS },
    changing: { policy: "tenant-changing", count: 200, windowMs: BUDGET_WINDOW_MS },
    expensive: { policy: "tenant-expensive", count: 240, windowMs: EXPENSIVE_WINDOW_MS },
  },
};

/** Whether a request reads, changes or computes. */
export function verbOf(method: string, access: Access | undefined): Verb {
  if (access?.costs === "expensive") return "expensive";
  return method === "GET" || method === "HEAD" ? "reading" : "changing";
}
