import { DurableObject } from "cloudflare:workers";
import type { Env } from "../platform/env.ts";
import { masterKeys } from "../platform/master-keys.ts";
import { backupStoreOf } from "./backup-store-of.ts";
import { readTotals } from "./capture-queries.ts";
import { checkSource } from "./check-source.ts";
import { loadUnit } from "./load-unit.ts";
import type { ManifestEntry } from "./manifest.ts";
import { objectValues } from "./object-values.ts";
import { openNamedUnit } from "./open-named-unit.ts";
import { objectSql } from "./platform-sql.ts";
import { readShapes } from "./table-shape.ts";
import { totalsFaults } from "./totals-faults.ts";

/** Where a source of a full backup is restored into to be checked. It holds one at a time and nothing afterwards. */
export class BackupCheckObject extends DurableObject<Env> {
  /** Takes the next unit of a source, from the store and by the way that a restore takes. Throws where it is not good. */
  async take({
    key,
    source,
    first,
  }: {
    readonly key: string;
    readonly source: string;
    readonly first: boolean;
  }): Promise<void> {
    const { storage } = this.ctx;
    if (first) await storage.deleteAll();
    const store = backupStoreOf(this.env);
    if (store === undefined) throw new Error("this deployment keeps no backups");
    const { lines } = await openNamedUnit({ store, keys: masterKeys(this.env) }, { key, source });
    const { put } = objectValues(storage.kv, () => true);
    const values = { list: () => [], put, drop: (name: string) => void storage.kv.delete(name) };
    await loadUnit({ sql: objectSql(storage), values }, lines);
  }

  /** Looks at the whole, and forgets it. Answers what is wrong. */
  async finish({
    source,
    totals,
    auditHead,
  }: Pick<ManifestEntry, "source" | "totals" | "auditHead">): Promise<string[]> {
    const { storage } = this.ctx;
    const sql = objectSql(storage);
    const now = await readTotals(sql, await readShapes(sql), [...storage.kv.list()].length);
    const [className = ""] = source.split("/");
    const { faults } = await checkSource(storage.sql, className, { auditHead });
    const found = [...totalsFaults(totals, now), ...faults];
    await storage.deleteAll();
    return found;
  }
}
