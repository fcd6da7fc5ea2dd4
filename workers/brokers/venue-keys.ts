import { VenueCredentials } from "../../schema/wire/connection.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { copySecret, openCopy, type SealedCopy, VaultError } from "../platform/vault.ts";

const KEPT = "venue-keys";

/** Where the vault keeps the keys of a connection. */
export function secretId(connectionId: string): string {
  return `connection:${connectionId}`;
}

/**
 * The keys of a connection for an object that trades with them: as the vault has them now, and while the database cannot be
 * asked as the object saw them last, in its own storage and sealed. Throws `VaultError` where they were taken away.
 */
export async function venueKeys(
  { env, kv }: { readonly env: Env; readonly kv: SyncKvStorage },
  { ownerId, connectionId }: { readonly ownerId: string; readonly connectionId: string },
): Promise<VenueCredentials> {
  return VenueCredentials.parse(JSON.parse(await openCopy(env, await sealedKeys({ env, kv, ownerId, connectionId }))));
}

async function sealedKeys(from: {
  readonly env: Env;
  readonly kv: SyncKvStorage;
  readonly ownerId: string;
  readonly connectionId: string;
}): Promise<SealedCopy> {
  const { env, kv, ownerId, connectionId } = from;
  try {
    const owned = ownedDatabase(openDatabase(env.DB), ownerId);
    const copy = await copySecret({ owned }, secretId(connectionId));
    kv.put(KEPT, copy);
    return copy;
  } catch (error) {
    if (error instanceof VaultError) {
      kv.delete(KEPT);
      throw error;
    }
    const kept = kv.get<SealedCopy>(KEPT);
    if (kept === undefined) throw error;
    logEvent("venue_keys_of_copy", { id: connectionId, error });
    return kept;
  }
}
