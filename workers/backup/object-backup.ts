import { MINUTE_MS } from "../core/candle/timeframe.ts";
import { gauge } from "../metrics/meter.ts";
import type { MasterKeys } from "../platform/key-ring.ts";
import { logEvent } from "../platform/log-event.ts";
import { TIME_IS_UP, within } from "../platform/within.ts";
import type { BackupStore } from "./backup-store.ts";
import type { BaseProgress, ChangeCapture, OpenUnit } from "./change-capture.ts";
import { sealUnit, sha256OfBytes } from "./sealed-unit.ts";
import type { SourceBackup, StoredUnit } from "./source-backup.ts";
import type { Totals } from "./unit-lines.ts";
import { unitKeyOf } from "./unit-name.ts";

/** How old a change may become before it is stored: within a minute, with time for the store to answer. */
export const SEAL_AFTER_MS = 45_000;
/** Changes after which they are stored at once. */
const CHANGES_MAX = 1_000;
/** Between two units of one object, however much changes. */
const PAUSE_MS = 5_000;
/** A store that does not answer is one that failed. */
const STORE_MS_MAX = 20_000;
/** After a failure, doubling. */
const RETRY_MS_MIN = 5_000;
const RETRY_MS_MAX = 5 * MINUTE_MS;

export interface ObjectBackupParts {
  readonly source: string;
  readonly capture: ChangeCapture;
  /** Undefined where this deployment keeps no backups. */
  readonly store: BackupStore | undefined;
  readonly keys: () => MasterKeys;
  readonly now: () => number;
  /** Somebody else sees to it that a base is made where too much changed, piece by piece. */
  readonly basesInPieces?: boolean;
}

/**
 * The backup of one source: when the next unit is due, and making it. Nothing here ever keeps what is backed up from its own
 * work: `turn` does not throw, and what could not be stored is in the next unit.
 */
export class ObjectBackup {
  readonly source: string;
  private readonly parts: ObjectBackupParts;
  private running: Promise<unknown> | undefined;
  /** Since when something waits to be stored, as far as it was noticed; UTC ms. */
  private waitsSince: number | undefined;
  /** From when that is due as if it had waited since then: for what may have waited while this was out of memory. */
  private dueFrom: number | undefined;
  private lastAt = 0;
  private failures = 0;
  private waiting = 0;
  /** Nothing was noticed yet: whoever noticed before may have been put out of memory. */
  private isNew = true;

  constructor(parts: ObjectBackupParts) {
    this.parts = parts;
    this.source = parts.source;
  }

  /** Something may have changed. */
  async notice(): Promise<void> {
    if (this.parts.store === undefined) return;
    const { capture } = this.parts;
    const isNew = this.isNew;
    this.isNew = false;
    this.waiting = await capture.pending();
    if (isNew) await this.goOn();
    else if (this.waiting > 0) this.noticeValues();
  }

  /**
   * What waits when this is made again may have waited since the last unit: an object that sleeps between a change and its
   * alarm would otherwise begin to wait anew each time it wakes, and never store anything.
   */
  private async goOn(): Promise<void> {
    const { capture } = this.parts;
    if (this.waiting === 0) this.waiting = await capture.changedValues();
    if (this.waiting === 0) return;
    this.noticeValues();
    this.dueFrom = await capture.storedAt();
  }

  /** Something changed, or values by name did, which leave no notes. */
  noticeValues(): void {
    if (this.parts.store !== undefined) this.waitsSince ??= this.parts.now();
  }

  /** So many rows changed. Answers when that is due; undefined where `notice` has to be called, as once in each new one. */
  noticeRows(rows: number): number | undefined {
    if (this.isNew || rows === 0) return undefined;
    this.waiting += rows;
    this.noticeValues();
    return this.dueAt();
  }

