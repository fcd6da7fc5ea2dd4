import { changedQuery, pageQuery, totalsOf, totalsQuery, writeChanges } from "./capture-queries.ts";
import type { CaptureSql, Query } from "./capture-sql.ts";
import type { NamedValues } from "./named-values.ts";
import type { UnitHeader } from "./sealed-unit.ts";
import { captureTriggers, placeOf, quoted, readShapes, type TableShape, valuesOf } from "./table-shape.ts";
import { LineWriter, type Place, type Totals } from "./unit-lines.ts";
import { newEpoch } from "./unit-name.ts";
import { ValueNotes, writeValues } from "./value-notes.ts";

/*
 * What changed, and all there is. Triggers note the place of each row that changes; a unit holds those rows as they are when
 * it is made, so that a row that changed a hundred times is in it once, and one that is gone is in it as gone.
 *
 * Increments go on from a base. Increment n holds every change behind increment n - lowbit(n), as the nodes of a Fenwick tree
 * do: 1 and 3 hold one step, 2 two, 4 four. So after 1,440 of them the base and at most eleven others give the state, one that
 * is superseded may be missing, and each change is written a handful of times. Where that would be more rows than an increment
 * may hold, it holds one step alone, and the chain is a little longer there.
 */

/** Characters of a part of a base: some five megabytes in memory while it is sealed. */
const PART_CHARACTERS = 4_000_000;
/** Rows of an increment: it is made in memory as a whole, where a base goes part by part. */
export const INCREMENT_ROWS_MAX = 20_000;
/** Notes beyond which those of the same row are made one. */
const NOTES_MAX = 10_000;

/** Tables that an object's own backup needs. The database has them by its migrations. */
export const CAPTURE_TABLES = [
  "create table if not exists backup_changes (sequence integer primary key, name text not null, place)",
  "create table if not exists backup_marks (number integer primary key, sequence integer not null)",
  "create table if not exists backup_values (name text primary key, hash text, number integer not null) without rowid",
  "create table if not exists backup_state (name text primary key, value text not null) without rowid",
] as const;

interface CaptureState {
  readonly epoch: string;
  /** Of the last increment that was stored. */
  readonly number: number;
  /** Note up to which everything was stored. */
  readonly sequence: number;
  /** As of when that is, UTC ms; absent where an older version stored it. */
  readonly at?: number;
}

/** A unit before it is sealed. */
export interface OpenUnit {
  readonly header: Omit<UnitHeader, "source">;
  readonly lines: string;
}

export interface Increment extends OpenUnit {
  readonly sequence: number;
  readonly totals: Totals | undefined;
}

/** How far a base is; plain, so that it can be laid aside. */
export interface BaseProgress {
  readonly epoch: string;
  /** Note at which it was begun, and when: what came later is in its increments. */
  readonly sequence: number;
  readonly at?: number;
  readonly part: number;
  readonly table: number;
  readonly after: Place | null;
  readonly values: Readonly<Record<string, string>>;
}

export interface CaptureParts {
  readonly sql: CaptureSql;
  readonly values: NamedValues;
  /** Tables that are left out. */
  readonly leftOut: ReadonlySet<string>;
  readonly now: () => number;
  /** Rows of an increment; `INCREMENT_ROWS_MAX` where nothing is said. */
  readonly rowsMax?: number;
}

export class ChangeCapture {
  private readonly parts: CaptureParts;
  private readonly notes: ValueNotes;
  private readonly rowsMax: number;
  private shapes: readonly TableShape[] | undefined;
  private known: CaptureState | undefined;
  /** How many notes were left when those of the same row were made one. */
  private joined = 0;

  constructor(parts: CaptureParts) {
    this.parts = parts;
    this.notes = new ValueNotes(parts.sql);
    this.rowsMax = parts.rowsMax ?? INCREMENT_ROWS_MAX;
  }

  /** Makes the tables and triggers of an object. Tables that came into being without triggers are taken as changed as a whole. */
  async install(): Promise<void> {
    const { sql } = this.parts;
    await sql.run(CAPTURE_TABLES.map((text) => ({ text })));
    const tables = await this.readTables();
    const [rows] = await sql.run([{ text: "select name from sqlite_master where type = 'trigger'" }]);
    const there = new Set(rows.map(({ name }) => String(name)));
    for (const table of tables) {
      if (there.has(`backup_${table.name}_made`)) continue;
      const taken = `insert into backup_changes (name, place) select ?, ${placeOf(table)} from ${quoted(table.name)} t`;
      const made = captureTriggers(table).map((text) => ({ text }));
      await sql.run([{ text: taken, values: [table.name] }, ...made]);
    }
    this.shapes = tables;
  }

