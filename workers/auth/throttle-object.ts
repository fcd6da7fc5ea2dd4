import { createDurable } from "itty-durable/itty-durable.js";
import {
  type Lease,
  type LeaseAsk,
  leaseBlock,
  type Takings,
  type ThrottleAnswer,
  type ThrottleRule,
  takeOne,
  type Window,
} from "./throttle-count.ts";

// Some 70 bytes each: the object's JSON stays far below the 2 MB that one value may have.
const NAMES_MAX = 10_000;
/** What may be called from outside the object; the library would let any method be called and any property be set. */
const METHODS = new Set(["take", "giveBack", "lease", "ping"]);

interface Storing {
  readonly storage: DurableObjectStorage;
}

/**
 * Counts for others: attempts, which are stored and outlive the object, and blocks of a short window, which are not.
 * An object is a single thread and no method here waits for anything, so that counts are exact however many come at
 * once. It holds no alarm, no socket and no table: one JSON that each call rewrites, and whose names are dropped by
 * the next call once they no longer count. Called over `throttle.ts` only.
 */
export class ThrottleObject extends createDurable({ autoPersist: false }) {
  attempts: Record<string, Takings> = {};
  window: Window | undefined = undefined;

  // The environment is kept from the library: it would take every service binding for an object and wrap it.
  constructor(state: DurableObjectState) {
    super(state);
  }

  override async fetch(request: Request): Promise<Response> {
    const [, , action, method = ""] = new URL(request.url).pathname.split("/");
    if (action !== "call" || !METHODS.has(method)) return Response.json({ error: "no such method" }, { status: 404 });
    return super.fetch(request);
  }

  /** Takes one attempt under a name. Refusals write nothing. */
  take(name: string, rule: ThrottleRule, nowMs: number): ThrottleAnswer {
    this.forget(nowMs);
    const known = this.attempts[name];
    // Only a flood fills an object; names that it already knows go on being counted, so that no guesser is forgotten.
    if (known === undefined && Object.keys(this.attempts).length >= NAMES_MAX) {
      return { allowed: false, waitMs: rule.windowMs, left: 0 };
    }
    const [answer, takings] = takeOne(known, rule, nowMs);
    if (answer.allowed) {
      this.attempts[name] = takings;
      this.write();
    }
    return answer;
  }

  /** Gives back the newest taking of a name: the attempt was right and cost the limit nothing. */
  giveBack(name: string): true {
    const takings = this.attempts[name];
    if (takings === undefined) return true;
    takings.at.pop();
    if (takings.at.length === 0) delete this.attempts[name];
    this.write();
    return true;
  }

  /** A block of requests of the object's one window. Kept in memory: see `BUDGET_WINDOW_MS` for why that is enough. */
  lease(ask: LeaseAsk): Lease {
    const [lease, window] = leaseBlock(this.window, ask);
    this.window = window;
    return lease;
  }

  /** Answers for the health check. */
  ping(): true {
    return true;
  }

  override getPersistable() {
    return { attempts: this.attempts };
  }

  /** Nobody ends a count early. */
  override async destroy(): Promise<never> {
    throw new Error("a throttle is not destroyed from outside");
  }

  private forget(nowMs: number): void {
    for (const [name, { until }] of Object.entries(this.attempts)) {
      if (until <= nowMs) delete this.attempts[name];
    }
  }

  /**
   * Begun within the call and not waited for: the platform holds the reply back until it is stored. With nothing left
   * to count nothing is left behind.
   */
  private write(): void {
    const { storage } = this.state as Storing;
    if (Object.keys(this.attempts).length === 0) void storage.delete("data");
    else void this.persist();
  }
}