  /** When the next unit is due, UTC ms; undefined where nothing waits. */
  dueAt(): number | undefined {
    if (this.waitsSince === undefined) return undefined;
    if (this.failures > 0) return this.lastAt + Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** (this.failures - 1));
    const full = this.waiting >= CHANGES_MAX ? this.lastAt + PAUSE_MS : Number.POSITIVE_INFINITY;
    const from = Math.min(this.waitsSince, this.dueFrom ?? this.waitsSince);
    return Math.min(from + SEAL_AFTER_MS, Math.max(full, from));
  }

  /** Stores what waits where it is due. Answers whether it was. */
  async turn(): Promise<boolean> {
    const dueAt = this.dueAt();
    if (dueAt === undefined || dueAt > this.parts.now()) return false;
    if (this.running !== undefined) {
      // Who is told at once that nothing was stored asks again at once, and whoever is storing never comes to its end.
      await this.running.catch(() => undefined);
      return false;
    }
    await this.seal();
    return true;
  }

  /** Stores what waits. Does not throw: what fails is tried again. */
  async seal(): Promise<void> {
    const since = this.waitsSince ?? this.parts.now();
    try {
      await this.storeWaiting(async () => {
        const { capture, basesInPieces = false } = this.parts;
        const isTooMuch = !basesInPieces && (await capture.isTooMuch());
        if (isTooMuch || !(await capture.hasBase())) await this.makeBase();
        else await this.makeIncrement(false);
      });
    } catch (error) {
      this.failures += 1;
      this.lastAt = this.parts.now();
      this.waitsSince = since;
      this.tellBehind(since);
      logEvent("backup_failed", { id: this.source.replace("/", ":"), attempts: this.failures, error });
    }
  }

  /** A base of everything, and the increment that makes it whole. Throws where it cannot be stored. */
  async full(): Promise<SourceBackup> {
    return this.storeWaiting(() => this.makeBase());
  }

  /** What changes while `act` stores may not be in its units, and waits for the next one. */
  private async storeWaiting<T>(act: () => Promise<T>): Promise<T> {
    const { waitsSince, dueFrom } = this;
    this.waitsSince = undefined;
    this.dueFrom = undefined;
    try {
      const made = await this.alone(act);
      this.stored();
      return made;
    } catch (error) {
      this.waitsSince = waitsSince ?? this.waitsSince;
      this.dueFrom = dueFrom ?? this.dueFrom;
      throw error;
    }
  }

  hasBase(): Promise<boolean> {
    return this.parts.capture.hasBase();
  }

  /** Whether more changed since the last unit than an increment should hold. */
  isTooMuch(): Promise<boolean> {
    return this.parts.capture.isTooMuch();
  }

  /** Begins a base that is made part by part. */
  beginBase(): Promise<BaseProgress> {
    return this.parts.capture.beginBase();
  }

  /** Part by part, for what takes longer than one call may. Throws where it cannot be stored. */
  async basePart(from: BaseProgress): Promise<{ readonly unit: StoredUnit; readonly next: BaseProgress | undefined }> {
    return this.alone(() => this.makePart(from));
  }

  /** The increment that makes a base whole. Throws where it cannot be stored. */
  async closeBase(epoch: string, units: readonly StoredUnit[]): Promise<SourceBackup> {
    const made = await this.alone(() => this.makeIncrement(true));
    if (made?.totals === undefined) throw new Error("the increment behind a base must say totals");
    const { unit, at, totals } = made;
    return { source: this.source, epoch, at, units: [...units, unit], totals };
  }

  private async makePart(
    from: BaseProgress,
  ): Promise<{ readonly unit: StoredUnit; readonly next: BaseProgress | undefined }> {
    const { unit, next, values } = await this.parts.capture.basePart(from);
    const stored = await this.store(unit);
    if (next === undefined) await this.parts.capture.settleBase({ ...from, values });
    return { unit: stored, next };
  }

  private async makeBase(): Promise<SourceBackup> {
    const units: StoredUnit[] = [];
    const { epoch } = await this.addParts(await this.parts.capture.beginBase(), units);
    const closing = await this.makeIncrement(true);
    if (closing?.totals === undefined) throw new Error("the increment behind a base must say totals");
    return { source: this.source, epoch, at: closing.at, units: [...units, closing.unit], totals: closing.totals };
  }

  private async addParts(begun: BaseProgress, units: StoredUnit[]): Promise<BaseProgress> {
    for (let from: BaseProgress | undefined = begun; from !== undefined; ) {
      const { unit, next }: { unit: StoredUnit; next: BaseProgress | undefined } = await this.makePart(from);
      units.push(unit);
      from = next;
    }
    return begun;
  }

  private async makeIncrement(
    withTotals: boolean,
  ): Promise<{ readonly unit: StoredUnit; readonly at: number; readonly totals: Totals | undefined } | undefined> {
    const made = await this.parts.capture.increment({ withTotals });
    if (made === undefined) return undefined;
    const unit = await this.store(made);
    await this.parts.capture.settle(made);
    return { unit, at: made.header.at, totals: made.totals };
  }

  private async store({ header, lines }: OpenUnit): Promise<StoredUnit> {
    const { store, keys, source } = this.parts;
    if (store === undefined) throw new Error("this deployment keeps no backups");
    const whole = { ...header, source };
    const bytes = await sealUnit(keys(), whole, lines);
    const key = unitKeyOf(whole, await sha256OfBytes(bytes));
    const answer = await within(store.put(key, bytes), STORE_MS_MAX);
    if (answer === TIME_IS_UP) throw new Error(`a unit must be stored within ${STORE_MS_MAX} ms`);
    return { key, bytes: bytes.byteLength };
  }

  /** One at a time: a unit goes on from the one before. */
  private async alone<T>(act: () => Promise<T>): Promise<T> {
    while (this.running !== undefined) await this.running.catch(() => undefined);
    const running = act();
    this.running = running;
    try {
      return await running;
    } finally {
      this.running = undefined;
    }
  }

  private stored(): void {
    if (this.failures > 0) this.tellBehind(undefined);
    this.failures = 0;
    this.waiting = 0;
    this.lastAt = this.parts.now();
  }

  /** Only what is behind says so: a thousand sources that are not need not. */
  private tellBehind(since: number | undefined): void {
    const value = since === undefined ? undefined : since / 1_000;
    gauge("backup_behind_seconds", {}, { value, source: this.source, at: this.parts.now() });
  }
}
