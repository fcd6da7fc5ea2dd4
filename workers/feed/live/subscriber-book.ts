import type { MarketSubscriber } from "./market-port.ts";

/** Listeners of one market: accounts and bots of a deployment on one instrument, and an error far beyond. */
export const SUBSCRIBERS_MAX = 5_000;

/** A listener, and how far it has been told. */
export interface Subscription extends MarketSubscriber {
  readonly ownerId: string;
  /** Number of the call that it took last. */
  readonly sequence: number;
  /** Instant up to which it was told, and up to which the call on its way tells; the market's time, UTC ms. */
  readonly told: number;
  readonly telling: number | null;
  /** Since when it fails, how often in a row, and when it is tried again: real time. */
  readonly failingSince: number | null;
  readonly failures: number;
  readonly retryAt: number;
}

type Row = {
  [key: string]: SqlStorageValue;
  name: string;
  binding: string;
  owner_id: string;
  instruments: string;
  sequence: number;
  told: number;
  telling: number | null;
  failing_since: number | null;
  failures: number;
  retry_at: number;
};

/** Pause before a listener that failed is called again; doubles up to the next. */
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 60_000;

/** Who listens to a market, in the object's own tables: a restart loses nobody and repeats at most the last call. */
export class SubscriberBook {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
  }

  /** Makes the table where it is not there. Comes before anything else. */
  open(): void {
    this.sql.exec(`create table if not exists subscribers (
      name text primary key, binding text not null, owner_id text not null, instruments text not null,
      sequence integer not null, told integer not null, telling integer,
      failing_since integer, failures integer not null default 0, retry_at integer not null default 0)`);
  }

  /**
   * Adds a listener that is told everything from `told` on, in calls after `sequence`. One that is known keeps its place, and
   * the instruments that it named before.
   */
  add(call: { ownerId: string; subscriber: MarketSubscriber; told: number; sequence?: number }): void {
    const { ownerId, subscriber, told, sequence = 0 } = call;
    const { name, binding } = subscriber;
    const [known] = this.sql.exec<Pick<Row, "instruments">>("select instruments from subscribers where name = ?", name);
    if (known === undefined && this.size >= SUBSCRIBERS_MAX) {
      throw new Error(`a market has at most ${SUBSCRIBERS_MAX} listeners`);
    }
    const before = known === undefined ? [] : (JSON.parse(known.instruments) as string[]);
    const instruments = JSON.stringify([...new Set([...before, ...subscriber.instruments])]);
    this.sql.exec(
      `insert into subscribers (name, binding, owner_id, instruments, sequence, told) values (?, ?, ?, ?, ?, ?)
       on conflict (name) do update set instruments = excluded.instruments, failing_since = null, failures = 0, retry_at = 0`,
      ...[name, binding, ownerId, instruments, sequence, told],
    );
  }

  /** Forgets a listener, where it is the owner's. */
  remove({ ownerId, name }: { ownerId: string; name: string }): void {
    this.sql.exec("delete from subscribers where name = ? and owner_id = ?", name, ownerId);
  }

  /** All listeners, venues before bots. */
  list(): Subscription[] {
    const rows = this.sql.exec<Row>("select * from subscribers order by binding = 'BOT', name").toArray();
    return rows.map((row) => ({
      name: row.name,
      binding: row.binding === "BOT" ? "BOT" : "PAPER",
      ownerId: row.owner_id,
      instruments: JSON.parse(row.instruments) as string[],
      sequence: row.sequence,
      told: row.told,
      telling: row.telling,
      failingSince: row.failing_since,
      failures: row.failures,
      retryAt: row.retry_at,
    }));
  }

  get size(): number {
    return this.sql.exec<{ count: number }>("select count(*) as count from subscribers").one().count;
  }

  /** Notes what the next call tells before it is sent, so that a repeat of it after a restart is the same call. */
  markTelling(name: string, to: number): void {
    this.sql.exec("update subscribers set telling = ? where name = ?", to, name);
  }

  /** The listener has taken everything up to `to`; `sequence` is the number of the call, or its last where there was none. */
  markTold(name: string, { to, sequence }: { to: number; sequence: number }): void {
    this.sql.exec(
      `update subscribers set told = ?, sequence = ?, telling = null, failing_since = null, failures = 0, retry_at = 0
       where name = ?`,
      ...[to, sequence, name],
    );
  }

  /** The listener could not be told; it is tried again after a pause that grows. */
  markFailed({ name, failures, failingSince }: Subscription, nowMs: number): void {
    const pause = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.min(failures, 10));
    this.sql.exec(
      "update subscribers set failing_since = ?, failures = ?, retry_at = ? where name = ?",
      ...[failingSince ?? nowMs, failures + 1, nowMs + pause, name],
    );
  }
}
