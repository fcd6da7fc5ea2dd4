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
  },
  (table) => [index("data_exports_by_owner").on(table.ownerId)],
);
