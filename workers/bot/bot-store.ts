import type { BotLogEntry } from "../../schema/wire/bot.ts";
import type { DeskIntent } from "../account/desk-calls.ts";
import type { OrderPart } from "../core/engine/trader-command.ts";

/** Parts of a text: the platform keeps values of at most two megabytes. */
const PART_CHARACTERS = 500_000;
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
    return this.storage.transactionSync(act);
  }

  get<T>(name: string): T | undefined {
    return this.storage.kv.get<T>(name);
  }

  put<T>(name: string, value: T): void {
    this.storage.kv.put(name, value);
  }

  drop(name: string): void {
    this.storage.kv.delete(name);
  }

  readText(name: string): string | undefined {
    const query = "select text from texts where name = ? order by part";
    const parts = this.storage.sql.exec<{ text: string }>(query, name).toArray();
    return parts.length === 0 ? undefined : parts.map((part) => part.text).join("");
  }

  writeText(name: string, text: string): void {
    const { sql } = this.storage;
    sql.exec("delete from texts where name = ?", name);
    for (let at = 0; at < text.length; at += PART_CHARACTERS) {
      const part = at / PART_CHARACTERS;
      sql.exec(
        "insert into texts (name, part, text) values (?, ?, ?)",
        name,
        part,
        text.slice(at, at + PART_CHARACTERS),
      );
    }
  }

  forgetText(name: string): void {
    this.storage.sql.exec("delete from texts where name = ?", name);
  }

  addEffect(effect: Effect): void {
    this.storage.sql.exec("insert into effects (body) values (?)", JSON.stringify(effect));
  }

  firstEffect(): { place: number; effect: Effect } | undefined {
    const query = "select place, body from effects order by place limit 1";
    const row = this.storage.sql.exec<{ place: number; body: string }>(query).toArray()[0];
    return row === undefined ? undefined : { place: row.place, effect: JSON.parse(row.body) as Effect };
  }

  countEffects(): number {
    return this.storage.sql.exec<{ rows: number }>("select count(*) as rows from effects").one().rows;
  }

  dropEffect(place: number): void {
    this.storage.sql.exec("delete from effects where place = ?", place);
  }

  dropEffects(): void {
    this.storage.sql.exec("delete from effects");
  }

  addSent({ orderId, ref, part }: SentPart): void {
    this.storage.sql.exec("insert or ignore into sent (order_id, ref, part) values (?, ?, ?)", orderId, ref, part);
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

  log(entry: Omit<BotLogEntry, "sequence">): void {
    const { sql } = this.storage;
    const query = "insert into log (at, kind, message) values (?, ?, ?) returning sequence";
    const { sequence } = sql.exec<{ sequence: number }>(query, entry.at, entry.kind, entry.message).one();
    if (sequence % 100 === 0) sql.exec("delete from log where sequence <= ?", sequence - LOG_KEPT);
  }

  /** Entries after `sequence`, in order. */
  logAfter(sequence: number, limit: number): BotLogEntry[] {
    const query = "select sequence, at, kind, message from log where sequence > ? order by sequence limit ?";
    type Row = { sequence: number; at: number; kind: string; message: string };
    return this.storage.sql.exec<Row>(query, sequence, limit).toArray() as unknown as BotLogEntry[];
  }

  /** Entries before `before`, the newest first. */
  readLog(before: number | undefined, limit: number): BotLogEntry[] {
    const query = "select sequence, at, kind, message from log where sequence < ? order by sequence desc limit ?";
    type Row = { sequence: number; at: number; kind: string; message: string };
    const rows = this.storage.sql.exec<Row>(query, before ?? Number.MAX_SAFE_INTEGER, limit).toArray();
    return rows as unknown as BotLogEntry[];
  }
}
