import { and, asc, eq, gt, ne, sql } from "drizzle-orm";
import { ownerKeys, vaultSecrets } from "../../schema/tables/vault.ts";
import type { Database } from "./database.ts";
import { openDatabase } from "./database.ts";
import type { Env } from "./env.ts";
import { logEvent } from "./log-event.ts";
import { type MasterKeys, masterKeys } from "./master-keys.ts";
import { rewrap } from "./vault.ts";

// Some 50 µs of cryptography and one write each: a batch stays far below a cron tick's processor time.
const BATCH_SECRETS = 200;
// Batches read past secrets that do not open: what cannot be moved must not keep the rest under an old key.
const BATCHES_MAX = 10;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export interface RotationState {
  readonly rewrapped: number;
  /** Secrets still wrapped under an older key. */
  readonly left: number;
  /** Those of them that were met and do not open: somebody must look at them before the older key may go. */
  readonly broken: number;
}

/**
 * Moves secrets from older master keys to the current one, `BATCH_SECRETS` at a time. Each row changes on its own and
 * only while it is what was read, so that a kill at any moment or a second rotation beside this one harms nothing: what
 * is left is found by its key id. A row that does not open stays, is counted, and holds up no other; it is logged in the
 * first minute of each hour, not in all.
 */
export async function rotateVault(env: Env, nowMs: number): Promise<RotationState> {
  const database = openDatabase(env.DB);
  const keys = masterKeys(env);
  const old = ne(vaultSecrets.keyId, keys.current);
  const place = sql<number>`${vaultSecrets}.rowid`;
  const broken: { ownerId: string; id: string; error: string }[] = [];
  let rewrapped = 0;
  let last = 0;
  for (let batch = 0; batch < BATCHES_MAX && rewrapped < BATCH_SECRETS; batch += 1) {
    const rows = await database
      .select({ secret: vaultSecrets, salt: ownerKeys.salt, place })
      .from(vaultSecrets)
      .innerJoin(ownerKeys, eq(ownerKeys.ownerId, vaultSecrets.ownerId))
      .where(and(old, gt(place, last)))
      .orderBy(asc(place))
      .limit(BATCH_SECRETS - rewrapped);
    for (const row of rows) {
      last = row.place;
      try {
        rewrapped += await moveSecret(database, { ...row, keys, nowMs });
      } catch (error) {
        const { ownerId, id } = row.secret;
        broken.push({ ownerId, id, error: String(error) });
      }
    }
    if (rows.length === 0) break;
  }
  if (broken.length > 0 && nowMs % HOUR_MS < MINUTE_MS) {
    logEvent("vault_secrets_broken", { count: broken.length, ...broken[0] });
  }
  const [count] = await database.select({ left: sql<number>`count(*)` }).from(vaultSecrets).where(old);
  return { rewrapped, left: count?.left ?? 0, broken: broken.length };
}

interface Move {
  readonly secret: typeof vaultSecrets.$inferSelect;
  readonly salt: string;
  readonly keys: MasterKeys;
  readonly nowMs: number;
}

/** Wraps one secret anew, where it is still what was read. Returns how many rows changed; throws `VaultError`. */
async function moveSecret(database: Database, { secret, salt, keys, nowMs }: Move): Promise<number> {
  const name = { ownerId: secret.ownerId, id: secret.id, field: secret.field };
  const sealed = await rewrap({ keys, salt, name, sealed: secret.sealed });
  const unchanged = and(
    eq(vaultSecrets.ownerId, secret.ownerId),
    eq(vaultSecrets.id, secret.id),
    eq(vaultSecrets.sealed, secret.sealed),
  );
  const change = { sealed, keyId: keys.current, updatedAt: nowMs };
  // What triggers write for the backup is counted with it: whether it moved is all that can be told.
  return (await database.update(vaultSecrets).set(change).where(unchanged)).meta.changes > 0 ? 1 : 0;
}
