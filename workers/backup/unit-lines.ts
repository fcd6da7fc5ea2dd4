import type { SqlValue } from "./capture-sql.ts";
import { BackupFault, base64, bytesOf } from "./sealed-unit.ts";
import type { TableShape } from "./table-shape.ts";

/** What a row's place is: a rowid, or a primary key as JSON. */
export type Place = number | string;

/** How much there is, as of the end of the unit that says so: rows of each table and the length of all their values. */
export interface Totals {
  readonly tables: Readonly<Record<string, readonly [rows: number, length: number]>>;
  /** Values that are kept by name. */
  readonly values: number;
}

/** A line of a unit. A row or value without its content is one that is gone. */
export type UnitLine =
  | { readonly type: "table"; readonly table: TableShape }
  | {
      readonly type: "row";
      readonly table: string;
      readonly place: Place;
      readonly values: readonly SqlValue[] | undefined;
    }
  | { readonly type: "value"; readonly name: string; readonly text: string | undefined }
  | { readonly type: "numbers"; readonly numbers: Readonly<Record<string, number>> }
  | { readonly type: "totals"; readonly totals: Totals };

/** Lines as they are put together. */
export class LineWriter {
  private readonly lines: string[] = [];
  /** Characters so far. */
  length = 0;

  table(table: TableShape): void {
    this.add(["t", table.name, table.key, table.columns, table.create]);
  }

  row(table: string, place: Place, values: readonly SqlValue[] | undefined): void {
    this.add(values === undefined ? ["d", table, place] : ["r", table, place, values.map(plainValue)]);
  }

  /** `text` is the value as JSON. */
  value(name: string, text: string | undefined): void {
    this.add(text === undefined ? ["x", name] : ["v", name, text]);
  }

  numbers(numbers: Readonly<Record<string, number>>): void {
    if (Object.keys(numbers).length > 0) this.add(["n", numbers]);
  }

  totals(totals: Totals): void {
    this.add(["s", totals]);
  }

  take(): string {
    const text = this.lines.join("");
    this.lines.length = 0;
    this.length = 0;
    return text;
  }

  private add(line: readonly unknown[]): void {
    const text = `${JSON.stringify(line)}\n`;
    this.lines.push(text);
    this.length += text.length;
  }
}

/** The lines of a unit, one after the other. Throws `BackupFault` for one that is none. */
export function* readLines(text: string): Generator<UnitLine> {
  let from = 0;
  while (from < text.length) {
    const end = text.indexOf("\n", from);
    if (end < 0) throw new BackupFault("incomplete", "the last line of a unit is cut off");
    yield readLine(text.slice(from, end));
    from = end + 1;
  }
}

function readLine(text: string): UnitLine {
  const line = JSON.parse(text) as readonly unknown[];
  const [kind, name] = line as readonly [string, string];
  switch (kind) {
    case "t": {
      const [, , key, columns, create] = line as [string, string, string[], string[], string[]];
      return { type: "table", table: { name, key, columns, create } };
    }
    case "r":
      return { type: "row", table: name, place: line[2] as Place, values: (line[3] as unknown[]).map(storedValue) };
    case "d":
      return { type: "row", table: name, place: line[2] as Place, values: undefined };
    case "v":
      return { type: "value", name, text: line[2] as string };
    case "x":
      return { type: "value", name, text: undefined };
    case "n":
      return { type: "numbers", numbers: line[1] as Record<string, number> };
    case "s":
      return { type: "totals", totals: line[1] as Totals };
    default:
      throw new BackupFault("unknown_format", "a line of a unit is of no kind that is known here");
  }
}

/** Bytes are written as base64 in a list of one: no other value is a list. */
function plainValue(value: SqlValue): unknown {
  return value instanceof ArrayBuffer ? [base64(new Uint8Array(value))] : value;
}

function storedValue(value: unknown): SqlValue {
  return Array.isArray(value) ? bytesOf(String(value[0])).buffer : (value as SqlValue);
}
