import { index, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** An archive of everything about its owner: made by a queue, fetched by its owner, gone after a week. */
export const dataExports = sqliteTable(
  "data_exports",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    status: text("status", { enum: ["queued", "running", "done", "failed"] }).notNull(),
    /** Share of the work that is done, 0 to 1. */
    progress: real("progress").notNull().default(0),
    objectKey: text("object_key"),
    bytes: integer("bytes"),
    error: text("error"),
    createdAt: integer("created_at").notNull(),
    finishedAt: integer("finished_at"),
    expiresAt: integer("expires_at"),
    /** The site that the letter at the end leads to. */
    origin: text("origin").notNull().default(""),
    /** Set by the worker that holds the export until `leaseUntilMs`; its writes name the token. */
    leaseToken: text("lease_token"),
    leaseUntilMs: integer("lease_until_ms").notNull().default(0),
    /** Last sign of life of a worker or of the queue. */
    aliveAt: integer("alive_at").notNull().default(0),
    /** Times the watchdog sent it again since it last got on. */
    redrives: integer("redrives").notNull().default(0),
    /** JSON: how far the archive is, for the message that goes on with it. */
    checkpoint: text("checkpoint"),
  },
  (table) => [
    index("data_exports_by_owner").on(table.ownerId),
    index("data_exports_by_life").on(table.status, table.aliveAt),
  ],
);

/** That an account was erased, so that what still comes for it is dropped and not stored. */
export const erasures = sqliteTable("erasures", {
  /** SHA-256 of the user's id, in hexadecimal. */
  ownerHash: text("owner_hash").primaryKey(),
  /** The id itself, until the second round has swept up what came late; null afterwards. */
  ownerId: text("owner_id"),
  startedAt: integer("started_at").notNull(),
  /** When the first round was through. */
  erasedAt: integer("erased_at"),
  /** When the second round was through. */
  sweptAt: integer("swept_at"),
});

/** The UTC day for which a nightly job has done everything. */
export const nightlyJobs = sqliteTable("nightly_jobs", {
  name: text("name").primaryKey(),
  /** Such as `2026-03-01`. */
  day: text("day").notNull(),
  doneAt: integer("done_at").notNull(),
});
