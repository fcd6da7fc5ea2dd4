import { SILENT_ASKED_WITHIN_MS } from "../../../schema/wire/venue-stream.ts";

/** Failures within this time open the circuit, */
const FAILURES_WITHIN_MS = 10_000;
/** so many of them: fewer happen to a venue that is well. */
const FAILURES_MAX = 5;
/** How long an open circuit waits before it tries again, at first and at most: each failed try doubles it. */
const OPEN_MS_MIN = 2_000;
const OPEN_MS_MAX = SILENT_ASKED_WITHIN_MS;

/**
 * Keeps from sending to a venue that is down. After some failures in a short time nothing is sent for a while, then one
 * request as a trial: an answer closes the circuit, another failure keeps it open for twice as long.
 */
export class Circuit {
  private failures: number[] = [];
  private openUntil = 0;
  private openMs = 0;
  private trying = false;

  /** Undefined where a request may be sent; else when to try again, UTC ms. */
  waitUntil(now: number): number | undefined {
    if (this.openMs === 0) return undefined;
    // A time that is further away is of a clock that was set back since.
    if (now < this.openUntil && this.openUntil - now <= OPEN_MS_MAX) return this.openUntil;
    return this.trying ? now + OPEN_MS_MIN : undefined;
  }

  /** A request is on its way; once an open circuit has waited it is the trial. */
  begin(now: number): void {
    if (this.openMs > 0 && this.waitUntil(now) === undefined) this.trying = true;
  }

  /** A reply came, whatever it says. */
  answered(): void {
    this.failures = [];
    this.openMs = 0;
    this.trying = false;
  }

  failed(now: number): void {
    this.failures = [...this.failures.filter((at) => now - at < FAILURES_WITHIN_MS), now];
    const wasTrial = this.trying;
    this.trying = false;
    // What was sent all the same while it is open says nothing new.
    if (this.openMs > 0 && !wasTrial) return;
    if (!wasTrial && this.failures.length < FAILURES_MAX) return;
    this.openMs = Math.min(OPEN_MS_MAX, this.openMs === 0 ? OPEN_MS_MIN : this.openMs * 2);
    this.openUntil = now + this.openMs;
    this.failures = [];
  }

  get isOpen(): boolean {
    return this.openMs > 0;
  }
}
