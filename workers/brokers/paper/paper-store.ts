import type { Price } from "../../core/ledger/decimal.ts";
import { formatDecimal, parsePrice, parseQuantity } from "../../core/ledger/decimal-text.ts";
import type { VenueOrder } from "../../core/ledger/venue-report.ts";

/** An order or a leg as the venue keeps it. */
export interface PaperRow extends VenueOrder {
  readonly clientOrderId: string;
  readonly bot: string;
  /** Revision of its terms that was asked for last. */
  readonly revision: number;
  /** Code of its rejection; empty otherwise. */
  readonly code: string;
  /** Not shown to anybody before this instant of the market's time, UTC ms. */
  readonly shownAt: number;
}

/** Names of single values. */
type RecordName = "account" | "owner" | "faults" | "market" | "pushed" | "cash" | "late";

/** What a paper account keeps, in the storage of its object. The last prices alone may be held in memory for a while. */
export class PaperStore {
  private readonly sql: SqlStorage;
  private marketHeld: number | undefined;
  private readonly marksHeld = new Map<string, MarkColumns>();

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(`create table if not exists records (name text primary key, value text not null) strict;
      create table if not exists books (bot text primary key, terms text not null, state text not null) strict;
      create table if not exists orders (
        number integer primary key autoincrement, id text not null unique, bot text not null, instrument text not null,
        side text not null, quantity text not null, limit_price text, stop_price text, filled text not null,
        status text not null, revision integer not null, code text not null, shown_at integer not null, ended integer
      ) strict;
      create index if not exists orders_by_end on orders (ended);
      create index if not exists orders_by_showing on orders (shown_at);
      create table if not exists entries (number integer primary key autoincrement, text text not null) strict;
      create table if not exists events (sequence integer primary key autoincrement, text text not null) strict;
      create table if not exists holdings (instrument text primary key, quantity text not null) strict;
      create table if not exists marks (
        instrument text primary key, price text not null, at integer not null, heard_at integer not null,
        interval_ms integer not null, until integer not null
      ) strict;`);
  }

  read<T>(name: RecordName): T | undefined {
    const [row] = this.sql.exec<{ value: string }>("select value from records where name = ?", name).toArray();
    return row === undefined ? undefined : (JSON.parse(row.value) as T);
  }

  write(name: RecordName, value: unknown): void {
    this.sql.exec(
      "insert into records (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
      ...[name, JSON.stringify(value)],
    );
  }

  books(): { bot: string; terms: string; state: string }[] {
    return this.sql
      .exec<{ bot: string; terms: string; state: string }>("select bot, terms, state from books order by bot")
      .toArray();
  }

  putBook(book: { bot: string; terms: string; state: string }): void {
    this.sql.exec(
      `insert into books (bot, terms, state) values (?, ?, ?)
      on conflict (bot) do update set terms = excluded.terms, state = excluded.state`,
      ...[book.bot, book.terms, book.state],
    );
  }

  dropBook(bot: string): void {
    this.sql.exec("delete from books where bot = ?", bot);
  }

  order(id: string): PaperRow | undefined {
    const [row] = this.sql.exec<OrderColumns>("select * from orders where id = ?", id).toArray();
    return row === undefined ? undefined : paperRow(row);
  }

  /** Orders that are open, and those that ended after an event. */
  ordersSince(sequence: number): PaperRow[] {
    return this.sql
      .exec<OrderColumns>("select * from orders where ended is null or ended > ? order by number", sequence)
      .toArray()
      .map(paperRow);
  }

  /** Orders that begin to be shown after `from` and by `to`. */
  ordersShown(from: number, to: number): PaperRow[] {
    return this.sql
      .exec<OrderColumns>("select * from orders where shown_at > ? and shown_at <= ? order by number", from, to)
      .toArray()
      .map(paperRow);
  }

  /** Adds an order and answers the venue's name for it. */
  addOrder(row: Omit<PaperRow, "venueOrderId">): string {
    this.sql.exec(
      `insert into orders (id, bot, instrument, side, quantity, limit_price, stop_price, filled, status, revision, code,
        shown_at, ended)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[row.clientOrderId, row.bot, row.instrument, row.side, formatDecimal(row.quantity)],
      ...[textOf(row.limit), textOf(row.stop), formatDecimal(row.filled), row.status, row.revision, row.code],
      row.shownAt,
      row.status === "open" ? null : this.lastEvent(),
    );
    return this.order(row.clientOrderId)?.venueOrderId ?? "";
  }

  /** Writes what may change of an order. An order that ends counts as ended with the last event. */
  putOrder(row: PaperRow): void {
    this.sql.exec(
      `update orders set quantity = ?, limit_price = ?, stop_price = ?, filled = ?, status = ?, revision = ?, ended = ?
      where id = ?`,
      ...[formatDecimal(row.quantity), textOf(row.limit), textOf(row.stop), formatDecimal(row.filled), row.status],
      ...[row.revision, row.status === "open" ? null : this.lastEvent(), row.clientOrderId],
    );
  }

  addEntry(text: string): number {
    this.sql.exec("insert into entries (text) values (?)", text);
    return this.lastEntry();
  }

  lastEntry(): number {
    return this.sql.exec<{ last: number }>("select coalesce(max(number), 0) as last from entries").one().last;
  }

  entry(number: number): string {
    return this.sql.exec<{ text: string }>("select text from entries where number = ?", number).one().text;
  }

  entriesAfter(number: number, limit: number): { number: number; text: string }[] {
    return this.sql
      .exec<{ number: number; text: string }>(
        "select number, text from entries where number > ? order by number limit ?",
        ...[number, limit],
      )
      .toArray();
  }

  addEvent(text: string): number {
    this.sql.exec("insert into events (text) values (?)", text);
    return this.lastEvent();
  }

  lastEvent(): number {
    return this.sql.exec<{ last: number }>("select coalesce(max(sequence), 0) as last from events").one().last;
  }

  eventsAfter(sequence: number, limit: number): { sequence: number; text: string }[] {
    return this.sql
      .exec<{ sequence: number; text: string }>(
        "select sequence, text from events where sequence > ? order by sequence limit ?",
        ...[sequence, limit],
      )
      .toArray();
  }

  holdings(): { instrument: string; quantity: string }[] {
    return this.sql
      .exec<{ instrument: string; quantity: string }>("select instrument, quantity from holdings order by instrument")
      .toArray();
  }

  putHolding(instrument: string, quantity: string): void {
    this.sql.exec(
      "insert into holdings (instrument, quantity) values (?, ?) on conflict (instrument) do update set quantity = excluded.quantity",
      ...[instrument, quantity],
    );
  }

  marks(): MarkColumns[] {
    const stored = this.sql.exec<MarkColumns>("select * from marks order by instrument").toArray();
    const fresh = stored.filter(({ instrument }) => !this.marksHeld.has(instrument));
    return [...fresh, ...this.marksHeld.values()].sort((left, right) => (left.instrument < right.instrument ? -1 : 1));
  }

  /** The market's time, UTC ms; undefined before its first price. */
  marketAt(): number | undefined {
    return this.marketHeld ?? this.read<number>("market");
  }

  /** Holds the market's time and a price, in memory until `storePrices`. */
  holdMarket(at: number): void {
    this.marketHeld = at;
  }

  holdMark(mark: MarkColumns): void {
    this.marksHeld.set(mark.instrument, mark);
  }

  storePrices(): void {
    if (this.marketHeld !== undefined) this.write("market", this.marketHeld);
    for (const mark of this.marksHeld.values()) this.putMark(mark);
    this.forgetPrices();
  }

  /** What is held is gone, as if the process had ended. */
  forgetPrices(): void {
    this.marketHeld = undefined;
    this.marksHeld.clear();
  }

  private putMark({ instrument, price, at, heard_at, interval_ms, until }: MarkColumns): void {
    this.sql.exec(
      `insert into marks (instrument, price, at, heard_at, interval_ms, until) values (?, ?, ?, ?, ?, ?)
      on conflict (instrument) do update set price = excluded.price, at = excluded.at, heard_at = excluded.heard_at,
        interval_ms = excluded.interval_ms, until = excluded.until`,
      ...[instrument, price, at, heard_at, interval_ms, until],
    );
  }
}

/** The last price of an instrument; slices that begin before `until` (the market's time, UTC ms) were met. */
export type MarkColumns = {
  instrument: string;
  price: string;
  at: number;
  heard_at: number;
  interval_ms: number;
  until: number;
};

type OrderColumns = {
  number: number;
  id: string;
  bot: string;
  instrument: string;
  side: string;
  quantity: string;
  limit_price: string | null;
  stop_price: string | null;
  filled: string;
  status: string;
  revision: number;
  code: string;
  shown_at: number;
};

function paperRow(row: OrderColumns): PaperRow {
  const { number, id, bot, instrument, side, quantity, filled, status, revision, code } = row;
  return {
    clientOrderId: id,
    venueOrderId: `p${number}`,
    bot,
    instrument,
    side: side === "buy" ? "buy" : "sell",
    quantity: parseQuantity(quantity, "order.quantity"),
    limit: priceOf(row.limit_price),
    stop: priceOf(row.stop_price),
    filled: parseQuantity(filled, "order.filled"),
    status: status as PaperRow["status"],
    revision,
    code,
    shownAt: row.shown_at,
  };
}

function priceOf(text: string | null): Price | undefined {
  return text === null ? undefined : parsePrice(text, "order.price");
}

function textOf(price: Price | undefined): string | null {
  return price === undefined ? null : formatDecimal(price);
}