  /** The storage was emptied. */
  forget(): void {
    this.shapes = undefined;
    this.known = undefined;
  }

  /** How many changes wait; one of at least so many where it has no base yet. */
  async pending(): Promise<number> {
    const [[row], state] = [await this.last(), await this.state()];
    return state === undefined ? Math.max(1, row) : row - state.sequence;
  }

  /** How many values by name are others than those that were stored: these leave no notes. */
  changedValues(): Promise<number> {
    return this.notes.count(this.parts.values.list());
  }

  /** As of when everything was stored, UTC ms; 0 where nothing was. What waits came later. */
  async storedAt(): Promise<number> {
    return (await this.state())?.at ?? 0;
  }

  async hasBase(): Promise<boolean> {
    return (await this.state()) !== undefined;
  }

  async beginBase(): Promise<BaseProgress> {
    this.shapes = undefined;
    const [sequence] = await this.last();
    const at = this.parts.now();
    return { epoch: newEpoch(at), sequence, at, part: 0, table: 0, after: null, values: {} };
  }

  /** The next part of a base, and where it goes on; `undefined` as progress where it was the last. */
  async basePart(
    from: BaseProgress,
  ): Promise<{ unit: OpenUnit; next: BaseProgress | undefined; values: BaseProgress["values"] }> {
    const shapes = await this.tables();
    const writer = new LineWriter();
    let { table: at, after, values } = from;
    if (from.part === 0) values = writeValues(writer, this.parts.values.list());
    while (at < shapes.length && writer.length < PART_CHARACTERS) {
      const table = shapes[at];
      writer.table(table);
      const rows = await this.parts.sql.page(pageQuery(table, after), PART_CHARACTERS - writer.length);
      for (const row of rows) writer.row(table.name, row.backup_place as Place, valuesOf(table, row));
      const last = rows.at(-1);
      after = last === undefined ? null : (last.backup_place as Place);
      if (last === undefined) at += 1;
    }
    const part = from.part + 1;
    const isLast = at >= shapes.length;
    if (isLast) writer.numbers(await this.readNumbers());
    const header = { epoch: from.epoch, number: 0, covers: 0, part, isLast, at: this.parts.now() };
    const next = isLast ? undefined : { ...from, part, table: at, after, values };
    return { unit: { header, lines: writer.take() }, next, values };
  }

  /** All parts of a base are stored: increments go on from it. */
  async settleBase({ epoch, sequence, at = 0, values }: BaseProgress): Promise<void> {
    const state = { epoch, number: 0, sequence, at };
    const kept = Object.entries(values).map(([name, hash]) => ({
      text: "insert into backup_values (name, hash, number) values (?, ?, 0)",
      values: [name, hash],
    }));
    await this.parts.sql.run([
      { text: "delete from backup_marks" },
      { text: "insert into backup_marks (number, sequence) values (0, ?)", values: [sequence] },
      // The last note stays, so that numbers never begin anew.
      { text: "delete from backup_changes where sequence < ?", values: [sequence] },
      { text: "delete from backup_values" },
      ...kept,
      this.stateQuery(state),
    ]);
    this.known = state;
  }

  /** Whether more changed since the last increment than one may hold: then a base is made. */
  async isTooMuch(): Promise<boolean> {
    const state = await this.state();
    return state !== undefined && (await this.isMoreThanOne(state.sequence));
  }

  /** What changed since the increment before; undefined where nothing did and no totals are asked for. Throws without a base. */
  async increment({ withTotals }: { readonly withTotals: boolean }): Promise<Increment | undefined> {
    const state = await this.state();
    if (state === undefined) throw new Error("an increment needs a base");
    const number = state.number + 1;
    const { covers, from } = await this.reachOf(number);
    const tables = await this.tables();
    const { sql } = this.parts;
    const queries = [
      { text: "select coalesce(max(sequence), 0) as last from backup_changes" },
      ...tables.map((table) => changedQuery(table, from)),
      ...(withTotals ? tables.map(totalsQuery) : []),
    ];
    const [[{ last }], ...answers] = await sql.run(queries);
    const writer = new LineWriter();
    const values = this.parts.values.list();
    const changedValues = await this.notes.note(values, number);
    const sequence = Number(last);
    if (sequence === state.sequence && changedValues === 0 && !withTotals) return undefined;
    for (const [at, table] of tables.entries()) writeChanges(writer, table, answers[at]);
    await this.notes.write(writer, values, covers);
    writer.numbers(await this.readNumbers());
    const totals = withTotals ? totalsOf(tables, answers.slice(tables.length), values.length) : undefined;
    if (totals !== undefined) writer.totals(totals);
    const header = { epoch: state.epoch, number, covers, part: 1, isLast: true, at: this.parts.now() };
    return { header, lines: writer.take(), sequence, totals };
  }

