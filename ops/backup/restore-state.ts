import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type BackupStore, servedBackupStore } from "../../workers/backup/backup-store.ts";
import { planRestore, type RestorePlan } from "../../workers/backup/plan-restore.ts";
import { readMasterKeys } from "../../workers/platform/key-ring.ts";
import { LocalRuntime } from "../runtime/local-runtime.ts";
import { DEMO_SEEDED } from "../start/seed-demo.ts";
import { FolderStore } from "./folder-store.ts";
import { checkLines, faultsOf } from "./restore-checks.ts";
import { RestoreClient } from "./restore-client.ts";
import { type RestoreDone, restoreInto } from "./restore-into.ts";
import type { RestoreOptions } from "./restore-options.ts";

export interface PlannedRestore {
  readonly plan: RestorePlan;
  readonly store: BackupStore;
  readonly lines: readonly string[];
}

/** Says what a restore would bring back, after having opened every unit of it. Throws where there is nothing to restore. */
export async function planOf(options: RestoreOptions): Promise<PlannedRestore> {
  const store = options.from.startsWith("http") ? servedBackupStore(options.from) : new FolderStore(options.from);
  const plan = await planRestore({ store, keys: readMasterKeys(masterKeysIn(options.secrets)) }, options.to);
  const { manifest, chains, refused } = plan;
  const oldest = Math.min(...chains.map(({ asOf }) => asOf));
  const units = chains.reduce((sum, chain) => sum + chain.units.length, 0);
  const rows = manifest.entries
    .flatMap(({ totals }) => Object.values(totals.tables))
    .reduce((sum, [own]) => sum + own, 0);
  return {
    ...{ plan, store },
    lines: [
      `full backup:    ${manifest.id}, version ${manifest.version}, ${manifest.entries.length} sources, ${rows} rows`,
      `units:          ${units} of ${chains.length} sources, each opened and whole`,
      `as of:          ${new Date(oldest).toISOString()} or later for every source`,
      `would be lost:  what happened before ${new Date(options.to).toISOString()} and was not stored yet: some 45 s where backups are not behind`,
      `                at most ${Math.max(0, Math.ceil((options.to - oldest) / 1_000))} s, of a source that had nothing to store since its last unit or was cut off`,
      ...refused.map(({ key, reason }) => `passed over:    ${key}: ${reason}`),
    ],
  };
}

export interface RestoredState extends RestoreDone {
  readonly seconds: number;
  /** Where the state from before is. */
  readonly kept: string | undefined;
}

/** A restore that must not go on, in words for whoever asked for it. */
export class RestoreRefused extends Error {}

/**
 * Restores into a new state folder and, where it is whole, puts it in the place of the old one, which is kept under another
 * name. Throws RestoreRefused before the exchange where anything is wrong. Orders that a venue has and the books lost are no
 * fault of the restore: the venue went on, and the account stays halted until a person has looked at it.
 */
export async function restoreState(
  options: RestoreOptions,
  { plan, store }: PlannedRestore,
  say: (line: string) => void,
): Promise<RestoredState> {
  const started = Date.now();
  const fresh = `${options.state}.restored-${started}`;
  mkdirSync(fresh, { recursive: true });
  copyFileSync(options.secrets, join(fresh, "local-secrets.env"));
  const token = randomBytes(32).toString("base64url");
  const runtime = await LocalRuntime.make({ main: "workers/restore.ts", vars: { RESTORE_TOKEN: token }, state: fresh });
  let done: RestoreDone;
  try {
    await runtime.start();
    say(`a new deployment runs in ${fresh}`);
    const client = new RestoreClient(runtime.origin, token);
    done = await restoreInto({ store, keys: readMasterKeys(masterKeysIn(options.secrets)), client, say }, plan);
  } finally {
    await runtime.end();
  }
  done.checks.integrity.push(...integrityFaults(fresh));
  if (faultsOf(done.checks, options).length > 0) {
    const words = `what was restored is not as it should be, and lies in ${fresh}; nothing was put in place`;
    throw new RestoreRefused([words, ...checkLines(done.checks)].join("\n"));
  }
  // What was restored is nobody's first visit.
  writeFileSync(join(fresh, DEMO_SEEDED), "");
  const kept = existsSync(options.state) ? `${options.state}.before-${started}` : undefined;
  if (kept !== undefined) renameSync(options.state, kept);
  renameSync(fresh, options.state);
  return { ...done, seconds: (Date.now() - started) / 1_000, kept };
}

/** `PRAGMA integrity_check` of every file of a state. */
function integrityFaults(state: string): string[] {
  const files = readdirSync(state, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".sqlite"));
  return files.flatMap((name) => {
    const database = new DatabaseSync(join(state, name));
    const rows = database.prepare("pragma integrity_check").all();
    database.close();
    return rows.filter((row) => row.integrity_check !== "ok").map((row) => `${name}: ${String(row.integrity_check)}`);
  });
}

function masterKeysIn(file: string): string {
  const found = /^MASTER_KEYS="(.*)"$/m.exec(readFileSync(file, "utf8"))?.[1];
  if (found === undefined) throw new Error(`${file} must hold MASTER_KEYS`);
  return found;
}
