import type { Lease, LeaseAsk, ThrottleRule } from "./throttle-count.ts";

export interface Spending {
  readonly allowed: boolean;
  /** Requests that are left in the window, as far as is known here. */
  readonly left: number;
  /** Epoch ms at which the window closes. */
  readonly endsAt: number;
}

interface Held {
  tokens: number;
  used: number;
  left: number;
  readonly endsAt: number;
}

// A name costs some 100 bytes; an isolate has 128 MB for everything.
const NAMES_MAX = 20_000;

/**
 * The blocks of requests that this isolate holds. A name's object is asked for a block and not for each request, and
 * not at all once it has said that nothing is left. A block is as large as what was used here before it in the same
 * window, so that at most as much lies unused as was used. Blocks never come to more than the rule: a client that many
 * isolates serve at once may be refused early, never let through late.
 */
export class LeaseBook {
  readonly #held = new Map<string, Held>();
  readonly #lease: (name: string, ask: LeaseAsk) => Promise<Lease>;

  constructor(lease: (name: string, ask: LeaseAsk) => Promise<Lease>) {
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
    if (allowed) {
      held.tokens -= 1;
      held.used += 1;
    }
    return { allowed, left: held.left + held.tokens, endsAt: held.endsAt };
  }

  async #spendLeased(name: string, rule: ThrottleRule, nowMs: number): Promise<Spending> {
    const before = this.#held.get(name);
    const wanted = before === undefined || nowMs >= before.endsAt ? 1 : Math.max(1, before.used);
    const { granted, left, endsAt } = await this.#lease(name, { rule, wanted, nowMs });
    const held = this.#held.get(name);
    // A block of a window that this isolate has already left pays for its own request only.
    if (held !== undefined && held.endsAt > endsAt) return { allowed: granted > 0, left, endsAt };
    const same = held?.endsAt === endsAt;
    // Requests that ran dry together each bring a block home, and spend from all that came.
    const tokens = (same ? held.tokens : 0) + granted;
    const known = same ? Math.min(held.left, left) : left;
    const allowed = tokens > 0;
    this.#makeRoom(nowMs);
    const used = (same ? held.used : 0) + (allowed ? 1 : 0);
    this.#held.set(name, { tokens: allowed ? tokens - 1 : 0, used, left: known, endsAt });
    return { allowed, left: known + Math.max(0, tokens - 1), endsAt };
  }

  #makeRoom(nowMs: number): void {
    if (this.#held.size < NAMES_MAX) return;
    for (const [name, { endsAt }] of this.#held) if (endsAt <= nowMs) this.#held.delete(name);
    if (this.#held.size >= NAMES_MAX) this.#held.clear();
  }
}
