import { SIGNALS_KEPT_MAX, type Signal, type SignalState } from "../../schema/wire/signal.ts";
import { count } from "../metrics/meter.ts";
import { RETENTION } from "../privacy/retention.ts";
import type { RepeatKey } from "./judge-signal.ts";

/** A signal that is written down. */
export interface NewSignal
  extends Pick<
    Signal,
    "id" | "at" | "sentAt" | "barAt" | "wish" | "instrument" | "terms" | "state" | "reason" | "replayOf"
  > {
  /** By what a repeat of it is known; null where it was not taken. */
  readonly key: string | null;
}

/** A signal that waits for its turn. `moment` names its orders as the open of a candle does, and is its alone. */
export type WaitingSignal = Signal & { readonly moment: number };

interface Row extends Record<string, SqlStorageValue> {
  sequence: number;
  id: string;
  at: number;
  sent_at: number | null;
  bar_at: number | null;
  moment: number;
  wish: string | null;
  instrument: string | null;
  terms: string;
  state: string;
  reason: string | null;
  settled_at: number | null;
  replay_of: string | null;
}

/** The signals of a bot in its object's storage, each written down before its sender is answered. Synchronous. */
export class SignalStore {
  private readonly storage: DurableObjectStorage;
  /** There are none, as far as it was looked at: most bots go by rules of their own, and each pass asks several times. */
  private isEmpty: boolean | undefined;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    const { sql } = storage;
    sql.exec(`create table if not exists signals (
      sequence integer primary key autoincrement, id text not null unique, at integer not null, sent_at integer,
      bar_at integer, moment integer not null, wish text, instrument text, terms text not null, key text,
      state text not null, reason text, settled_at integer, replay_of text) strict`);
    sql.exec("create index if not exists signals_by_key on signals (key, at) where key is not null");
    sql.exec("create index if not exists signals_waiting on signals (sequence) where state = 'received'");
    sql.exec("create table if not exists signal_orders (order_id text primary key, signal text not null) strict");
    sql.exec("create index if not exists orders_of_signal on signal_orders (signal)");
    sql.exec("create table if not exists signatures (signature text primary key, until integer not null) strict");
  }

  add(signal: NewSignal): Signal {
    this.isEmpty = false;
    const { id, at, sentAt, barAt, wish, instrument, terms, key, state, reason, replayOf } = signal;
    const settledAt = state === "received" ? null : at;
    const moment = this.nextMoment(at);
    const { sequence } = this.storage.sql
      .exec<{ sequence: number }>(
        `insert into signals (id, at, sent_at, bar_at, moment, wish, instrument, terms, key, state, reason, settled_at,
         replay_of) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning sequence`,
        ...[id, at, sentAt, barAt, moment, wish, instrument, JSON.stringify(terms), key, state, reason, settledAt],
        replayOf,
      )
      .one();
    count("signals_total", { state });
    if (sequence % 100 === 0) this.prune(at);
    const rest = { sequence, settledAt, orderIds: [], id, at, sentAt, barAt, wish, instrument };
    return { ...rest, terms, state, reason, replayOf };
  }

  /** Never one that was given before, and none at which a candle opens, since orders of candles are named by that. */
  private nextMoment(at: number): number {
    const query = "select moment from signals order by sequence desc limit 1";
    const last = this.storage.sql.exec<{ moment: number }>(query).toArray()[0]?.moment ?? 0;
    const next = Math.max(at, last + 1);
    return next % 1_000 === 0 ? next + 1 : next;
  }

  /** The signal that one with this key repeats. */
  repeated({ key, windowMs, bare }: RepeatKey, { instrument, now }: { instrument: string; now: number }) {
    const { sql } = this.storage;
    const query = bare
      ? `select id, key from signals where key is not null and instrument = ? and at > ? order by sequence desc limit 1`
      : `select id, key from signals where key = ? and at > ? order by sequence limit 1`;
    const [row] = sql.exec<{ id: string; key: string }>(query, bare ? instrument : key, now - windowMs).toArray();
    return row?.key === key ? row.id : undefined;
  }

  get(id: string): Signal | undefined {
    return this.read("select * from signals where id = ?", id)[0];
  }

  /** What is known of the storage is read anew: something else than this wrote to it. */
  forget(): void {
    this.isEmpty = undefined;
  }

  private hasNone(): boolean {
    this.isEmpty ??= this.storage.sql.exec("select 1 from signals limit 1").toArray().length === 0;
    return this.isEmpty;
  }

  waiting(): WaitingSignal[] {
    if (this.hasNone()) return [];
    return this.read("select * from signals where state = 'received' order by sequence");
  }

  /** When the newest came that waits; undefined where none does. */
  newestWaitingAt(): number | undefined {
    if (this.hasNone()) return undefined;
    const query = "select at from signals where state = 'received' order by sequence desc limit 1";
    return this.storage.sql.exec<{ at: number }>(query).toArray()[0]?.at;
  }

  waitingCount(): number {
    const query = "select count(*) as count from signals where state = 'received'";
    return this.storage.sql.exec<{ count: number }>(query).one().count;
  }

  /** Signals before `before`, the newest first. */
  list({
    before,
    limit,
    state,
  }: {
    before: number | undefined;
    limit: number;
    state?: SignalState | undefined;
  }): Signal[] {
    const place = before ?? Number.MAX_SAFE_INTEGER;
    const rows =
      state === undefined
        ? this.read("select * from signals where sequence < ? order by sequence desc limit ?", place, limit)
        : this.read(
            "select * from signals where sequence < ? and state = ? order by sequence desc limit ?",
            place,
            state,
            limit,
          );
    return rows.map(({ moment: _moment, ...signal }) => signal);
  }

  settle(id: string, { state, reason, at }: { state: SignalState; reason: string | null; at: number }): void {
    const query = "update signals set state = ?, reason = ?, settled_at = ? where id = ?";
    this.storage.sql.exec(query, state, reason, at, id);
    count("signals_total", { state });
  }

  addOrders(id: string, orderIds: readonly string[]): void {
    for (const orderId of orderIds) {
      this.storage.sql.exec("insert or ignore into signal_orders (order_id, signal) values (?, ?)", orderId, id);
    }
  }

  /** The signal that an order follows from. */
  ofOrder(orderId: string): string | undefined {
    const query = "select signal from signal_orders where order_id = ?";
    return this.storage.sql.exec<{ signal: string }>(query, orderId).toArray()[0]?.signal;
  }

  /** False where the signature was used before. It is remembered for as long as it could be used again. */
  takeSignature(signature: string, { until, now }: { until: number; now: number }): boolean {
    const { sql } = this.storage;
    sql.exec("delete from signatures where until <= ?", now);
    const query = "insert or ignore into signatures (signature, until) values (?, ?) returning signature";
    return sql.exec(query, signature, until).toArray().length > 0;
  }

  /** Drops what is older than it may be, and all but the newest. What waits stays. */
  prune(now: number): void {
    const { sql } = this.storage;
    sql.exec(
      `delete from signals where state <> 'received'
       and (at <= ? or sequence <= (select max(sequence) from signals) - ?)`,
      now - RETENTION.signals.keptMs,
      SIGNALS_KEPT_MAX,
    );
    sql.exec("delete from signal_orders where signal not in (select id from signals)");
  }

  /** When the oldest has to go, UTC ms; undefined where there is none. */
  pruneDueAt(): number | undefined {
    if (this.hasNone()) return undefined;
    const query = "select at from signals order by sequence limit 1";
    const oldest = this.storage.sql.exec<{ at: number }>(query).toArray()[0];
    return oldest === undefined ? undefined : oldest.at + RETENTION.signals.keptMs;
  }

  private read(query: string, ...bound: SqlStorageValue[]): WaitingSignal[] {
    return this.storage.sql
      .exec<Row>(query, ...bound)
      .toArray()
      .map((row) => ({
        ...{ id: row.id, sequence: row.sequence, at: row.at, sentAt: row.sent_at, barAt: row.bar_at },
        ...{ moment: row.moment, wish: row.wish as Signal["wish"], instrument: row.instrument },
        ...{ terms: JSON.parse(row.terms) as Signal["terms"], state: row.state as SignalState, reason: row.reason },
        ...{ settledAt: row.settled_at, orderIds: this.ordersOf(row.id), replayOf: row.replay_of },
      }));
  }

  private ordersOf(id: string): string[] {
    const query = "select order_id from signal_orders where signal = ? order by rowid";
    return this.storage.sql
      .exec<{ order_id: string }>(query, id)
      .toArray()
      .map((row) => row.order_id);
  }
}
