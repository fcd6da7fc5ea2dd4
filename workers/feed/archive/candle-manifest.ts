import { and, eq, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import { candlePeriods } from "../../../schema/tables/candle.ts";
import type { Timeframe } from "../../core/candle/timeframe.ts";

/** Where the candles of one stretch of a dataset are. `version` is 0 in an entry that is not stored yet. */
export interface ManifestEntry {
  readonly timeframe: Timeframe;
  readonly period: string;
  readonly objectKey: string;
  readonly candles: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly version: number;
}

/** A statement that is committed together with manifest entries, such as the insert of the dataset's own row. */
export type ManifestStatement = BatchItem<"sqlite">;

/** The manifest of one owner's datasets. */
export interface CandleManifest {
  list(datasetId: string): Promise<readonly ManifestEntry[]>;
  /**
   * Stores all entries and runs `together`, or does neither: "conflict" where one of the entries is no longer at the
   * version that it carries. Stored entries are one version further.
   */
  commit(
    datasetId: string,
    change: { readonly entries: readonly ManifestEntry[]; readonly together: readonly ManifestStatement[] },
  ): Promise<"stored" | "conflict">;
  remove(datasetId: string): Promise<void>;
}

/** D1 binds at most 100 parameters a statement, and an entry has nine columns. */
const ENTRIES_PER_INSERT = 11;

/** What the guard of a commit makes SQLite say; the parameter is no JSON document. */
const CONFLICT_MARK = "manifest moved on";

/** The manifest in D1. Every query carries the owner. */
export function d1Manifest(database: DrizzleD1Database, ownerId: string): CandleManifest {
  const ofDataset = (datasetId: string) =>
    and(eq(candlePeriods.ownerId, ownerId), eq(candlePeriods.datasetId, datasetId));
  return {
    list: async (datasetId) => {
      const { timeframe, period, objectKey, candles, fromMs, toMs, version } = candlePeriods;
      return database
        .select({ timeframe, period, objectKey, candles, fromMs, toMs, version })
        .from(candlePeriods)
        .where(ofDataset(datasetId))
        .orderBy(timeframe, period);
    },
    commit: async (datasetId, { entries, together }) => {
      const statements = [...inserts(database, { ownerId, datasetId, entries }), ...together];
      try {
        await database.batch([guard(database, { ownerId, datasetId, entries }), ...statements]);
        return "stored";
      } catch (error) {
        if (isConflict(error)) return "conflict";
        throw error;
      }
    },
    remove: async (datasetId) => {
      await database.delete(candlePeriods).where(ofDataset(datasetId));
    },
  };
}

interface Change {
  readonly ownerId: string;
  readonly datasetId: string;
  readonly entries: readonly ManifestEntry[];
}

/**
 * The first statement of a commit. A D1 batch is one transaction that any failing statement undoes, so a query that
 * fails where a version differs makes all the writes after it a compare-and-swap. Reading a text that is no JSON is the
 * failure, since SQLite has no other way to raise one outside a trigger.
 */
function guard(database: DrizzleD1Database, { ownerId, datasetId, entries }: Change): ManifestStatement {
  const expected = JSON.stringify(entries.map(({ timeframe, period, version }) => [timeframe, period, version]));
  // As a built select: a batch cannot bind the parameters of raw SQL.
  const conflict = sql`
    CASE WHEN EXISTS (
      SELECT 1 FROM json_each(${expected}) AS expected
      LEFT JOIN candle_periods AS held ON held.owner_id = ${ownerId} AND held.dataset_id = ${datasetId}
        AND held.timeframe = json_extract(expected.value, '$[0]')
        AND held.period = json_extract(expected.value, '$[1]')
      WHERE coalesce(held.version, 0) <> json_extract(expected.value, '$[2]')
    ) THEN json(${CONFLICT_MARK}) END`;
  return database.select({ conflict }).from(sql`(SELECT 1)`);
}

function inserts(database: DrizzleD1Database, { ownerId, datasetId, entries }: Change): ManifestStatement[] {
  const rows = entries.map((entry) => ({ ...entry, ownerId, datasetId, version: entry.version + 1 }));
  const statements: ManifestStatement[] = [];
  for (let at = 0; at < rows.length; at += ENTRIES_PER_INSERT) {
    statements.push(
      database
        .insert(candlePeriods)
        .values(rows.slice(at, at + ENTRIES_PER_INSERT))
        .onConflictDoUpdate({
          target: [candlePeriods.ownerId, candlePeriods.datasetId, candlePeriods.timeframe, candlePeriods.period],
          set: {
            objectKey: sql`excluded.object_key`,
            candles: sql`excluded.candles`,
            fromMs: sql`excluded.from_ms`,
            toMs: sql`excluded.to_ms`,
            version: sql`excluded.version`,
          },
        }),
    );
  }
  return statements;
}

function isConflict(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (/malformed JSON/i.test(at.message)) return true;
  }
  return false;
}
