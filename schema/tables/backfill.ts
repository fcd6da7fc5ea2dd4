import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Timeframe } from "../../workers/core/candle/timeframe.ts";
import type { TradingCalendar } from "../../workers/core/candle/trading-calendar.ts";
import type { BackfillPhase, BackfillStatus } from "../wire/backfill.ts";
import type { VenueName } from "../wire/connection.ts";
import type { Instrument } from "../wire/dataset.ts";

/**
 * Candles of a venue on their way into a dataset, which is made once all are there. Each step stores its candles and moves
 * the places below in one batch, so that whatever is repeated or cut off goes on behind what is stored.
 */
export const backfills = sqliteTable(
  "backfills",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    name: text("name").notNull(),
    status: text("status").$type<BackfillStatus>().notNull(),
    /** A connection, or a source that needs no key. */
    sourceId: text("source_id").notNull(),
    venue: text("venue").$type<VenueName>().notNull(),
    environment: text("environment").notNull(),
    instrument: text("instrument", { mode: "json" }).$type<Instrument>().notNull(),
    nativeId: text("native_id").notNull(),
    calendarId: text("calendar_id").$type<TradingCalendar["id"]>().notNull(),
    timeframe: text("timeframe").$type<Timeframe>().notNull(),
    /** Candles that open in `[fromMs, toMs)`. */
    fromMs: integer("from_ms").notNull(),
    toMs: integer("to_ms").notNull(),
    datasetId: text("dataset_id").notNull(),
    phase: text("phase").$type<BackfillPhase>().notNull().default("candles"),
    /** What opens before it was asked for. */
    cursorMs: integer("cursor_ms").notNull(),
    /** What opens before it was looked through for gaps. */
    checkedMs: integer("checked_ms").notNull(),
    /** Opens of the first and the last stored candle. */
    firstMs: integer("first_ms"),
    lastMs: integer("last_ms"),
    candles: integer("candles").notNull().default(0),
    repaired: integer("repaired").notNull().default(0),
    missing: integer("missing").notNull().default(0),
    /** Candles that broke a rule and were left out, by rule. */
    refused: text("refused", { mode: "json" }).$type<Readonly<Record<string, number>>>().notNull(),
    requests: integer("requests").notNull().default(0),
    rateWaits: integer("rate_waits").notNull().default(0),
    /** Times in a row that the venue did not answer. */
    failures: integer("failures").notNull().default(0),
    /** Nothing is asked of the venue before. */
    waitUntilMs: integer("wait_until_ms"),
    errorCode: text("error_code"),
    errorMessage: text("error_message"),
    /** Rises with every message that is sent, so that older ones do nothing. */
    generation: integer("generation").notNull().default(0),
    leaseToken: text("lease_token"),
    leaseUntilMs: integer("lease_until_ms").notNull().default(0),
    /** Last sign of life, or until when it waits. */
    aliveAt: integer("alive_at").notNull(),
    /** Times that the watchdog sent it again since it last got on. */
    redrives: integer("redrives").notNull().default(0),
    createdAt: integer("created_at").notNull(),
    finishedAt: integer("finished_at"),
  },
  (table) => [
    index("backfills_by_owner").on(table.ownerId, table.createdAt),
    index("backfills_by_life").on(table.status, table.aliveAt),
  ],
);
