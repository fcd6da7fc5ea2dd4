import type { BotLogEntry } from "../../schema/wire/bot-log.ts";
import type { DeskIntent } from "../account/desk-calls.ts";
import type { OrderPart } from "../core/engine/trader-command.ts";

/** Parts of a text: the platform keeps values of at most two megabytes. */
const PART_CHARACTERS = 500_000;
/** The platform binds a hundred values to a statement, and a part takes three. */
const ROWS_A_STATEMENT = 33;
/** Entries of a bot's log: months of an active bot. */
const LOG_KEPT = 10_000;

/** Something that the desk shall be asked, written down with the state that it follows from. */
export type Effect =
  | {
      readonly kind: "place";
      readonly intent: DeskIntent;
      readonly ref: string;
      readonly orderId: string;
      /** When it was written down, UTC ms of our time. */
      readonly at: number;
    }
  | { readonly kind: "cancel"; readonly ref: string };

/** A part of an order of the bot. */
export interface SentPart {
  readonly ref: string;
  readonly part: OrderPart;
  readonly orderId: string;
}

/** Everything that a bot writes down, in its object's storage. Synchronous; `write` stores all or nothing. */
export class BotStore {
  private readonly storage: DurableObjectStorage;
  /** Values by name as they are stored: each pass asks for the same few. Nobody else writes these, and nobody changes what it got. */
  private readonly values = new Map<string, unknown>();
  /** Parts that each text has. */
  private readonly partCounts = new Map<string, number>();
  /** Nothing waits to be asked of the desk. */
  private isDrained = false;
  /** No entry of the log is behind this one. */
  private lastLogged: number | undefined;
  /** Rows that were written since this was last asked. */
  private written = 0;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    const { sql } = storage;
    sql.exec("create table if not exists texts (name text, part integer, text text, primary key (name, part)) strict");
    sql.exec(
      `create table if not exists sent (order_id text primary key, ref text not null, part text not null) strict`,
    );
    sql.exec("create index if not exists sent_by_ref on sent (ref)");
    sql.exec(`create table if not exists effects (
      place integer primary key autoincrement, body text not null) strict`);
    sql.exec(`create table if not exists log (
      sequence integer primary key autoincrement, at integer not null, kind text not null, message text not null) strict`);
  }

  write<T>(act: () => T): T {
    try {
      return this.storage.transactionSync(act);
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** What is known of the storage is read anew: something else than this wrote to it, or took back what this wrote. */
  forget(): void {
    this.values.clear();
    this.partCounts.clear();
    this.isDrained = false;
    this.lastLogged = undefined;
  }

  get<T>(name: string): T | undefined {
    if (!this.values.has(name)) this.values.set(name, this.storage.kv.get<T>(name));
    return this.values.get(name) as T | undefined;
  }

  put<T>(name: string, value: T): void {
    this.storage.kv.put(name, value);
    this.values.set(name, value);
  }

  drop(name: string): void {
    this.storage.kv.delete(name);
    this.values.set(name, undefined);
  }

  readText(name: string): string | undefined {
    const query = "select text from texts where name = ? order by part";
    const parts = this.storage.sql.exec<{ text: string }>(query, name).toArray();
    return parts.length === 0 ? undefined : parts.map((part) => part.text).join("");
  }

  /**
   * All of them with one statement where they are short. Rows are written over where they stand: a bot does this at each candle,
   * and each row that goes or comes is noted for its backup.
   */
  writeTexts(texts: Readonly<Record<string, string>>): void {
    const rows: [name: string, part: number, text: string][] = [];
    for (const [name, text] of Object.entries(texts)) {
      const parts = partsOf(text);
      for (const [at, part] of parts.entries()) rows.push([name, at, part]);
      this.dropPartsBehind(name, parts.length);
    }
    for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
      const some = rows.slice(at, at + ROWS_A_STATEMENT);
      this.storage.sql.exec(upsertOf(some.length), ...some.flat());
    }
    this.written += rows.length;
  }

  private dropPartsBehind(name: string, parts: number): void {
    const before = this.partCounts.get(name);
    if (before === undefined || before > parts) {
      this.storage.sql.exec("delete from texts where name = ? and part >= ?", name, parts);
    }
    this.partCounts.set(name, parts);
  }

  /** How many rows of texts, orders and the log were written since this was last asked, in writes that were taken back too. */
  takeWritten(): number {
    const { written } = this;
    this.written = 0;
    return written;
  }

  forgetText(name: string): void {
    this.partCounts.delete(name);
    this.storage.sql.exec("delete from texts where name = ?", name);
  }

  addEffect(effect: Effect): void {
    this.storage.sql.exec("insert into effects (body) values (?)", JSON.stringify(effect));
    this.isDrained = false;
    this.written++;
  }

  firstEffect(): { place: number; effect: Effect } | undefined {
    if (this.isDrained) return undefined;
    const query = "select place, body from effects order by place limit 1";
    const row = this.storage.sql.exec<{ place: number; body: string }>(query).toArray()[0];
    this.isDrained = row === undefined;
    return row === undefined ? undefined : { place: row.place, effect: JSON.parse(row.body) as Effect };
  }

  countEffects(): number {
    return this.storage.sql.exec<{ rows: number }>("select count(*) as rows from effects").one().rows;
  }

  dropEffect(place: number): void {
    this.storage.sql.exec("delete from effects where place = ?", place);
    this.written++;
  }

  dropEffects(): void {
    this.storage.sql.exec("delete from effects");
  }

  addSent({ orderId, ref, part }: SentPart): void {
    this.storage.sql.exec("insert or ignore into sent (order_id, ref, part) values (?, ?, ?)", orderId, ref, part);
    this.written++;
  }

  forgetSent(): void {
    this.storage.sql.exec("delete from sent");
  }

  sentOrder(orderId: string): SentPart | undefined {
    const query = "select ref, part from sent where order_id = ?";
    const row = this.storage.sql.exec<{ ref: string; part: OrderPart }>(query, orderId).toArray()[0];
    return row === undefined ? undefined : { ...row, orderId };
  }

  orderOf(ref: string): string | undefined {
    const query = "select order_id from sent where ref = ? and part = 'main'";
    return this.storage.sql.exec<{ order_id: string }>(query, ref).toArray()[0]?.order_id;
  }

  /** The orders that protect what an entry bought or sold, its target apart. */
  stopsOf(ref: string): string[] {
    const query = "select order_id from sent where ref = ? and part in ('stop', 'trailing')";
    return this.storage.sql
      .exec<{ order_id: string }>(query, ref)
      .toArray()
      .map((row) => row.order_id);
  }

  log(entry: Omit<BotLogEntry, "sequence">): void {
    const { sql } = this.storage;
    const query = "insert into log (at, kind, message) values (?, ?, ?) returning sequence";
    const { sequence } = sql.exec<{ sequence: number }>(query, entry.at, entry.kind, entry.message).one();
    this.lastLogged = sequence;
    this.written++;
    if (sequence % 100 === 0) sql.exec("delete from log where sequence <= ?", sequence - LOG_KEPT);
  }

  /** Entries after `sequence`, in order. */
  logAfter(sequence: number, limit: number): BotLogEntry[] {
    if (this.lastLogged !== undefined && this.lastLogged <= sequence) return [];
    const query = "select sequence, at, kind, message from log where sequence > ? order by sequence limit ?";
    type Row = { sequence: number; at: number; kind: string; message: string };
    const entries = this.storage.sql.exec<Row>(query, sequence, limit).toArray() as unknown as BotLogEntry[];
    if (entries.length === 0) this.lastLogged = sequence;
    return entries;
  }

  /** Entries before `before`, the newest first. */
  readLog(before: number | undefined, limit: number): BotLogEntry[] {
    const query = "select sequence, at, kind, message from log where sequence < ? order by sequence desc limit ?";
    type Row = { sequence: number; at: number; kind: string; message: string };
    const rows = this.storage.sql.exec<Row>(query, before ?? Number.MAX_SAFE_INTEGER, limit).toArray();
    return rows as unknown as BotLogEntry[];
  }
}

function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += PART_CHARACTERS) parts.push(text.slice(at, at + PART_CHARACTERS));
  return parts;
}

const upserts = new Map<number, string>();

/** Writes so many parts over those that stand in their places. */
function upsertOf(rows: number): string {
  let query = upserts.get(rows);
  if (query === undefined) {
    const values = Array(rows).fill("(?, ?, ?)").join(", ");
    query = `insert into texts (name, part, text) values ${values}
      on conflict (name, part) do update set text = excluded.text`;
    upserts.set(rows, query);
  }
  return query;
}
