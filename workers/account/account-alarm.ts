import { MINUTE_MS } from "../core/candle/timeframe.ts";
import type { Clock } from "../platform/clock.ts";
import { beginWork, CUT_OFF_MS, endWork } from "../platform/cut-off-work.ts";
import { ObjectAlarm } from "../platform/object-alarm.ts";

/** When an account's object rings. It is set before anything is in flight, so that what a crash cuts off is soon looked at. */
export class AccountAlarm {
  private readonly kv: SyncKvStorage;
  private readonly alarm: ObjectAlarm;
  private readonly now: Clock;
  /** The first time that was asked for since it began to ring. */
  private dueBy = Number.POSITIVE_INFINITY;

  constructor(storage: DurableObjectStorage, now: Clock) {
    this.kv = storage.kv;
    this.alarm = new ObjectAlarm(storage);
    this.now = now;
  }

  /** Rings no later than `at`, UTC ms. */
  by(at: number): Promise<void> {
    this.dueBy = Math.min(this.dueBy, at);
    return this.alarm.by(Math.max(at, this.now()));
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
    return this.alarm.at(now);
  }

  /** Begins the work of an alarm: one that is cut off rings again soon. */
  begin(): Promise<void> {
    this.dueBy = Number.POSITIVE_INFINITY;
    return this.alarm.at(this.now() + beginWork(this.kv));
  }

  /** Ends it: with nothing else to do, and nothing asked for meanwhile, it rings in a minute. */
  end(): Promise<void> {
    endWork(this.kv);
    return this.alarm.at(Math.min(this.now() + MINUTE_MS, Math.max(this.dueBy, this.now())));
  }
}
