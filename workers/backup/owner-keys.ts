import { asc, gt } from "drizzle-orm";
import { ownerKeys } from "../../schema/tables/vault.ts";
import { openDatabase } from "../platform/database.ts";
import { sha256Hex } from "../platform/digest.ts";
import type { Env } from "../platform/env.ts";
import { masterKeys } from "../platform/master-keys.ts";
import type { BackupStore } from "./backup-store.ts";
import { backupStoreOf } from "./backup-store-of.ts";
import { sealUnit } from "./sealed-unit.ts";
import { OWNER_KEYS } from "./unit-name.ts";

/*
 * Halves of owners' keys, and who was erased, beside the backups and not in them. A unit cannot be changed for thirty days; a
 * half of a key has to go the moment that its owner does, and with it go the secrets in every unit. That somebody was erased
 * has to outlive a restore to a time before it.
 */

/** That somebody was erased, by a hash of the id. */
export const ERASED = "erased/";
const PAGE_ROWS = 500;

/** Names of an owner's half begin with this; behind it stands the master key that it is sealed under. */
async function ownerKeyPrefix(ownerId: string): Promise<string> {
  return `${OWNER_KEYS}${await sha256Hex(ownerId)}.`;
}

/**
 * Stores what is missing of owners' halves and removes those whose owner is gone, or that are
 * sealed under another than the current master key. What is there already is not written again.
 * Returns how many were stored and removed.
 */
export async function keepOwnerKeys(env: Env, nowMs: number): Promise<{ stored: number; removed: number }> {
  const store = backupStoreOf(env);
  if (store === undefined) return { stored: 0, removed: 0 };
  const there = new Set(await store.list(OWNER_KEYS));
  const keyId = masterKeys(env).current;
  const database = openDatabase(env.DB);
  let stored = 0;
  let after = "";
  for (;;) {
    const rows = await database
      .select()
      .from(ownerKeys)
      .where(gt(ownerKeys.ownerId, after))
      .orderBy(asc(ownerKeys.ownerId))
      .limit(PAGE_ROWS);
    for (const row of rows) {
      const key = `${await ownerKeyPrefix(row.ownerId)}${keyId}`;
      if (there.delete(key)) continue;
      await storeOwnerKey(env, store, { key, row, nowMs });
      stored += 1;
    }
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.ownerId;
  }
  await store.remove([...there]);
  return { stored, removed: there.size };
}

async function storeOwnerKey(
  env: Env,
  store: BackupStore,
  { key, row, nowMs }: { key: string; row: typeof ownerKeys.$inferSelect; nowMs: number },
): Promise<void> {
  const header = { source: "owner-key", epoch: "", number: 0, covers: 0, part: 1, isLast: true, at: nowMs };
  await store.replace(key, await sealUnit(masterKeys(env), header, JSON.stringify(row)));
}

/** Somebody is erased: the half of the key goes from the backups too, and a restore learns of it. Throws where it cannot. */
export async function eraseFromBackups(env: Env, ownerId: string): Promise<void> {
  const store = backupStoreOf(env);
  if (store === undefined) return;
  await store.replace(`${ERASED}${await sha256Hex(ownerId)}`, new Uint8Array());
  await store.remove(await store.list(await ownerKeyPrefix(ownerId)));
}
