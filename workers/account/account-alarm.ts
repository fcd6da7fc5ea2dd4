import { MINUTE_MS } from "../core/candle/timeframe.ts";
import type { Clock } from "../platform/clock.ts";
import { beginWork, CUT_OFF_MS, endWork } from "../platform/cut-off-work.ts";

/** When an account's object rings. It is set before anything is in flight, so that what a crash cuts off is soon looked at. */
export class AccountAlarm {
  private readonly storage: DurableObjectStorage;
  private readonly now: Clock;
  /**
   * The first time that was asked for since it began to ring. Of several who ask at once each reads what is set before any
   * of them has set it: so each sets the first time of all, and never its own later one over another's.
   */
  private dueBy = Number.POSITIVE_INFINITY;

  constructor(storage: DurableObjectStorage, now: Clock) {
    this.storage = storage;
    this.now = now;
  }

  /** Rings no later than `at`, UTC ms. */
  async by(at: number): Promise<void> {
    this.dueBy = Math.min(this.dueBy, at);
    const set = await this.storage.getAlarm();
    if (set === null || this.dueBy < set) await this.storage.setAlarm(Math.max(this.dueBy, this.now()));
  }

  /** Rings no later than the first of these; where there is none, nothing changes. */
  async byFirst(times: readonly (number | undefined)[]): Promise<void> {
    const known = times.filter((at) => at !== undefined);
    if (known.length > 0) await this.by(Math.min(...known));
  }

  /** Something is about to be sent: were this process to end now, it would be asked for as anything else in doubt. */
  beforeSending(): Promise<void> {
    return this.by(this.now() + CUT_OFF_MS);
  }

  /** Rings at once; while it rings, once more after it. */
  ring(): Promise<void> {
    const now = this.now();
    this.dueBy = Math.min(this.dueBy, now);
    return this.storage.setAlarm(now);
  }

  /** Begins the work of an alarm: one that is cut off rings again soon. */
  begin(): Promise<void> {
    this.dueBy = Number.POSITIVE_INFINITY;
    return this.storage.setAlarm(this.now() + beginWork(this.storage.kv));
  }

  /** Ends it: with nothing else to do, and nothing asked for meanwhile, it rings in a minute. */
  end(): Promise<void> {
    endWork(this.storage.kv);
    return this.storage.setAlarm(Math.min(this.now() + MINUTE_MS, Math.max(this.dueBy, this.now())));
  }
}
