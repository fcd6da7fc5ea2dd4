import type { Env } from "../platform/env.ts";
import { type BackupStore, bucketBackupStore, servedBackupStore } from "./backup-store.ts";

/** Where this deployment keeps its backups; undefined where it keeps none. */
export function backupStoreOf(env: Pick<Env, "BACKUPS" | "BACKUP_FOLDER">): BackupStore | undefined {
  if (env.BACKUP_FOLDER !== undefined && env.BACKUP_FOLDER !== "") return servedBackupStore(env.BACKUP_FOLDER);
  return env.BACKUPS === undefined ? undefined : bucketBackupStore(env.BACKUPS);
}
