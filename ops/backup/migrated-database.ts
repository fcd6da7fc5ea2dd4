import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { NOT_NOTED, TABLES_LEFT_OUT } from "../../workers/backup/backed-up.ts";
import { captureTriggers, readShapes } from "../../workers/backup/table-shape.ts";
import { nodeSql } from "./node-sql.ts";

/** A database in memory as the migrations make it. */
export function migratedDatabase(folder: string): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()) {
    database.exec(readFileSync(join(folder, file), "utf8"));
  }
  return database;
}

/** Statements of the triggers that tables should have and do not have, by table. */
export async function missingTriggers(folder: string): Promise<string[]> {
  const database = migratedDatabase(folder);
  const there = database.prepare("select name from sqlite_master where type = 'trigger'").all();
  const names = new Set(there.map(({ name }) => String(name)));
  // What is kept apart is noted too: its changes are stored elsewhere.
  const tables = (await readShapes(nodeSql(database))).filter(({ name }) => name !== NOT_NOTED);
  database.close();
  return tables.flatMap((table) => captureTriggers(table).filter((text) => !names.has(nameOf(text))));
}

/** Tables that a unit of the database holds. */
export async function backedUpTables(folder: string): Promise<string[]> {
  const shapes = await readShapes(nodeSql(migratedDatabase(folder)));
  return shapes.map(({ name }) => name).filter((name) => !Object.hasOwn(TABLES_LEFT_OUT, name));
}

function nameOf(statement: string): string {
  return /exists "([^"]+)"/.exec(statement)?.[1] ?? "";
}
