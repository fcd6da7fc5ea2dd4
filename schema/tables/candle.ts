import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Timeframe } from "../../workers/core/candle/timeframe.ts";

/**
 * The manifest of the candle archive: which object holds a stretch of a dataset. Objects never change; a rewrite makes a
 * new one and moves the row to it, and `version` rises by one each time so that a writer sees that it came second.
 */
export const candlePeriods = sqliteTable(
  "candle_periods",
  {
    ownerId: text("owner_id").notNull(),
    datasetId: text("dataset_id").notNull(),
    timeframe: text("timeframe").$type<Timeframe>().notNull(),
    /** A month (2024-03) for candles below one hour, a year (2024) from one hour on. */
    period: text("period").notNull(),
    objectKey: text("object_key").notNull(),
    candles: integer("candles").notNull(),
    /** Open of the first candle and close of the last one, UTC ms. */
    fromMs: integer("from_ms").notNull(),
    toMs: integer("to_ms").notNull(),
    version: integer("version").notNull(),
  },
  (table) => [primaryKey({ columns: [table.ownerId, table.datasetId, table.timeframe, table.period] })],
);
