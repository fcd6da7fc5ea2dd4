import { count, eq, getTableColumns, or, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Database } from "../platform/database.ts";
import { type ExportSection, textFile } from "./export-section.ts";
import type { PersonalTable } from "./personal-tables.ts";

/** Characters after which a file of rows is closed and another begins: what is held in memory at a time. */
export const FILE_CHARACTERS_MAX = 4 * 1024 ** 2;
// A row may hold a strategy's whole text; this many are read at a time.
const PAGE_ROWS = 50;
// A hundred queries for one file, of the thousand that a message may make.
const FILE_ROWS_MAX = 5_000;

/** The rows of a table that are about a person. */
export function rowsOf({ people }: PersonalTable, userId: string): SQL | undefined {
  return or(...people.map((column) => eq(column, userId)));
}

/** The person's rows of one table, as lines of JSON under the names that the columns have in the code. */
export function tableSection(entry: PersonalTable): ExportSection {
  const { archive, table } = entry;
  if (!("file" in archive)) throw new Error("the table is not part of the archive");
  return {
    async count({ database, ownerId }) {
      const [row] = await database.select({ rows: count() }).from(table).where(rowsOf(entry, ownerId));
      return row?.rows ?? 0;
    },
    async read({ database, ownerId }, cursor) {
      let { after } = cursor;
      const lines: string[] = [];
      let characters = 0;
      for (;;) {
        const rows = await page({ database, table, where: rowsOf(entry, ownerId), after });
        for (const { place, ...row } of rows) {
          for (const name of archive.without) delete row[name];
          const line = `${JSON.stringify(row)}\n`;
          lines.push(line);
          characters += line.length;
          after = Number(place);
        }
        const name = cursor.part === 1 ? archive.file : `${archive.file}-${cursor.part}`;
        const file = () => textFile(`${name}.ndjson`, lines.join(""));
        if (rows.length < PAGE_ROWS) return { file: file(), items: lines.length, next: undefined };
        if (characters >= FILE_CHARACTERS_MAX || lines.length >= FILE_ROWS_MAX) {
          return { file: file(), items: lines.length, next: { after, part: cursor.part + 1 } };
        }
      }
    },
  };
}

async function page(ask: {
  database: Database;
  table: SQLiteTable;
  where: SQL | undefined;
  after: number;
}): Promise<Record<string, unknown>[]> {
  const { database, table, where, after } = ask;
  return database
    .select({ ...getTableColumns(table), place: sql<number>`rowid` })
    .from(table)
    .where(sql`${where} and rowid > ${after}`)
    .orderBy(sql`rowid`)
    .limit(PAGE_ROWS);
}
