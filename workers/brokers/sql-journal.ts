import type { ClientOrderId } from "../core/order/order-id.ts";
import {
  hasUntoldFills,
  isOpenInJournal,
  type JournalEntry,
  type JournalEvent,
  type JournalOrder,
  journalText,
  type Numbered,
  namesOf,
  readJournalText,
  type VenueJournal,
} from "./venue-journal.ts";

/** Orders that are open no more and whose trades do not sum to what they traded: few at any time. */
const ENDED_UNTOLD = "open = 0 and json_extract(text, '$.filled.decimal') <> json_extract(text, '$.known.decimal')";

/** Tables of a journal in the storage of the account's object. STRICT: a value of another kind than its column's is refused. */
const TABLES = [
  "create table if not exists journal_documents (name text primary key, text text not null) strict, without rowid",
  `create table if not exists journal_orders (
    number integer primary key autoincrement, id text not null unique, parent text, open integer not null,
    ended integer, text text not null
  ) strict`,
  "create index if not exists journal_orders_open on journal_orders (number) where open = 1",
  "create index if not exists journal_orders_ended on journal_orders (ended) where ended is not null",
  `create index if not exists journal_orders_untold on journal_orders (number) where ${ENDED_UNTOLD}`,
  "create index if not exists journal_orders_parent on journal_orders (parent) where parent is not null",
  "create table if not exists journal_names (name text primary key, id text not null) strict, without rowid",
  "create table if not exists journal_events (number integer primary key autoincrement, text text not null) strict",
  `create table if not exists journal_entries (
    number integer primary key autoincrement, key text not null unique, text text not null
  ) strict`,
] as const;

/** How names of the venue are kept apart from client ids. */
const SENT = "sent:";
const VENUE = "venue:";
/** Sorts behind every character that a name has. */
const AFTER_ALL = "\uffff";

type TextRow = { text: string };
type NumberedRow = { number: number; text: string };

/** A journal in an object's SQLite. */
export class SqlJournal implements VenueJournal {
  private readonly storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    for (const table of TABLES) storage.sql.exec(table);
  }

  transaction<T>(act: () => T): T {
    return this.storage.transactionSync(act);
  }

  sync(): Promise<void> {
    return this.storage.sync();
  }

  read(name: string): string | undefined {
    return this.rows<TextRow>("select text from journal_documents where name = ?", name)[0]?.text;
  }

  write(name: string, text: string): void {
    this.storage.sql.exec(
      "insert into journal_documents (name, text) values (?, ?) on conflict (name) do update set text = excluded.text",
      ...[name, text],
    );
  }

  readAll(prefix: string): ReadonlyMap<string, string> {
    const query = "select name, text from journal_documents where name >= ? and name < ? order by name";
    const rows = this.rows<{ name: string; text: string }>(query, prefix, `${prefix}${AFTER_ALL}`);
    return new Map(rows.map(({ name, text }) => [name, text]));
  }

  order(id: ClientOrderId): JournalOrder | undefined {
    return this.orders("select text from journal_orders where id = ?", id)[0];
  }

  orderSentAs(sentAs: string): JournalOrder | undefined {
    return this.named(`${SENT}${sentAs}`);
  }

  orderOfVenue(venueOrderId: string): JournalOrder | undefined {
    return this.named(`${VENUE}${venueOrderId}`);
  }

  private named(name: string): JournalOrder | undefined {
    const query = "select o.text from journal_names n join journal_orders o on o.id = n.id where n.name = ?";
    return this.orders(query, name)[0];
  }

  legsOf(parent: ClientOrderId): readonly JournalOrder[] {
    return this.orders("select text from journal_orders where parent = ? order by number", parent);
  }

  openOrders(): readonly JournalOrder[] {
    return this.orders("select text from journal_orders where open = 1 order by number");
  }

  ordersEndedAfter(sequence: number): readonly JournalOrder[] {
    return this.orders("select text from journal_orders where ended > ? order by number", sequence);
  }

  endedUntold(): readonly JournalOrder[] {
    const query = `select text from journal_orders where ${ENDED_UNTOLD} order by number`;
    return this.orders(query).filter(hasUntoldFills);
  }

  putOrder(order: JournalOrder): void {
    const { id } = order.placed.order;
    this.storage.sql.exec(
      `insert into journal_orders (id, parent, open, ended, text) values (?, ?, ?, ?, ?)
      on conflict (id) do update set open = excluded.open, ended = excluded.ended, text = excluded.text`,
      ...[id, order.placed.parent ?? null, isOpenInJournal(order) ? 1 : 0, order.endedSequence ?? null],
      journalText(order),
    );
    const { sentAs, venueIds } = namesOf(order);
    for (const name of [...sentAs.map((each) => SENT + each), ...venueIds.map((each) => VENUE + each)]) {
      this.storage.sql.exec("insert or ignore into journal_names (name, id) values (?, ?)", name, id);
    }
  }

  addEvent(event: JournalEvent): number {
    this.storage.sql.exec("insert into journal_events (text) values (?)", journalText(event));
    return this.lastEvent();
  }

  lastEvent(): number {
    return this.last("select coalesce(max(number), 0) as last from journal_events");
  }

  eventsAfter(sequence: number, limit: number): readonly Numbered<JournalEvent>[] {
    const query = "select number, text from journal_events where number > ? order by number limit ?";
    return this.rows<NumberedRow>(query, sequence, limit).map(({ number, text }) => ({
      ...{ number, value: readJournalText<JournalEvent>(text) },
    }));
  }

  addEntry(key: string, entry: JournalEntry): number | undefined {
    const known = this.rows<{ number: number }>("select number from journal_entries where key = ?", key);
    if (known.length > 0) return undefined;
    this.storage.sql.exec("insert into journal_entries (key, text) values (?, ?)", key, journalText(entry));
    return this.lastEntry();
  }

  lastEntry(): number {
    return this.last("select coalesce(max(number), 0) as last from journal_entries");
  }

  entry(number: number): JournalEntry {
    const [row] = this.rows<TextRow>("select text from journal_entries where number = ?", number);
    return readJournalText<JournalEntry>(row.text);
  }

  entriesAfter(number: number, limit: number): readonly Numbered<JournalEntry>[] {
    const query = "select number, text from journal_entries where number > ? order by number limit ?";
    return this.rows<NumberedRow>(query, number, limit).map(({ number: each, text }) => ({
      ...{ number: each, value: readJournalText<JournalEntry>(text) },
    }));
  }

  private orders(query: string, ...values: SqlStorageValue[]): JournalOrder[] {
    return this.rows<TextRow>(query, ...values).map(({ text }) => readJournalText<JournalOrder>(text));
  }

  private last(query: string): number {
    return this.rows<{ last: number }>(query)[0].last;
  }

  private rows<T extends Record<string, SqlStorageValue>>(query: string, ...values: SqlStorageValue[]): T[] {
    return this.storage.sql.exec<T>(query, ...values).toArray();
  }
}
