import type { Lease, ThrottleRule } from "./throttle-count.ts";

export interface Spending {
  readonly allowed: boolean;
  /** Requests that are left in the window, as far as is known here. */
  readonly left: number;
  /** Epoch ms at which the window closes. */
  readonly endsAt: number;
}

interface Held {
  tokens: number;
  left: number;
  readonly endsAt: number;
}

// A name costs some 100 bytes; an isolate has 128 MB for everything.
const NAMES_MAX = 20_000;

/**
 * The blocks of requests that this isolate holds. A name's object is asked once for a block and not for each request,
 * and not at all once it has said that nothing is left. Blocks never come to more than the rule; what an isolate holds
 * and does not use before the window closes is lost, so that a client which many isolates serve at once may be refused
 * a few requests early, never let through late.
 */
export class LeaseBook {
  readonly #held = new Map<string, Held>();
  readonly #lease: (name: string, rule: ThrottleRule, nowMs: number) => Promise<Lease>;

  constructor(lease: (name: string, rule: ThrottleRule, nowMs: number) => Promise<Lease>) {
    this.#lease = lease;
  }

  /** Spends one request of a name. Throws what the lease throws. */
  async spend(name: string, rule: ThrottleRule, nowMs: number): Promise<Spending> {
    return this.#spendHeld(name, nowMs) ?? this.#spendLeased(name, rule, nowMs);
  }

  #spendHeld(name: string, nowMs: number): Spending | undefined {
    const held = this.#held.get(name);
    if (held === undefined || nowMs >= held.endsAt) return undefined;
    if (held.tokens === 0 && held.left > 0) return undefined;
    const allowed = held.tokens > 0;
    if (allowed) held.tokens -= 1;
    return { allowed, left: held.left + held.tokens, endsAt: held.endsAt };
  }

  async #spendLeased(name: string, rule: ThrottleRule, nowMs: number): Promise<Spending> {
    const { granted, left, endsAt } = await this.#lease(name, rule, nowMs);
    const held = this.#held.get(name);
    // A block of a window that this isolate has already left pays for its own request only.
    if (held !== undefined && held.endsAt > endsAt) return { allowed: granted > 0, left, endsAt };
    const same = held?.endsAt === endsAt;
    // Requests that ran dry together each bring a block home, and spend from all that came.
    const tokens = (same ? held.tokens : 0) + granted;
    const known = same ? Math.min(held.left, left) : left;
    const allowed = tokens > 0;
    this.#makeRoom(nowMs);
    this.#held.set(name, { tokens: allowed ? tokens - 1 : 0, left: known, endsAt });
    return { allowed, left: known + Math.max(0, tokens - 1), endsAt };
  }

  #makeRoom(nowMs: number): void {
    if (this.#held.size < NAMES_MAX) return;
    for (const [name, { endsAt }] of this.#held) if (endsAt <= nowMs) this.#held.delete(name);
    if (this.#held.size >= NAMES_MAX) this.#held.clear();
  }
}
