import type { RequestKind } from "./venue-reply.ts";

/** One limit of a venue: how much may be sent in any stretch of `windowMs`. */
export interface RateWindow {
  readonly name: string;
  readonly capacity: number;
  readonly windowMs: number;
  /** What counts: the weight of each request, or each request of some kinds as one. */
  readonly counts: "weight" | readonly RequestKind[];
  /** Nothing can be ordered there: no part of it has to be left for orders and cancels. */
  readonly isDataAlone?: true;
}

/** What a reply says of the venue's own count. */
export interface RateNews {
  /** By name of a window: what the venue has counted in its present one, of everybody behind our address. */
  readonly used?: Readonly<Record<string, number>>;
  /** Nothing is to be sent before this instant, UTC ms. */
  readonly pausedUntil?: number | undefined;
  /** The venue's rules have changed: capacity by name of a window. */
  readonly capacity?: Readonly<Record<string, number>>;
}

/**
 * Share of a window that each kind may fill. What data leaves is for questions, what those leave for orders, and the last
 * fifth for cancels alone: in a storm they must still get through.
 */
const SHARE: Readonly<Record<RequestKind, number>> = { data: 0.5, query: 0.7, order: 0.8, cancel: 1 };
/** Sends remembered for one window: more than any venue lets through, so that memory stays bounded. */
const SENDS_KEPT_MAX = 20_000;

interface Send {
  readonly at: number;
  readonly cost: number;
}

interface Count {
  readonly window: RateWindow;
  sends: Send[];
  /** What others behind our address have used, as of the last reply, and until when that holds. */
  foreign: number;
  foreignUntil: number;
}

/**
 * How much may still be sent to a venue. What was sent is counted over a sliding stretch, so that the limit holds however
 * the venue's own windows lie, and what the venue counts beyond ours is taken to be others behind the same address.
 */
export class RateBudget {
  private readonly counts: Count[];
  private pausedUntil = 0;

  constructor(windows: readonly RateWindow[]) {
    this.counts = windows.map((window) => ({ window, sends: [], foreign: 0, foreignUntil: 0 }));
  }

  /**
   * Takes what a request costs. Answers undefined where it may be sent, and else the instant (UTC ms) at which to try
   * again; then nothing was taken.
   */
  take(kind: RequestKind, weight: number, now: number): number | undefined {
    if (now < this.pausedUntil) return this.pausedUntil;
    const retryAt = Math.max(0, ...this.counts.map((count) => waitOf(count, kind, weight, now)));
    if (retryAt > now) return retryAt;
    for (const count of this.counts) {
      const cost = costOf(count.window, kind, weight);
      if (cost > 0 && count.sends.length < SENDS_KEPT_MAX) count.sends.push({ at: now, cost });
    }
    return undefined;
  }

  /** Takes in what a reply says, UTC ms. */
  hear({ used = {}, pausedUntil, capacity = {} }: RateNews, now: number): void {
    if (pausedUntil !== undefined) this.pausedUntil = Math.max(this.pausedUntil, pausedUntil);
    for (const [index, count] of this.counts.entries()) {
      const { window } = count;
      const changed = capacity[window.name];
      if (changed !== undefined && changed > 0)
        this.counts[index] = { ...count, window: { ...window, capacity: changed } };
      const theirs = used[window.name];
      if (theirs === undefined) continue;
      // Venues count by the clock: their window began at the last multiple of its length.
      const began = Math.floor(now / window.windowMs) * window.windowMs;
      const ours = sumOf(count.sends.filter(({ at }) => at >= began));
      this.counts[index].foreign = Math.max(0, theirs - ours);
      this.counts[index].foreignUntil = began + window.windowMs;
    }
  }

  /** Until when nothing is sent because the venue asked for it, UTC ms; 0 where it did not. */
  get paused(): number {
    return this.pausedUntil;
  }
}

/** When what a request costs fits into a window, UTC ms; 0 where it does now. */
function waitOf(count: Count, kind: RequestKind, weight: number, now: number): number {
  const { window } = count;
  const cost = costOf(window, kind, weight);
  if (cost === 0) return 0;
  // A time in the future is of a clock that was set back since: it says nothing any more.
  count.sends = count.sends.filter(({ at }) => at > now - window.windowMs && at <= now);
  const most = Math.max(cost, window.capacity * (window.isDataAlone ? 1 : SHARE[kind]));
  const foreign = now < count.foreignUntil ? count.foreign : 0;
  let over = sumOf(count.sends) + foreign + cost - most;
  if (over <= 0) return 0;
  for (const { at, cost: freed } of count.sends) {
    over -= freed;
    if (over <= 0) return at + window.windowMs;
  }
  return Math.max(count.foreignUntil, now + 1);
}

function costOf({ counts }: RateWindow, kind: RequestKind, weight: number): number {
  if (counts === "weight") return weight;
  return counts.includes(kind) ? 1 : 0;
}

function sumOf(sends: readonly Send[]): number {
  return sends.reduce((sum, { cost }) => sum + cost, 0);
}