  /** The increment is stored. */
  async settle({ header, sequence }: Pick<Increment, "header" | "sequence">): Promise<void> {
    const state = { epoch: header.epoch, number: header.number, sequence, at: header.at };
    const mark = "insert or replace into backup_marks (number, sequence) values (?, ?)";
    const [, , [{ notes }]] = await this.parts.sql.run([
      { text: mark, values: [header.number, sequence] },
      this.stateQuery(state),
      { text: "select count(*) as notes from backup_changes" },
    ]);
    this.known = state;
    if (Number(notes) > Math.max(NOTES_MAX, 2 * this.joined)) await this.joinNotes();
  }

  /** Keeps the last note of each row. */
  private async joinNotes(): Promise<void> {
    const text =
      "delete from backup_changes where sequence not in (select max(sequence) from backup_changes group by name, place)";
    const left = { text: "select count(*) as notes from backup_changes" };
    const [, [{ notes }]] = await this.parts.sql.run([{ text }, left]);
    this.joined = Number(notes);
  }

  /** The increment that one goes back to, and the note behind which it holds changes. */
  private async reachOf(number: number): Promise<{ readonly covers: number; readonly from: number }> {
    const covers = number - (number & -number);
    const from = await this.markOf(covers);
    if (covers === number - 1 || !(await this.isMoreThanOne(from))) return { covers, from };
    return { covers: number - 1, from: await this.markOf(number - 1) };
  }

  private async markOf(number: number): Promise<number> {
    const query = { text: "select sequence from backup_marks where number = ?", values: [number] };
    const [[mark]] = await this.parts.sql.run([query]);
    if (mark === undefined) throw new Error(`the mark of increment ${number} must be there`);
    return Number(mark.sequence);
  }

  /** Whether more rows changed behind a note than an increment may hold. */
  private async isMoreThanOne(from: number): Promise<boolean> {
    const changed = "select distinct name, place from backup_changes where sequence > ?1 limit ?2";
    const text = `select count(*) as own_rows from (${changed})`;
    const [[row]] = await this.parts.sql.run([{ text, values: [from, this.rowsMax + 1] }]);
    return Number(row.own_rows) > this.rowsMax;
  }

  private async last(): Promise<[number]> {
    const text = "select coalesce(max(sequence), 0) as last from backup_changes";
    const [[{ last }]] = await this.parts.sql.run([{ text }]);
    return [Number(last)];
  }

  private async state(): Promise<CaptureState | undefined> {
    if (this.known !== undefined) return this.known;
    const [[row]] = await this.parts.sql.run([{ text: "select value from backup_state where name = 'state'" }]);
    this.known = row === undefined ? undefined : (JSON.parse(String(row.value)) as CaptureState);
    return this.known;
  }

  private stateQuery(state: CaptureState): Query {
    const text = "insert or replace into backup_state (name, value) values ('state', ?)";
    return { text, values: [JSON.stringify(state)] };
  }

  private async tables(): Promise<readonly TableShape[]> {
    this.shapes ??= await this.readTables();
    return this.shapes;
  }

  private async readTables(): Promise<TableShape[]> {
    return (await readShapes(this.parts.sql)).filter(({ name }) => !this.parts.leftOut.has(name));
  }

  /** Where numbers that count by themselves stand. */
  private async readNumbers(): Promise<Record<string, number>> {
    const there = { text: "select 1 as is_there from sqlite_master where name = 'sqlite_sequence'" };
    const [[counts]] = await this.parts.sql.run([there]);
    if (counts === undefined) return {};
    const [rows] = await this.parts.sql.run([{ text: "select name, seq from sqlite_sequence" }]);
    return Object.fromEntries(rows.map(({ name, seq }) => [String(name), Number(seq)]));
  }
}
