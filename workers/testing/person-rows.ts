import { env } from "cloudflare:workers";
import { count, getTableColumns, getTableName } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { openDatabase } from "../platform/database.ts";
import { newId } from "../platform/ids.ts";
import { PERSONAL_TABLES, type PersonalTable } from "../privacy/personal-tables.ts";
import { rowsOf } from "../privacy/table-section.ts";

const database = openDatabase(env.DB);

/** Puts a row about a person into every table that holds such rows, in every column that may name them. */
export async function fillTables(userId: string, tables: readonly PersonalTable[]): Promise<void> {
  for (const { table, people } of tables) {
    for (const person of people) {
      const values = Object.entries(getTableColumns(table)).map(([name, column]) => [
        name,
        column === person ? userId : someValue(column),
      ]);
      await database.insert(table).values(Object.fromEntries(values)).onConflictDoNothing();
    }
  }
}

/** How many rows of each table are about a person, by the tables' names; tables without one are left out. */
export async function countRows(userId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const entry of PERSONAL_TABLES) {
    const [row] = await database.select({ rows: count() }).from(entry.table).where(rowsOf(entry, userId));
    if (row.rows > 0) counts[getTableName(entry.table)] = row.rows;
  }
  return counts;
}

function someValue(column: SQLiteColumn): unknown {
  if (!column.notNull || column.hasDefault) return undefined;
  if (column.enumValues !== undefined) return column.enumValues[0];
  if (column.dataType === "json") return [];
  if (column.dataType === "boolean") return false;
  return column.dataType === "number" ? 1 : newId("req");
}
