import { DurableObject } from "cloudflare:workers";
import { eq, sql } from "drizzle-orm";
import { backups } from "../../schema/tables/backup.ts";
import { gauge } from "../metrics/meter.ts";
import { systemClock } from "../platform/clock.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { masterKeys } from "../platform/master-keys.ts";
import { TABLES_LEFT_OUT } from "./backed-up.ts";
import { DATABASE } from "./backup-sources.ts";
import { backupStoreOf } from "./backup-store-of.ts";
import { ChangeCapture } from "./change-capture.ts";
import { type FullBackupParts, stepFullBackup } from "./full-backup.ts";
import { EntryShelf, type FullBackupJob } from "./full-backup-job.ts";
import { newBackupId } from "./manifest.ts";
import { NO_VALUES } from "./named-values.ts";
import { ObjectBackup, SEAL_AFTER_MS } from "./object-backup.ts";
import { keepOwnerKeys } from "./owner-keys.ts";
import { databaseSql } from "./platform-sql.ts";

/** How long one ring of the alarm works on a full backup: the platform gives each ring 30 seconds of its processor. */
const SLICE_MS = 10_000;
const JOB = "job";
const OWNER_KEYS_UNTIL = "owner-keys-until";
const BEGUN_FOR_MUCH = "begun-for-much";
const FOR_MUCH_EVERY_MS = 3_600_000;
/** A step that fails so often in a row ends the backup. */
const FAILURES_MAX = 5;
const RETRY_MS = 10_000;
const REASON_CHARACTERS_MAX = 500;

/**
 * Makes the backups of the deployment: the database's changes each minute, and a full backup when it is asked for, which it
 * restores into a place of its own and looks at. Objects store their own changes; they are called once for each full backup.
 */
