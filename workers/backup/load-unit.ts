import type { CaptureSql, Query } from "./capture-sql.ts";
import type { NamedValues } from "./named-values.ts";
import { BackupFault } from "./sealed-unit.ts";
import { joinByPlace, quoted, readShapes, type TableShape } from "./table-shape.ts";
import { readLines, type Totals, type UnitLine } from "./unit-lines.ts";

/** Statements of one call. D1 runs them as one transaction, which has to end within 30 seconds. */
const STATEMENTS_A_CALL = 200;
/** Characters of rows that are brought in by one statement: a value may have two million. */
const CHARACTERS_A_STATEMENT = 500_000;

export interface LoadTarget {
  readonly sql: CaptureSql;
  readonly values: NamedValues & { drop(name: string): void };
}

/**
 * Brings what a unit holds into a store, over what units before it brought. Columns are matched by name, so that a store of a
 * later version takes it with the defaults of its own; a table that is not there is made as it was. Returns the totals where
 * the unit says them.
 */
export async function loadUnit(target: LoadTarget, lines: string): Promise<Totals | undefined> {
  const loader = new UnitLoader(target, await readShapes(target.sql));
  for (const line of readLines(lines)) await loader.take(line);
  await loader.flush();
  return loader.totals;
}

class UnitLoader {
  totals: Totals | undefined;
  private readonly target: LoadTarget;
  /** Tables as the unit has them, with the columns that are there too. */
  private readonly tables = new Map<string, TableShape & { readonly taken: readonly number[] }>();
  private readonly there: Map<string, TableShape>;
  private waiting: Query[] = [];
  /** Rows of one table that go into one statement, each as JSON. */
  private rows: string[] = [];
  private rowsOf = "";
  private rowsLength = 0;

  constructor(target: LoadTarget, shapes: readonly TableShape[]) {
    this.target = target;
    this.there = new Map(shapes.map((shape) => [shape.name, shape]));
  }

  async take(line: UnitLine): Promise<void> {
    // What is gone and what is there are kept in their order.
    if (line.type !== "row" || line.values === undefined || line.table !== this.rowsOf) this.joinRows();
    if (line.type === "table") await this.open(line.table);
    else if (line.type === "row") this.takeRow(line);
    else if (line.type === "numbers") for (const query of numberQueries(line.numbers, this.there)) this.add(query);
    else if (line.type === "totals") this.totals = line.totals;
    else if (line.text === undefined) this.target.values.drop(line.name);
    else this.target.values.put(line.name, line.text);
    if (this.waiting.length >= STATEMENTS_A_CALL) await this.flush();
  }

  async flush(): Promise<void> {
    this.joinRows();
    const queries = this.waiting;
    this.waiting = [];
    if (queries.length > 0) await this.target.sql.run(queries);
  }

  private add(query: Query): void {
    this.waiting.push(query);
  }

  private async open(table: TableShape): Promise<void> {
    if (!this.there.has(table.name)) {
      await this.flush();
      await this.target.sql.run(table.create.map((text) => ({ text })));
      this.there.set(table.name, table);
    }
    const columns = new Set(this.there.get(table.name)?.columns);
    const taken = table.columns.flatMap((column, at) => (columns.has(column) ? [at] : []));
    this.tables.set(table.name, { ...table, taken });
  }

  private takeRow(line: Extract<UnitLine, { type: "row" }>): void {
    const table = this.tables.get(line.table);
    const isPlain = line.values?.every((value) => !(value instanceof ArrayBuffer)) ?? false;
    if (table === undefined || !isPlain) {
      this.joinRows();
      this.add(this.rowQuery(line));
      return;
    }
    const taken = table.taken.map((at) => line.values?.[at]);
    const text = JSON.stringify(table.key.length === 0 ? [line.place, ...taken] : taken);
    // JSON in SQLite ends a text at a zero.
    if (text.includes("\\u0000")) {
      this.joinRows();
      this.add(this.rowQuery(line));
      return;
    }
    this.rowsOf = line.table;
    this.rows.push(text);
    this.rowsLength += text.length;
    if (this.rowsLength >= CHARACTERS_A_STATEMENT) this.joinRows();
  }

  /** One statement of the rows that wait. */
  private joinRows(): void {
    const table = this.tables.get(this.rowsOf);
    if (this.rows.length > 0 && table !== undefined) {
      const columns = table.taken.map((at) => quoted(table.columns[at]));
      const names = table.key.length === 0 ? ["rowid", ...columns] : columns;
      const values = names.map((_, at) => `json_extract(value, '$[${at}]')`).join(", ");
      const text = `insert or replace into ${quoted(table.name)} (${names.join(", ")}) select ${values} from json_each(?)`;
      this.add({ text, values: [`[${this.rows.join(",")}]`] });
    }
    this.rows = [];
    this.rowsLength = 0;
  }

  private rowQuery({ table: name, place, values }: Extract<UnitLine, { type: "row" }>): Query {
    const table = this.tables.get(name);
    if (table === undefined) throw new BackupFault("incomplete", `a row of ${name} stands before its table`);
    if (values === undefined) {
      const own = joinByPlace(table, "?1").replaceAll("t.", "");
      return { text: `delete from ${quoted(name)} where ${own}`, values: [place] };
    }
    const columns = table.taken.map((at) => quoted(table.columns[at]));
    const taken = table.taken.map((at) => values[at]);
    const hasRowid = table.key.length === 0;
    const names = (hasRowid ? ["rowid", ...columns] : columns).join(", ");
    const bound = (hasRowid ? [place, ...taken] : taken).map(() => "?").join(", ");
    const text = `insert or replace into ${quoted(name)} (${names}) values (${bound})`;
    return { text, values: hasRowid ? [place, ...taken] : taken };
  }
}

/** Counting goes on where it stood: a number that was given out is never given out again. */
function numberQueries(numbers: Readonly<Record<string, number>>, there: ReadonlyMap<string, TableShape>): Query[] {
  return Object.entries(numbers)
    .filter(([name]) => there.has(name))
    .flatMap(([name, number]) => [
      { text: "delete from sqlite_sequence where name = ?", values: [name] },
      { text: "insert into sqlite_sequence (name, seq) values (?, ?)", values: [name, number] },
    ]);
}
