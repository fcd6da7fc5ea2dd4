import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { z } from "zod";
import type { Timeframe } from "../../workers/core/candle/timeframe.ts";
import type { DataReport, DatasetSource, Import, Instrument } from "../wire/dataset.ts";

/** A named series of candles. `fromMs` is its first candle's open, `toMs` its last candle's close. */
export const datasets = sqliteTable(
  "datasets",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    name: text("name").notNull(),
    source: text("source").$type<z.infer<typeof DatasetSource>>().notNull(),
    instrument: text("instrument", { mode: "json" }).$type<Instrument>().notNull(),
    timeframe: text("timeframe").$type<Timeframe>().notNull(),
    fromMs: integer("from_ms").notNull(),
    toMs: integer("to_ms").notNull(),
    candles: integer("candles").notNull(),
    /** Seed of the simulated market; null for imported candles. */
    seed: integer("seed"),
    report: text("report", { mode: "json" }).$type<DataReport>(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [index("datasets_by_owner").on(table.ownerId, table.createdAt)],
);

export const imports = sqliteTable(
  "imports",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    status: text("status").$type<Import["status"]>().notNull(),
    bytes: integer("bytes").notNull(),
    bytesTotal: integer("bytes_total"),
    rows: integer("rows").notNull(),
    datasetId: text("dataset_id"),
    report: text("report", { mode: "json" }).$type<DataReport>(),
    errorCode: text("error_code"),
    errorMessage: text("error_message"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [index("imports_by_owner").on(table.ownerId, table.createdAt)],
);
