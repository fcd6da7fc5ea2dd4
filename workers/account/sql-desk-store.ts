import { OrderVerdict } from "../../schema/wire/trading.ts";
import { isReserved } from "../core/order/desk-order.ts";
import type { ClientOrderId } from "../core/order/order-id.ts";
import { orderText, parseOrder } from "../core/order/order-text.ts";
import type { DeskStore, StoredEvent, StoredOrder, TradePart } from "./desk-store.ts";

/** Tables of a desk in the storage of its object. STRICT: a value of another kind than its column's is refused. */
const TABLES = [
  `create table if not exists document_parts (
    name text not null, part integer not null, text text not null, primary key (name, part)
  ) strict, without rowid`,
  `create table if not exists orders (
    id text primary key, bot text not null, instrument text not null, reserved integer not null,
    body text not null, verdict text, created_at integer not null, updated_at integer not null,
    sequence integer not null
  ) strict`,
  "create index if not exists orders_reserved on orders (reserved) where reserved = 1",
  "create index if not exists orders_by_change on orders (sequence)",
  "create table if not exists venue_orders (venue_id text primary key, id text not null) strict, without rowid",
  `create table if not exists order_events (
    sequence integer primary key autoincrement, at integer not null, bot text not null, order_id text not null,
    event text not null, state text not null, detail text not null
  ) strict`,
  "create index if not exists order_events_by_order on order_events (order_id, sequence)",
  "create index if not exists order_events_by_bot on order_events (bot, sequence)",
  "create index if not exists order_events_of_fills on order_events (sequence) where event = 'fill'",
  `create table if not exists ledger_events (
    id text primary key, sequence integer not null, text text not null
  ) strict, without rowid`,
  `create table if not exists trade_parts (
    sequence integer primary key autoincrement, trade text not null, bot text not null, instrument text not null,
    text text not null
  ) strict`,
  "create index if not exists trade_parts_by_trade on trade_parts (trade)",
  "create table if not exists equity_points (at integer primary key, equity real not null) strict",
  "create unique index if not exists ledger_events_in_order on ledger_events (sequence)",
] as const;

/** Characters of a row: the platform keeps values of at most two megabytes, and books with many open lots are longer. */
const PART_CHARACTERS = 500_000;

const HOUR_MS = 3_600_000;
/** How long equity is kept by the minute. */
const FINE_EQUITY_MS = 48 * HOUR_MS;

type Row = Record<string, SqlStorageValue>;
type OrderRow = { body: string; verdict: string | null; created_at: number; updated_at: number };
type EventRow = {
  sequence: number;
  at: number;
  bot: string;
  order_id: string;
  event: string;
  state: string;
  detail: string;
};

