import type { MasterKeys } from "../platform/key-ring.ts";
import type { BackupStore } from "./backup-store.ts";
import { BackupFault, openUnit, sha256OfBytes } from "./sealed-unit.ts";
import { type NamedUnit, readUnitKey } from "./unit-name.ts";

/**
 * The lines of the unit behind a name. Throws `BackupFault` where it is not there, is not of the source, or is not in every
 * respect what its name says.
 */
export async function openNamedUnit(
  { store, keys }: { readonly store: Pick<BackupStore, "get">; readonly keys: MasterKeys },
  { key, source }: { readonly key: string; readonly source: string },
): Promise<{ readonly unit: NamedUnit; readonly lines: string }> {
  const unit = readUnitKey(key);
  if (unit === undefined || unit.source !== source)
    throw new BackupFault("misplaced", `${key} is no unit of ${source}`);
  const bytes = await store.get(key);
  if (bytes === undefined) throw new BackupFault("missing", `${key} is not there`);
  const isSame = (await sha256OfBytes(bytes)) === unit.sha256;
  if (!isSame) throw new BackupFault("not_authentic", `${key} is not what was stored`);
  const { header, lines } = await openUnit(keys, bytes);
  const { key: _key, sha256: _sha256, ...named } = unit;
  const isThis = Object.entries(named).every(([name, value]) => header[name as keyof typeof header] === value);
  if (!isThis) throw new BackupFault("misplaced", `${key} holds another unit`);
  return { unit, lines };
}
