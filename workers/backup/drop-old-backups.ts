import { DAY_MS } from "../core/candle/timeframe.ts";
import type { Env } from "../platform/env.ts";
import { RETENTION } from "../privacy/retention.ts";
import { backupStoreOf } from "./backup-store-of.ts";
import { manifestAt, manifestId } from "./manifest.ts";
import { dayOf, dayPrefix, MANIFESTS } from "./unit-name.ts";

/** Days before the oldest backup that is kept, in which units may be left: of nights that this did not run. */
const DAYS_BACK = 21;
/** Names removed in one turn. */
const REMOVED_A_TURN = 10_000;

/**
 * Drops backups beyond the time that they are kept, a bounded number of units at a time. The last full backup stays however
 * old it is, with everything behind it. True where nothing is left to drop.
 */
export async function dropOldBackups(env: Env, nowMs: number): Promise<boolean> {
  const store = backupStoreOf(env);
  if (store === undefined) return true;
  const oldest = nowMs - RETENTION.backups.keptMs;
  const manifests = (await store.list(MANIFESTS)).flatMap((key) => {
    const id = manifestId(key);
    return id === undefined ? [] : [{ key, at: manifestAt(id) }];
  });
  const kept = manifests.filter(({ at }, index) => at >= oldest || index === manifests.length - 1);
  const [first] = kept;
  // Without a full backup nothing says what is needed.
  if (first === undefined) return true;
  const dropped = manifests.filter((manifest) => !kept.includes(manifest)).map(({ key }) => key);
  await store.remove(dropped);
  for (let day = DAYS_BACK; day >= 1; day--) {
    const units = await store.list(dayPrefix(dayOf(first.at - day * DAY_MS)));
    await store.remove(units.slice(0, REMOVED_A_TURN));
    if (units.length > REMOVED_A_TURN) return false;
  }
  return true;
}
