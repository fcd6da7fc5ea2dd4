import type { Env } from "../platform/env.ts";
import type { BackupObject } from "./backup-object.ts";

/** The one object that makes the deployment's backups. */
export function backupObject({ BACKUP }: Pick<Env, "BACKUP">): DurableObjectStub<BackupObject> {
  return BACKUP.getByName("all");
}
