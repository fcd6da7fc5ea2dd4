import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What a create with an `Idempotency-Key` made, so that the same request again answers the same. */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    ownerId: text("owner_id").notNull(),
    scope: text("scope").notNull(),
    key: text("key").notNull(),
    /** SHA-256 of the request's body: the same key with another body is a mistake of the client. */
    requestHash: text("request_hash").notNull(),
    resourceId: text("resource_id").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.scope, table.key] }),
    index("idempotency_keys_by_age").on(table.createdAt),
  ],
);
