import { systemClock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { VERSION } from "../platform/env.ts";
import { masterKeys } from "../platform/master-keys.ts";
import { DATABASE, objectOfSource, sourcesAfter } from "./backup-sources.ts";
import type { BackupStore } from "./backup-store.ts";
import type { EntryShelf, FullBackupJob } from "./full-backup-job.ts";
import { type ManifestEntry, manifestKey, signManifest } from "./manifest.ts";
import type { ObjectBackup } from "./object-backup.ts";

/** Objects that are backed up at the same time: the platform opens six connections at once. */
const AT_ONCE = 6;
/** Units of one source that are checked in one step. */
const UNITS_A_STEP = 4;

export interface FullBackupParts {
  readonly env: Env;
  readonly store: BackupStore;
  readonly database: ObjectBackup;
  readonly shelf: EntryShelf;
  /** Name of the database's last migration. */
  readonly schema: () => Promise<string>;
}

/** What a step leads to: the next one, or the end with what was found wrong. */
export type StepResult =
  | { readonly kind: "on"; readonly job: FullBackupJob }
  | { readonly kind: "made"; readonly job: FullBackupJob }
  | { readonly kind: "end"; readonly faults: readonly string[] };

/** One step of a full backup. Throws where a store or an object does not answer: the same step again is harmless. */
export async function stepFullBackup(parts: FullBackupParts, job: FullBackupJob): Promise<StepResult> {
  const { step } = job;
  if (step.kind === "database") return backUpDatabase(parts, job, step);
  if (step.kind === "objects") return backUpObjects(parts, job, step);
  return checkUnits(parts, step, job);
}

type StepOf<Kind extends FullBackupJob["step"]["kind"]> = Extract<FullBackupJob["step"], { kind: Kind }>;

async function backUpDatabase(
  { database, shelf }: FullBackupParts,
  job: FullBackupJob,
  { progress, units }: StepOf<"database">,
): Promise<StepResult> {
  const { unit, next } = await database.basePart(progress);
  const stored = [...units, unit];
  if (next !== undefined)
    return { kind: "on", job: { ...job, step: { kind: "database", progress: next, units: stored } } };
  shelf.put(await database.closeBase(progress.epoch, stored));
  return { kind: "on", job: { ...job, step: { kind: "objects", cursor: { table: "accounts", after: "" } } } };
}

async function backUpObjects(
  parts: FullBackupParts,
  job: FullBackupJob,
  { cursor }: StepOf<"objects">,
): Promise<StepResult> {
  const { env, shelf } = parts;
  const { sources, next } = await sourcesAfter(env, cursor);
  for (let from = 0; from < sources.length; from += AT_ONCE) {
    const some = sources.slice(from, from + AT_ONCE);
    const made = await Promise.all(some.map((source) => objectOfSource(env, source).backUp()));
    // Types of what a call answers lose how long a list is.
    for (const entry of made) if (entry !== undefined) shelf.put(entry as unknown as ManifestEntry);
  }
  if (next !== undefined) return { kind: "on", job: { ...job, step: { kind: "objects", cursor: next } } };
  const madeAt = systemClock();
  const { id, startedAt } = job;
  const manifest = { id, startedAt, madeAt, version: VERSION, schema: await parts.schema(), entries: shelf.all() };
  await parts.store.put(manifestKey(id), await signManifest(masterKeys(env), manifest));
  return { kind: "made", job: { ...job, madeAt, step: { kind: "check", source: "", unit: 0 } } };
}

/** Restores the next units of a source; behind the last one the whole is looked at, and the next source begins. */
async function checkUnits(
  { env, shelf }: FullBackupParts,
  { source, unit }: StepOf<"check">,
  job: FullBackupJob,
): Promise<StepResult> {
  const entry = unit === 0 ? shelf.after(source) : shelf.get(source);
  if (entry === undefined) return { kind: "end", faults: [] };
  const object = env.BACKUP_CHECK.getByName("check");
  let at = unit;
  for (; at < entry.units.length && at < unit + UNITS_A_STEP; at++) {
    await object.take({ key: entry.units[at].key, source: entry.source, first: at === 0 });
  }
  const going = { kind: "check", source: entry.source, unit: at } as const;
  if (at < entry.units.length) return { kind: "on", job: { ...job, step: going } };
  const faults = await object.finish({ source: entry.source, totals: entry.totals, auditHead: entry.auditHead });
  const named = entry.source === DATABASE ? DATABASE : entry.source.slice(0, entry.source.indexOf("/") + 9);
  if (faults.length > 0) return { kind: "end", faults: faults.map((fault) => `${named}: ${fault}`) };
  return { kind: "on", job: { ...job, step: { ...going, unit: 0 } } };
}
