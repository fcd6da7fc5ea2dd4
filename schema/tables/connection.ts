import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { ConnectionFacts, ConnectionState, VenueName } from "../wire/connection.ts";

/** A key of a venue: what may be shown of it. The key itself is in the vault under `connection:` and the row's id. */
export const venueConnections = sqliteTable(
  "venue_connections",
  {
    id: text("id").primaryKey(),
    ownerId: text("owner_id").notNull(),
    label: text("label").notNull(),
    venue: text("venue").$type<VenueName>().notNull(),
    environment: text("environment").notNull(),
    keyEnd: text("key_end").notNull(),
    state: text("state").$type<ConnectionState>().notNull(),
    problem: text("problem"),
    facts: text("facts", { mode: "json" }).$type<ConnectionFacts>().notNull(),
    checkedAt: integer("checked_at").notNull(),
    createdAt: integer("created_at").notNull(),
    rotatedAt: integer("rotated_at").notNull(),
    /** When the rules of its instruments were asked for last, for the accounts that trade with it. */
    instrumentsAt: integer("instruments_at").notNull().default(0),
  },
  (table) => [index("venue_connections_by_owner").on(table.ownerId, table.createdAt)],
);
