import type { CaptureSql, Query, SqlRow } from "./capture-sql.ts";
import { joinByPlace, placeOf, quoted, type TableShape, valuesOf } from "./table-shape.ts";
import type { LineWriter, Place, Totals } from "./unit-lines.ts";

/** Rows read at once. The database answers all of them at once, and its rows are small. */
const PAGE_ROWS = 500;

/** Rows of a table behind a place, in the order of their places. */
export function pageQuery(table: TableShape, after: Place | null): Query {
  const place = placeOf(table);
  const head = `select ${place} as backup_place, t.* from ${quoted(table.name)} t`;
  const order = table.key.length === 0 ? "t.rowid" : table.key.map((column) => `t.${quoted(column)}`).join(", ");
  if (after === null) return { text: `${head} order by ${order} limit ${PAGE_ROWS}` };
  const bound = table.key.length === 0 ? "?1" : table.key.map((_, at) => `json_extract(?1, '$[${at}]')`).join(", ");
  return { text: `${head} where (${order}) > (${bound}) order by ${order} limit ${PAGE_ROWS}`, values: [after] };
}

/** Rows that notes behind a number speak of, as they are now; those that are gone without content. */
export function changedQuery(table: TableShape, from: number): Query {
  const there = table.key.length === 0 ? "t.rowid" : `t.${quoted(table.key[0])}`;
  const text = `select c.place as backup_place, ${there} as backup_there, t.*
    from (select distinct place from backup_changes where sequence > ?1 and name = ?2) c
    left join ${quoted(table.name)} t on ${joinByPlace(table, "c.place")}`;
  return { text, values: [from, table.name] };
}

/** How much there is of a table. */
export function totalsQuery(table: TableShape): Query {
  const length = table.columns.map((column) => `coalesce(length(${quoted(column)}), 0)`).join(" + ");
  return { text: `select count(*) as own_rows, coalesce(sum(${length}), 0) as own_length from ${quoted(table.name)}` };
}

/** How much there is of tables and values. */
export async function readTotals(sql: CaptureSql, tables: readonly TableShape[], values: number): Promise<Totals> {
  return totalsOf(tables, tables.length === 0 ? [] : await sql.run(tables.map(totalsQuery)), values);
}

/** What `totalsQuery` answered, by table. */
export function totalsOf(tables: readonly TableShape[], answers: readonly SqlRow[][], values: number): Totals {
  const counted = tables.map(({ name }, at): [string, readonly [number, number]] => {
    const [row] = answers[at];
    return [name, [Number(row.own_rows), Number(row.own_length)]];
  });
  return { tables: Object.fromEntries(counted), values };
}

/** Lines of what `changedQuery` answered. */
export function writeChanges(writer: LineWriter, table: TableShape, rows: readonly SqlRow[]): void {
  if (rows.length === 0) return;
  writer.table(table);
  for (const row of rows) {
    const isGone = row.backup_there === null || row.backup_there === undefined;
    writer.row(table.name, row.backup_place as Place, isGone ? undefined : valuesOf(table, row));
  }
}

/** 106 bits of multiply and xor over a text: tells a value that changed from one that did not. */
export function textHash(text: string): string {
  return `${half(text, 0)}${half(text, 0x9e3779b9)}`;
}

function half(text: string, seed: number): string {
  let a = 0xdeadbeef ^ seed;
  let b = 0x41c6ce57 ^ seed;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2_654_435_761);
    b = Math.imul(b ^ code, 1_597_334_677);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return ((b >>> 0) * 4_294_967_296 + (a >>> 0)).toString(36);
}
