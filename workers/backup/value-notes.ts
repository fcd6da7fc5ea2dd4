import { textHash } from "./capture-queries.ts";
import type { CaptureSql } from "./capture-sql.ts";
import type { LineWriter } from "./unit-lines.ts";

type Values = readonly (readonly [name: string, text: string])[];

/** Writes all values; answers the hash of each by its name. */
export function writeValues(writer: LineWriter, values: Values): Record<string, string> {
  for (const [name, text] of values) writer.value(name, text);
  return Object.fromEntries(values.map(([name, text]) => [name, textHash(text)]));
}

/** Which of the values by name are others than when they were stored last: no trigger notes these. */
export class ValueNotes {
  private readonly sql: CaptureSql;

  constructor(sql: CaptureSql) {
    this.sql = sql;
  }

  /** Notes which are others than before, and with which increment. Returns how many are. */
  async note(values: Values, number: number): Promise<number> {
    const { changed, rows } = await this.changed(values);
    const text = "insert or replace into backup_values (name, hash, number) values (?, ?, ?)";
    await this.sql.run(changed.map(([name, hash]) => ({ text, values: [name, hash, number] })));
    // What was noted for this number before, and could not be stored then.
    return changed.length + rows.filter((row) => Number(row.number) === number).length;
  }

  /** How many are others than before. */
  async count(values: Values): Promise<number> {
    return (await this.changed(values)).changed.length;
  }

  private async changed(values: Values) {
    const [rows] = await this.sql.run([{ text: "select name, hash, number from backup_values" }]);
    const before = new Map(rows.map((row) => [String(row.name), row]));
    const now = new Map(values.map(([name, text]) => [name, textHash(text)]));
    const changed: [string, string | null][] = [];
    for (const [name, hash] of now) if (before.get(name)?.hash !== hash) changed.push([name, hash]);
    for (const [name, { hash }] of before) if (!now.has(name) && hash !== null) changed.push([name, null]);
    return { changed, rows };
  }

  /** Writes those that changed behind an increment; one that is gone as gone. */
  async write(writer: LineWriter, values: Values, covers: number): Promise<void> {
    const query = { text: "select name from backup_values where number > ?", values: [covers] };
    const [rows] = await this.sql.run([query]);
    const texts = new Map(values);
    for (const { name } of rows) writer.value(String(name), texts.get(String(name)));
  }
}
