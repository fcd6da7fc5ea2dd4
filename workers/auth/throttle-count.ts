/** At most `count` takings within `windowMs`, then one for each that grows older than the window. */
export interface ThrottleRule {
  readonly count: number;
  readonly windowMs: number;
}

/** The takings of one name that still count. */
export interface Takings {
  /** Epoch ms of each, in the order in which they were taken. */
  readonly at: number[];
  /** Epoch ms from which none of them counts. */
  readonly until: number;
}

export interface ThrottleAnswer {
  readonly allowed: boolean;
  /** Milliseconds until a taking may be allowed; 0 where this one was. */
  readonly waitMs: number;
  /** Takings that are left within the window. */
  readonly left: number;
}

/** Takes one of what the rule allows; answers the takings that count from now on, the given ones where it refuses. */
export function takeOne(takings: Takings | undefined, rule: ThrottleRule, nowMs: number): [ThrottleAnswer, Takings] {
  const at = (takings?.at ?? []).filter((taken) => taken > nowMs - rule.windowMs);
  if (at.length >= rule.count) {
    const waitMs = (at[0] ?? nowMs) + rule.windowMs - nowMs;
    return [
      { allowed: false, waitMs, left: 0 },
      { at, until: takings?.until ?? nowMs },
    ];
  }
  at.push(nowMs);
  return [
    { allowed: true, waitMs: 0, left: rule.count - at.length },
    { at, until: nowMs + rule.windowMs },
  ];
}

/** A window of fixed length that opens with its first request. */
export interface Window {
  readonly used: number;
  /** Epoch ms at which it closes. */
  readonly endsAt: number;
}

export interface Lease {
  /** Requests that the one who asked may let through before `endsAt`. */
  readonly granted: number;
  /** Requests that are left for others in this window. */
  readonly left: number;
  readonly endsAt: number;
}

// A block is at most an eighth of what is left: near the limit it is a single request, so that none is lost with a block
// that nobody comes to use.
const LEASE_PART = 8;

/** What is asked of a window: at most `wanted` requests at `nowMs`. */
export interface LeaseAsk {
  readonly rule: ThrottleRule;
  readonly wanted: number;
  readonly nowMs: number;
}

/** Hands out a block of a window's requests. All blocks of a window together never exceed the rule's count. */
export function leaseBlock(window: Window | undefined, { rule, wanted, nowMs }: LeaseAsk): [Lease, Window] {
  const open = window !== undefined && nowMs < window.endsAt;
  const { used, endsAt } = open ? window : { used: 0, endsAt: nowMs + rule.windowMs };
  const free = Math.max(0, rule.count - used);
  const granted = free === 0 ? 0 : Math.max(1, Math.min(wanted, Math.floor(free / LEASE_PART)));
  return [
    { granted, left: free - granted, endsAt },
    { used: used + granted, endsAt },
  ];
}
