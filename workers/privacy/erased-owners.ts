import { inArray } from "drizzle-orm";
import { erasures } from "../../schema/tables/privacy.ts";
import type { Database } from "../platform/database.ts";
import { sha256Hex } from "../platform/digest.ts";

/** Name under which the erasure of an account is remembered: ids are 128 random bits, which nobody finds by trying. */
export async function ownerHashOf(ownerId: string): Promise<string> {
  return sha256Hex(ownerId);
}

/** Those of the owners (at most 100) whose account was erased, or whose erasure has begun. */
export async function erasedOwners(database: Database, ownerIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (ownerIds.length === 0) return new Set();
  const byHash = new Map<string, string>();
  for (const id of ownerIds) byHash.set(await ownerHashOf(id), id);
  const rows = await database
    .select({ hash: erasures.ownerHash })
    .from(erasures)
    .where(inArray(erasures.ownerHash, [...byHash.keys()]));
  return new Set(rows.flatMap(({ hash }) => byHash.get(hash) ?? []));
}
