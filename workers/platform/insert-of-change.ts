import { getTableColumns, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Database } from "./database.ts";

/**
 * A statement that inserts a row where the change right before it in its batch met one, and nothing where that met none or
 * where the row is there already.
 */
export function prepareInsertOfChange<T extends SQLiteTable>(
  database: Database,
  table: T,
  row: T["$inferInsert"],
): BatchItem<"sqlite"> {
  const given: Record<string, unknown> = row;
  // The values are in the order of the table's columns. As a built insert: a batch cannot bind parameters of raw SQL.
  const values = Object.entries(getTableColumns(table)).map(([name, column]) => {
    const value = given[name] ?? column.default;
    return value === undefined || value === null ? sql`null` : sql`${sql.param(value, column)}`;
  });
  return database
    .insert(table)
    .select(sql`select ${sql.join(values, sql`, `)} where changes() > 0`)
    .onConflictDoNothing();
}
