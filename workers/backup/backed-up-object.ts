import { DurableObject } from "cloudflare:workers";
import type { AuditHead } from "../audit/audit-chain.ts";
import { systemClock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { masterKeys } from "../platform/master-keys.ts";
import { ObjectAlarm } from "../platform/object-alarm.ts";
import type { BackedUpClass } from "./backed-up.ts";
import { BACKED_UP } from "./backed-up.ts";
import { backupStoreOf } from "./backup-store-of.ts";
import { readTotals } from "./capture-queries.ts";
import { ChangeCapture } from "./change-capture.ts";
import { checkSource, type SourceCheck } from "./check-source.ts";
import { loadUnit } from "./load-unit.ts";
import type { ManifestEntry } from "./manifest.ts";
import { ObjectBackup } from "./object-backup.ts";
import { objectValues } from "./object-values.ts";
import { objectSql } from "./platform-sql.ts";
import { readShapes } from "./table-shape.ts";
import type { Totals } from "./unit-lines.ts";

/** What a restored object keeps of that. */
export interface RestoredMark {
  /** When it was restored, and as of when it is; UTC ms. */
  readonly at: number;
  readonly asOf: number;
}

/** Where it keeps it. */
const RESTORED = "restored";
const LOADING = "restoring";
/** After a restore its objects begin to work, once the place they were restored into serves. */
const WAKE_AFTER_MS = 30_000;

/**
 * An object whose storage is backed up, by itself: it seals what changed and stores it, so that nobody has to call a
 * thousand objects each minute. Who comes first in a restore fills it; it takes that only while it is empty.
 */
export class BackedUpObject extends DurableObject<Env> {
  protected readonly backup: ObjectBackup;
  protected readonly alarms: ObjectAlarm;
  private readonly capture: ChangeCapture;
  private installing: Promise<void> | undefined;
  private isGone = false;
  private isTurning = false;

  constructor(ctx: DurableObjectState, env: Env, className: BackedUpClass) {
    super(ctx, env);
    this.alarms = new ObjectAlarm(ctx.storage);
    const values = objectValues(ctx.storage.kv, (name) => keepsValue(className, name));
    const leftOut = new Set<string>();
    this.capture = new ChangeCapture({ sql: objectSql(ctx.storage), values, leftOut, now: systemClock });
    this.backup = new ObjectBackup({
      ...{ source: `${className}/${ctx.id.name ?? ctx.id.toString()}`, capture: this.capture, now: systemClock },
      ...{ store: backupStoreOf(env), keys: () => masterKeys(env) },
    });
  }

  /** Everything of this object, now; undefined of an empty one. Throws where it cannot be stored. */
  async backUp(): Promise<ManifestEntry | undefined> {
    if (await this.isEmpty()) return undefined;
    await this.watchChanges();
    const auditHead = this.backedUpHead();
    const made = await this.backup.full();
    return auditHead === undefined ? made : { ...made, auditHead };
  }

  /** Stores what changed at once, where anything did. */
  async sealBackup(): Promise<void> {
    await this.lookForChanges();
    if (this.backup.dueAt() !== undefined) await this.backup.seal();
  }

  /** Takes a unit of a restore. Throws where the object is not empty. */
  async restoreUnit({
    lines,
    first,
  }: {
    readonly lines: string;
    readonly first: boolean;
  }): Promise<Totals | undefined> {
    const { kv } = this.ctx.storage;
    if (first && !(await this.isEmpty())) throw new Error("only an empty object can be restored");
    if (first) kv.put(LOADING, true);
    if (kv.get(LOADING) !== true) throw new Error("a restore must begin with the first unit");
    const values = {
      list: () => [],
      put: objectValues(kv, () => true).put,
      drop: (name: string) => void kv.delete(name),
    };
    return loadUnit({ sql: objectSql(this.ctx.storage), values }, lines);
  }

  /** The last unit was taken: answers what there is now, for whoever holds it against what was backed up. */
  async endRestore(mark: RestoredMark): Promise<Totals> {
    const { kv } = this.ctx.storage;
    if (kv.get(LOADING) !== true) throw new Error("a restore must have begun");
    kv.delete(LOADING);
    const { className } = this.names();
    const values = objectValues(kv, (name) => keepsValue(className, name)).list().length;
    const totals = await readTotals(objectSql(this.ctx.storage), await readShapes(objectSql(this.ctx.storage)), values);
    kv.put(RESTORED, mark);
    await this.afterRestore(mark);
    return totals;
  }

  /** What must hold inside a restored object. */
  checkRestored({ auditHead }: { readonly auditHead: AuditHead | undefined }): Promise<SourceCheck> {
    return checkSource(this.ctx.storage.sql, this.names().className, { auditHead });
  }

  /** The place that it was restored into is about to serve. */
  async wakeRestored(): Promise<void> {
    if (this.restored() === undefined) throw new Error("only a restored object is woken");
    await this.alarms.at(systemClock() + WAKE_AFTER_MS);
  }

  /** As of when this object was restored last; undefined for one that never was. */
  protected restored(): RestoredMark | undefined {
    return this.ctx.storage.kv.get<RestoredMark>(RESTORED);
  }

  /** Head of the trail that this object holds; a restored chain has to go through it. */
  protected backedUpHead(): AuditHead | undefined {
    return undefined;
  }

  /** Brings a restored object into a state in which it does nothing by itself. */
  protected async afterRestore(_mark: RestoredMark): Promise<void> {}

  /**
   * Looks what changed, unless it is told that so many `rows` did: counting them costs some tenth of a short piece of work.
   * Answers when it has to be stored, UTC ms; what is due is under way.
   */
  protected async noticeChanges({ rows = 0 } = {}): Promise<number | undefined> {
    // Before the first look, and after the storage was emptied, rows may leave no notes yet.
    const told = this.installing === undefined ? undefined : this.backup.noticeRows(rows);
    const dueAt = told ?? (await this.lookForChanges());
    if (dueAt === undefined || dueAt > systemClock()) return dueAt;
    // An alarm that rang for it at once would do the object's work another time, too.
    this.turnBackup();
    return this.backup.dueAt();
  }

  private async lookForChanges(): Promise<number | undefined> {
    // A unit that was on its way while the object was emptied must not fill it again.
    if (this.isGone && (await this.isEmpty())) return undefined;
    this.isGone = false;
    await this.watchChanges();
    await this.backup.notice();
    return this.backup.dueAt();
  }

  /** The same, for an object that has nothing else to ring for. */
  protected async ringForBackup(): Promise<void> {
    const dueAt = await this.noticeChanges();
    if (dueAt !== undefined) await this.alarms.by(Math.max(dueAt, systemClock()));
  }

  /** Values by name changed, which leave no notes of themselves. */
  protected valuesChanged(): void {
    this.backup.noticeValues();
    this.ctx.waitUntil(this.ringForBackup());
  }

  /** Stores what is due, beside whatever the object does: a store that is slow holds up nothing. Who is at it looks again after. */
  protected turnBackup(): void {
    if (this.isTurning) return;
    this.isTurning = true;
    const turn = async () => {
      await this.storeDue().finally(() => {
        this.isTurning = false;
      });
      await this.ringForBackup();
    };
    this.ctx.waitUntil(turn().catch((error: unknown) => logEvent("backup_failed", { error })));
  }

  protected async storeDue(): Promise<void> {
    await this.backup.turn();
  }

  /** The storage was emptied: what was known of it is gone too. */
  protected forgetBackup(): void {
    this.installing = undefined;
    this.isGone = true;
    this.capture.forget();
  }

  override async alarm(_alarm?: AlarmInvocationInfo): Promise<void> {
    await this.noticeChanges();
    this.turnBackup();
  }

  private watchChanges(): Promise<void> {
    this.installing ??= this.capture.install();
    return this.installing;
  }

  private names(): { readonly className: BackedUpClass } {
    const [className] = this.backup.source.split("/");
    return { className: className as BackedUpClass };
  }

  private async isEmpty(): Promise<boolean> {
    const { storage } = this.ctx;
    const sql = objectSql(storage);
    const { tables } = await readTotals(sql, await readShapes(sql), 0);
    return [...storage.kv.list()].length === 0 && Object.values(tables).every(([rows]) => rows === 0);
  }
}

function keepsValue(className: BackedUpClass, name: string): boolean {
  const { values } = BACKED_UP[className];
  if (values.kept !== undefined)
    return values.kept.some((one) => name === one || (one.endsWith("/") && name.startsWith(one)));
  return !values.leftOut.some((one) => name === one || (one.endsWith("/") && name.startsWith(one)));
}
