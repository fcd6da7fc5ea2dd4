import type { CaptureSql, SqlRow, SqlValue } from "./capture-sql.ts";

/** A table as it is backed up. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns of its primary key where it has no rowid; empty where it has one. */
  readonly key: readonly string[];
  /** Statements that make it and its indexes. */
  readonly create: readonly string[];
}

/** Tables of the platform, of SQLite, of migrations, and of the backup itself. */
const NOT_OURS = /^(?:sqlite_|_cf_|__miniflare|d1_|backup_)/;

/** Whether a table is one that is backed up, unless it is left out by name. */
export function isOwnTable(name: string): boolean {
  return !NOT_OURS.test(name);
}

/** Every table of ours, by name. */
export async function readShapes(sql: CaptureSql): Promise<TableShape[]> {
  const [list, schema] = await sql.run([
    { text: "PRAGMA table_list" },
    { text: "select name, tbl_name, sql from sqlite_master where type in ('table', 'index') and sql is not null" },
  ]);
  const own = list.filter(
    ({ schema: of, name, type }) => of === "main" && type === "table" && isOwnTable(String(name)),
  );
  if (own.length === 0) return [];
  const columns = await sql.run(own.map(({ name }) => ({ text: `PRAGMA table_info(${quoted(String(name))})` })));
  const shapes = own.map((table, at): TableShape => {
    const name = String(table.name);
    const keyed = columns[at].filter(({ pk }) => Number(pk) > 0).sort((a, b) => Number(a.pk) - Number(b.pk));
    const made = schema.filter((row) => row.tbl_name === name).sort((row) => (row.name === name ? -1 : 1));
    return {
      name,
      columns: columns[at].map((column) => String(column.name)),
      key: Number(table.wr) === 1 ? keyed.map((column) => String(column.name)) : [],
      create: made.map((row) => String(row.sql)),
    };
  });
  return shapes.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Triggers that write down which rows of a table change. Made again they are the same. */
export function captureTriggers({ name, key }: Pick<TableShape, "name" | "key">): string[] {
  const place = (row: "new" | "old") =>
    key.length === 0 ? `${row}.rowid` : `json_array(${key.map((column) => `${row}.${quoted(column)}`).join(", ")})`;
  const note = (row: "new" | "old") =>
    `insert into backup_changes (name, place) values ('${name.replaceAll("'", "''")}', ${place(row)});`;
  const trigger = (event: string, when: string, row: "new" | "old", after: string) =>
    `create trigger if not exists ${quoted(`backup_${name}_${event}`)} after ${after} on ${quoted(name)}${when} begin ${note(row)} end`;
  // A rowid stays; a key of columns may change, and what it was is gone then.
  const moved = `${place("old")} is not ${place("new")}`;
  const move = key.length === 0 ? [] : [trigger("moved", ` when ${moved}`, "old", "update")];
  return [
    trigger("made", "", "new", "insert"),
    trigger("changed", "", "new", "update"),
    ...move,
    trigger("gone", "", "old", "delete"),
  ];
}

/** Text of a name in a statement. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** What finds rows of a table by the places of a list that is bound as JSON, in `given.value`. */
export function joinByPlace(table: TableShape, place: string): string {
  if (table.key.length === 0) return `t.rowid = ${place}`;
  return table.key.map((column, at) => `t.${quoted(column)} is json_extract(${place}, '$[${at}]')`).join(" and ");
}

/** Where a row stands: its rowid, or its primary key as JSON. */
export function placeOf(table: TableShape): string {
  if (table.key.length === 0) return "t.rowid";
  return `json_array(${table.key.map((column) => `t.${quoted(column)}`).join(", ")})`;
}

/** The values of a row in the order of the table's columns. */
export function valuesOf(table: TableShape, row: SqlRow): SqlValue[] {
  return table.columns.map((column) => row[column] ?? null);
}
