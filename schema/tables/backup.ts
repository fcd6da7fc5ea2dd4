import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** A full backup: what it holds stands in its manifest, in the store. */
export const backups = sqliteTable(
  "backups",
  {
    /** Also the name of its manifest. */
    id: text("id").primaryKey(),
    /** `made`: stored, and being checked. `verified`: it was restored into a place of its own, and all was right. */
    status: text("status", { enum: ["running", "made", "verified", "failed"] }).notNull(),
    /** The day's job, or a person; who that was stands in the trail. */
    askedBy: text("asked_by", { enum: ["day", "person"] }).notNull(),
    startedAt: integer("started_at").notNull(),
    /** As of when it is. */
    madeAt: integer("made_at"),
    finishedAt: integer("finished_at"),
    /** The database and each object count as one. */
    sources: integer("sources").notNull().default(0),
    units: integer("units").notNull().default(0),
    bytes: integer("bytes").notNull().default(0),
    rows: integer("rows").notNull().default(0),
    /** Why it failed; null otherwise. */
    reason: text("reason"),
  },
  (table) => [index("backups_by_start").on(table.startedAt)],
);

/** Which row of which table changed, written down by triggers; see `change-capture.ts`. */
export const backupChanges = sqliteTable("backup_changes", {
  sequence: integer("sequence").primaryKey(),
  name: text("name").notNull(),
  /** The row's rowid. */
  place: integer("place").notNull(),
});

/** The note up to which each increment goes. */
export const backupMarks = sqliteTable("backup_marks", {
  number: integer("number").primaryKey(),
  sequence: integer("sequence").notNull(),
});

/** Values by name that were stored; of the database there are none. */
export const backupValues = sqliteTable("backup_values", {
  name: text("name").primaryKey(),
  hash: text("hash"),
  number: integer("number").notNull(),
});

/** Where the increments stand. */
export const backupState = sqliteTable("backup_state", {
  name: text("name").primaryKey(),
  value: text("value").notNull(),
});
