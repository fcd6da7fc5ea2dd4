import { systemClock } from "../platform/clock.ts";
import { beginWork, CUT_OFF_MS, endWork, wasCutOff } from "../platform/cut-off-work.ts";
import { BackedUpObject } from "./backed-up-object.ts";

/** An object that works in passes, each due at a time, and that is backed up between them by the same alarm. */
export class PassingObject extends BackedUpObject {
  /** When its next pass is due, UTC ms: an alarm before that is for the backup alone. Unknown after a sleep. */
  private passAt: number | undefined;
  /** Its last work came to its end in this process: nothing is marked as cut off. */
  private isWhole = false;

  /** Whether the alarm rang before a pass is due: what is to be stored is, and it rings again for the pass. */
  protected async rangForBackup(passAt = this.passAt): Promise<boolean> {
    if (passAt === undefined || systemClock() >= passAt) return false;
    if (Number.isFinite(passAt)) await this.alarms.at(passAt);
    await this.noticeChanges();
    this.turnBackup();
    return true;
  }

  /**
   * Does the work of an alarm, which says when the next one rings. What the platform tries again was cut off: from then on the
   * object says itself when to go on, ever more seldom, since the platform gives up after a few times.
   */
  protected async workOnAlarm(alarm: AlarmInvocationInfo | undefined, work: () => Promise<void>): Promise<void> {
    const { kv } = this.ctx.storage;
    // A first attempt writes nothing beforehand: many objects that ring at one candle wait for one another's disk.
    const isCutOff = alarm?.isRetry === true || (!this.isWhole && wasCutOff(kv));
    if (isCutOff) await this.alarms.at(systemClock() + beginWork(kv));
    else this.alarms.begin(systemClock() + CUT_OFF_MS);
    this.isWhole = false;
    await work();
    if (isCutOff) endWork(kv);
    this.isWhole = true;
  }

  /** Rings for a pass, or for the backup where that comes first. `changed`: the rows that the pass is known to have written. */
  protected async ringAt(passAt: number | undefined, changed: { readonly rows: number }): Promise<void> {
    this.passAt = passAt ?? Number.POSITIVE_INFINITY;
    const first = Math.min(this.passAt, (await this.noticeChanges(changed)) ?? Number.POSITIVE_INFINITY);
    await this.alarms.at(Number.isFinite(first) ? first : undefined);
  }

  /** Rings for a pass by then, or earlier where one was due. */
  protected async passBy(at: number): Promise<void> {
    if (this.passAt !== undefined) this.passAt = Math.min(this.passAt, at);
    await this.alarms.by(at);
  }

  /** Rings for a pass now, or at `at`. */
  protected async ringForPass(at = systemClock()): Promise<void> {
    this.passAt = at;
    await this.alarms.at(at);
  }
}