/** The store of a desk in an object's SQLite. */
export class SqlDeskStore implements DeskStore {
  private readonly storage: DurableObjectStorage;
  /** No event of a bot is behind this one: fifty bots ask with each candle. A write that is taken back leaves it too high, never too low. */
  private readonly newest = new Map<string, number>();

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    for (const table of TABLES) storage.sql.exec(table);
    this.takeOverDocuments();
  }

  /** Accounts that were made while a document was one row. */
  private takeOverDocuments(): void {
    const query = "select name from sqlite_master where type = 'table' and name = 'documents'";
    if (this.rows<{ name: string }>(query).length === 0) return;
    this.transaction(() => {
      this.storage.sql.exec("insert into document_parts (name, part, text) select name, 0, text from documents");
      this.storage.sql.exec("drop table documents");
    });
  }

  transaction<T>(act: () => T): T {
    return this.storage.transactionSync(act);
  }

  sync(): Promise<void> {
    return this.storage.sync();
  }

  read(name: string): string | undefined {
    const parts = this.rows<{ text: string }>("select text from document_parts where name = ? order by part", name);
    return parts.length === 0 ? undefined : parts.map(({ text }) => text).join("");
  }

  write(name: string, text: string): void {
    const { sql } = this.storage;
    const parts = Math.max(1, Math.ceil(text.length / PART_CHARACTERS));
    for (let part = 0; part < parts; part++) {
      const own = text.slice(part * PART_CHARACTERS, (part + 1) * PART_CHARACTERS);
      sql.exec("insert or replace into document_parts (name, part, text) values (?, ?, ?)", name, part, own);
    }
    sql.exec("delete from document_parts where name = ? and part >= ?", name, parts);
  }

  order(id: ClientOrderId): StoredOrder | undefined {
    return this.orders("where id = ?", id)[0];
  }

  reservedOrders(): readonly StoredOrder[] {
    return this.orders("where reserved = 1 order by created_at, rowid");
  }

  orderOfVenue(venueOrderId: string): StoredOrder | undefined {
    const row = this.rows<{ id: string }>("select id from venue_orders where venue_id = ?", venueOrderId)[0];
    return row === undefined ? undefined : this.order(row.id as ClientOrderId);
  }

  /** Orders that changed after `sequence`, in the order of their last change: what lists elsewhere still lack. */
  changedAfter(sequence: number, limit: number): { readonly sequence: number; readonly stored: StoredOrder }[] {
    const query = "select * from orders where sequence > ? order by sequence limit ?";
    return this.rows<OrderRow & { sequence: number }>(query, sequence, limit).map((row) => ({
      sequence: row.sequence,
      stored: readOrder(row),
    }));
  }

  putOrder({ order, verdict, createdAt, updatedAt }: StoredOrder): void {
    this.storage.sql.exec(
      `insert into orders (id, bot, instrument, reserved, body, verdict, created_at, updated_at, sequence)
       values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, (select coalesce(max(sequence), 0) + 1 from orders))
       on conflict (id) do update set reserved = ?4, body = ?5, updated_at = ?8,
         sequence = (select coalesce(max(sequence), 0) + 1 from orders)`,
      ...[order.id, order.bot, order.instrument, isReserved(order) ? 1 : 0, orderText(order)],
      ...[verdict === undefined ? null : JSON.stringify(verdict), createdAt, updatedAt],
    );
    for (const venueId of order.venueOrderIds) {
      this.storage.sql.exec("insert or ignore into venue_orders (venue_id, id) values (?, ?)", venueId, order.id);
    }
  }

  appendEvent({ at, bot, order, event, state, detail }: Omit<StoredEvent, "sequence">): number {
    const query = `insert into order_events (at, bot, order_id, event, state, detail)
      values (?, ?, ?, ?, ?, ?) returning sequence`;
    const { sequence } = this.rows<{ sequence: number }>(query, at, bot, order, event, state, detail)[0];
    this.newest.set(bot, sequence);
    return sequence;
  }

  eventsAfter(sequence: number, limit: number, bot?: string): readonly StoredEvent[] {
    if (bot === undefined) {
      const query = "select * from order_events where sequence > ? order by sequence limit ?";
      return this.rows<EventRow>(query, sequence, limit).map(readEvent);
    }
    if ((this.newest.get(bot) ?? Number.POSITIVE_INFINITY) <= sequence) return [];
    const query = "select * from order_events where bot = ? and sequence > ? order by sequence limit ?";
    const events = this.rows<EventRow>(query, bot, sequence, limit).map(readEvent);
    if (events.length === 0) this.newest.set(bot, sequence);
    return events;
  }

  /** Number of the newest event; zero before the first. */
  lastEventSequence(): number {
    return this.rows<{ last: number | null }>("select max(sequence) as last from order_events")[0]?.last ?? 0;
  }

  eventsOfOrder(id: ClientOrderId): readonly StoredEvent[] {
    return this.rows<EventRow>("select * from order_events where order_id = ? order by sequence", id).map(readEvent);
  }

  isBooked(id: string): boolean {
    return this.rows("select 1 from ledger_events where id = ?", id).length > 0;
  }

  book(id: string, text: string): void {
    const query = `insert into ledger_events (id, sequence, text)
      values (?, (select coalesce(max(sequence), 0) + 1 from ledger_events), ?)`;
    this.storage.sql.exec(query, id, text);
  }

  booked(id: string): string | undefined {
    return this.rows<{ text: string }>("select text from ledger_events where id = ?", id)[0]?.text;
  }

  addTradePart({ trade, bot, instrument, text }: TradePart): void {
    const query = "insert into trade_parts (trade, bot, instrument, text) values (?, ?, ?, ?)";
    this.storage.sql.exec(query, trade, bot, instrument, text);
  }

  /** Trades with parts after `sequence`, each with all its parts; `sequence` is that of the last part seen. */
  tradesAfter(sequence: number, limit: number): { readonly sequence: number; readonly parts: readonly TradePart[] }[] {
    const fresh = this.rows<{ trade: string; last: number }>(
      `select trade, max(sequence) as last from trade_parts where sequence > ?
       group by trade order by last limit ?`,
      ...[sequence, limit],
    );
    const query = "select trade, bot, instrument, text from trade_parts where trade = ? order by sequence";
    return fresh.map(({ trade, last }) => ({ sequence: last, parts: this.rows<TradePart & Row>(query, trade) }));
  }

  /** Keeps the account's equity of a minute; points older than two days are thinned to one an hour. */
  keepEquity(at: number, equity: number): void {
    this.storage.sql.exec("insert or replace into equity_points (at, equity) values (?, ?)", at, equity);
    if (at % HOUR_MS !== 0) return;
    const query = "delete from equity_points where at < ? and at % ? <> 0";
    this.storage.sql.exec(query, at - FINE_EQUITY_MS, HOUR_MS);
  }

  dropEquityAfter(at: number): void {
    this.storage.sql.exec("delete from equity_points where at > ?", at);
  }

  lastEquityAt(): number | undefined {
    return this.rows<{ at: number | null }>("select max(at) as at from equity_points")[0]?.at ?? undefined;
  }

  equitySince(from: number, limit: number): { at: number; equity: number }[] {
    const query = "select at, equity from equity_points where at >= ? order by at desc limit ?";
    return this.rows<{ at: number; equity: number }>(query, from, limit).reverse();
  }

  /** Events of fills, the newest first. */
  lastFills(limit: number): readonly StoredEvent[] {
    const query = "select * from order_events where event = 'fill' order by sequence desc limit ?";
    return this.rows<EventRow>(query, limit).map(readEvent);
  }

  /** Booked events after `sequence`, in the order they were booked. */
  bookedAfter(sequence: number, limit: number): { readonly sequence: number; readonly text: string }[] {
    const query = "select sequence, text from ledger_events where sequence > ? order by sequence limit ?";
    return this.rows<{ sequence: number; text: string }>(query, sequence, limit);
  }

  /** Verdicts, the newest first, before an order's change where given. */
  verdicts(input: { before: number | undefined; denied: boolean | undefined; limit: number }) {
    const conditions = ["verdict is not null"];
    const values: number[] = [];
    if (input.before !== undefined) conditions.push(`rowid < ?${values.push(input.before)}`);
    if (input.denied !== undefined)
      conditions.push(`json_extract(verdict, '$.verdict') ${input.denied ? "=" : "<>"} 'denied'`);
    const query = `select rowid as place, * from orders where ${conditions.join(" and ")} order by rowid desc limit ?${values.push(input.limit)}`;
    return this.rows<OrderRow & { place: number }>(query, ...values).map((row) => ({
      place: row.place,
      stored: readOrder(row),
    }));
  }

  private orders(where: string, ...values: string[]): StoredOrder[] {
    return this.rows<OrderRow>(`select * from orders ${where}`, ...values).map(readOrder);
  }

  private rows<T extends Record<string, SqlStorageValue>>(query: string, ...values: (string | number)[]): T[] {
    return this.storage.sql.exec<T>(query, ...values).toArray();
  }
}

function readOrder(row: OrderRow): StoredOrder {
  return {
    order: parseOrder(row.body),
    verdict: row.verdict === null ? undefined : OrderVerdict.parse(JSON.parse(row.verdict)),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function readEvent(row: EventRow): StoredEvent {
  const { sequence, at, bot, event, detail } = row;
  const state = row.state as StoredEvent["state"];
  return { sequence, at, bot, order: row.order_id as ClientOrderId, event, state, detail };
}