export class BackupObject extends DurableObject<Env> {
  private readonly database: ObjectBackup;
  private readonly shelf: EntryShelf;
  private isWorking = false;
  private beginning: Promise<string> | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const leftOut = new Set(Object.keys(TABLES_LEFT_OUT));
    const capture = new ChangeCapture({
      sql: databaseSql(databaseOf(env)),
      values: NO_VALUES,
      leftOut,
      now: systemClock,
    });
    const store = backupStoreOf(env);
    this.database = new ObjectBackup({
      ...{ source: DATABASE, capture, store, keys: () => masterKeys(env), now: systemClock, basesInPieces: true },
    });
    this.shelf = new EntryShelf(ctx.storage.sql);
  }

  /** Called each minute: sees to it that the alarm rings, whatever became of the last one. */
  async keepGoing(): Promise<void> {
    if (backupStoreOf(this.env) === undefined) return;
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(systemClock());
  }

  /** Begins a full backup and answers its id; of one that is being made already, that one's. */
  begin(call: { readonly askedBy: "day" | "person" }): Promise<string> {
    // The alarm and a person may ask at the same moment.
    this.beginning ??= this.beginOne(call).finally(() => {
      this.beginning = undefined;
    });
    return this.beginning;
  }

  private async beginOne({ askedBy }: { readonly askedBy: "day" | "person" }): Promise<string> {
    if (backupStoreOf(this.env) === undefined) throw new Error("this deployment keeps no backups");
    const { kv } = this.ctx.storage;
    const known = kv.get<FullBackupJob>(JOB);
    if (known !== undefined) return known.id;
    const startedAt = systemClock();
    const chance = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, "0"));
    const id = newBackupId(startedAt, chance.join(""));
    await openDatabase(this.env.DB).insert(backups).values({ id, status: "running", askedBy, startedAt });
    this.shelf.clear();
    const progress = await this.database.beginBase();
    const step = { kind: "database", progress, units: [] } as const;
    kv.put(JOB, { id, startedAt, madeAt: undefined, step, failures: 0 } satisfies FullBackupJob);
    await this.ctx.storage.setAlarm(systemClock());
    return id;
  }

  /** Never throws, and rings again. */
  override async alarm(): Promise<void> {
    await this.ctx.storage.setAlarm(systemClock() + SEAL_AFTER_MS);
    // One at a time, whoever rings: steps go on from one another.
    if (this.isWorking) return;
    this.isWorking = true;
    let isBusy = false;
    try {
      await this.sealDatabase();
      // Before any base is whole: secrets in a backup open by these halves alone.
      await this.keepKeys();
      isBusy = await this.workOnJob();
    } catch (error) {
      logEvent("backup_failed", { error });
    }
    this.isWorking = false;
    if (isBusy) await this.ctx.storage.setAlarm(systemClock());
  }

  private async sealDatabase(): Promise<void> {
    await this.database.notice();
    // The first one of all is a full one, made piece by piece.
    if (!(await this.database.hasBase())) return void (await this.begin({ askedBy: "day" }));
    if (await this.database.isTooMuch()) await this.beginForMuch();
    // Here an increment is due with each ring: whatever changed has waited for at most one of them.
    if (this.database.dueAt() !== undefined) await this.database.seal();
  }

  /** A new base goes piece by piece where an increment would be large; seldom, since each wakes all objects. */
  private async beginForMuch(): Promise<void> {
    const { kv } = this.ctx.storage;
    const now = systemClock();
    if (now - (kv.get<number>(BEGUN_FOR_MUCH) ?? 0) < FOR_MUCH_EVERY_MS) return;
    kv.put(BEGUN_FOR_MUCH, now);
    await this.begin({ askedBy: "day" });
  }

  /** Halves of owners' keys are kept apart: looked at where one was made since, and once a day. */
  private async keepKeys(): Promise<void> {
    const { kv } = this.ctx.storage;
    const until = kv.get<number>(OWNER_KEYS_UNTIL) ?? 0;
    const [row] = await openDatabase(this.env.DB).all<{ last: number }>(
      sql`select coalesce(max(sequence), 0) as last from backup_changes where name = 'owner_keys'`,
    );
    const last = row?.last ?? 0;
    if (last === until && until !== 0) return;
    await keepOwnerKeys(this.env, systemClock());
    kv.put(OWNER_KEYS_UNTIL, Math.max(1, last));
  }

  /** Steps of the full backup that is being made. Answers whether there is more to do at once. */
  private async workOnJob(): Promise<boolean> {
    const { kv } = this.ctx.storage;
    const until = systemClock() + SLICE_MS;
    for (let job = kv.get<FullBackupJob>(JOB); job !== undefined; job = kv.get<FullBackupJob>(JOB)) {
      try {
        const result = await stepFullBackup(this.fullParts(), job);
        if (result.kind === "end") await this.end(job, result.faults);
        else kv.put(JOB, { ...result.job, failures: 0 });
        if (result.kind === "made") await this.noteMade(result.job);
      } catch (error) {
        await this.noteFailure(job, error);
        await this.ctx.storage.setAlarm(systemClock() + RETRY_MS);
        return false;
      }
      if (systemClock() >= until) return true;
    }
    return false;
  }

  private async noteFailure(job: FullBackupJob, error: unknown): Promise<void> {
    const failures = job.failures + 1;
    logEvent("full_backup_failed", { id: job.id, attempts: failures, error });
    if (failures >= FAILURES_MAX) return this.end(job, [error instanceof Error ? error.message : String(error)]);
    // What a base had stored stays; a base goes on from the part that failed.
    this.ctx.storage.kv.put(JOB, { ...job, failures });
  }

  private async noteMade({ id, madeAt }: FullBackupJob): Promise<void> {
    const entries = this.shelf.all();
    const units = entries.flatMap((entry) => entry.units);
    const rows = entries.flatMap(({ totals }) => Object.values(totals.tables));
    const made = {
      ...({ status: "made", madeAt: madeAt ?? null, sources: entries.length, units: units.length } as const),
      bytes: units.reduce((sum, unit) => sum + unit.bytes, 0),
      rows: rows.reduce((sum, [count]) => sum + count, 0),
    };
    await openDatabase(this.env.DB).update(backups).set(made).where(eq(backups.id, id));
  }

  private async end({ id, madeAt }: FullBackupJob, faults: readonly string[]): Promise<void> {
    const isGood = faults.length === 0;
    const reason = isGood ? null : faults.join("; ").slice(0, REASON_CHARACTERS_MAX);
    const ended = { status: isGood ? "verified" : "failed", finishedAt: systemClock(), reason } as const;
    await openDatabase(this.env.DB).update(backups).set(ended).where(eq(backups.id, id));
    if (isGood && madeAt !== undefined) {
      gauge("backup_age_seconds", {}, { value: madeAt / 1_000, source: "backup", at: systemClock() });
    } else logEvent("full_backup_refused", { id, reason }, "error");
    this.shelf.clear();
    this.ctx.storage.kv.delete(JOB);
  }

  private fullParts(): FullBackupParts {
    const { env, database, shelf } = this;
    const store = backupStoreOf(env);
    if (store === undefined) throw new Error("this deployment keeps no backups");
    return { env, store, database, shelf, schema: () => lastMigration(env) };
  }
}

/** The database itself: its backup counts for no route. */
function databaseOf(env: Env): D1Database {
  return env.DB;
}

/** Empty where the migrations were applied by something that keeps no list. */
async function lastMigration(env: Env): Promise<string> {
  const database = openDatabase(env.DB);
  const there = await database.all(sql`select 1 from sqlite_master where name = 'd1_migrations'`);
  if (there.length === 0) return "";
  const [row] = await database.all<{ name: string }>(sql`select name from d1_migrations order by id desc limit 1`);
  return row?.name ?? "";
}
