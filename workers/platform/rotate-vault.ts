import { and, eq, ne, sql } from "drizzle-orm";
import { ownerKeys, vaultSecrets } from "../../schema/tables/vault.ts";
import { openDatabase } from "./database.ts";
import type { Env } from "./env.ts";
import { masterKeys } from "./master-keys.ts";
import { rewrap } from "./vault.ts";

// Some 50 µs of cryptography and one write each: a batch stays far below a cron tick's processor time.
const BATCH_SECRETS = 200;

export interface RotationState {
  readonly rewrapped: number;
  /** Secrets still wrapped under an older key. */
  readonly left: number;
}

/**
 * Moves secrets from older master keys to the current one, `BATCH_SECRETS` at a time. Each row changes on its own and
 * only while it is what was read, so that a kill at any moment or a second rotation beside this one harms nothing: what
 * is left is found by its key id. Throws `VaultError` for a row that does not open, after all others of the batch.
 */
export async function rotateVault(env: Env, nowMs: number): Promise<RotationState> {
  const database = openDatabase(env.DB);
  const keys = masterKeys(env);
  const old = ne(vaultSecrets.keyId, keys.current);
  const rows = await database
    .select({ secret: vaultSecrets, salt: ownerKeys.salt })
    .from(vaultSecrets)
    .innerJoin(ownerKeys, eq(ownerKeys.ownerId, vaultSecrets.ownerId))
    .where(old)
    .limit(BATCH_SECRETS);
  let rewrapped = 0;
  let failure: unknown;
  for (const { secret, salt } of rows) {
    try {
      const name = { ownerId: secret.ownerId, id: secret.id, field: secret.field };
      const sealed = await rewrap({ keys, salt, name, sealed: secret.sealed });
      const unchanged = and(
        eq(vaultSecrets.ownerId, secret.ownerId),
        eq(vaultSecrets.id, secret.id),
        eq(vaultSecrets.sealed, secret.sealed),
      );
      const change = { sealed, keyId: keys.current, updatedAt: nowMs };
      rewrapped += (await database.update(vaultSecrets).set(change).where(unchanged)).meta.changes;
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  const [count] = await database.select({ left: sql<number>`count(*)` }).from(vaultSecrets).where(old);
  return { rewrapped, left: count?.left ?? 0 };
}
