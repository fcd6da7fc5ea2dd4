/** A closed minute: `[time, open, high, low, close, volume]`. */
export type MinuteRow = readonly [number, number, number, number, number, number];

/** Minutes that are kept: a month, so that a bot's warm-up is read once. */
export const MINUTES_KEPT_MAX = 45_000;

/** Stretch of time `[from, to)` of which every closed minute is kept, UTC ms. */
export interface Coverage {
  readonly from: number;
  readonly to: number;
}

/** Closed minutes of one instrument, without holes in between. */
export interface MinuteStore {
  readonly coverage: Coverage | undefined;
  /** Forgets everything and begins at `from`. */
  restart(from: number): void;
  /** Adds minutes before the first; all from `from` on are among them. */
  putBefore(rows: readonly MinuteRow[], from: number): void;
  /** Adds minutes after the last; all before `to` are among them. */
  putAfter(rows: readonly MinuteRow[], to: number): void;
  rows(from: number, limit: number): MinuteRow[];
  last(): MinuteRow | undefined;
}

type Row = { time: number; open: number; high: number; low: number; close: number; volume: number };
const COVERAGE = "coverage";

/** Minutes in the storage of the market's object. */
export class SqlMinutes implements MinuteStore {
  private readonly storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    storage.sql.exec(`create table if not exists minutes (
      time integer primary key, open real not null, high real not null, low real not null, close real not null,
      volume real not null
    ) strict`);
  }

  get coverage(): Coverage | undefined {
    return this.storage.kv.get<Coverage>(COVERAGE);
  }

  restart(from: number): void {
    this.storage.transactionSync(() => {
      this.storage.sql.exec("delete from minutes");
      this.storage.kv.put(COVERAGE, { from, to: from });
    });
  }

  putBefore(rows: readonly MinuteRow[], from: number): void {
    const { to } = this.coverage ?? { to: from };
    this.put(rows, { from, to });
  }

  putAfter(rows: readonly MinuteRow[], to: number): void {
    const { from } = this.coverage ?? { from: to };
    this.put(rows, { from, to });
  }

  private put(rows: readonly MinuteRow[], coverage: Coverage): void {
    const { sql, kv } = this.storage;
    this.storage.transactionSync(() => {
      for (const row of rows) sql.exec("insert or replace into minutes values (?, ?, ?, ?, ?, ?)", ...row);
      kv.put(COVERAGE, coverage);
      this.prune(coverage);
    });
  }

  /** Keeps the newest. */
  private prune({ to }: Coverage): void {
    const { sql, kv } = this.storage;
    const [first] = sql.exec<{ time: number }>(
      "select time from minutes order by time desc limit 1 offset ?",
      MINUTES_KEPT_MAX,
    );
    if (first === undefined) return;
    sql.exec("delete from minutes where time <= ?", first.time);
    kv.put(COVERAGE, { from: first.time + 60_000, to });
  }

  rows(from: number, limit: number): MinuteRow[] {
    const { to } = this.coverage ?? { to: from };
    const found = this.storage.sql.exec<Row>(
      "select * from minutes where time >= ? and time < ? order by time limit ?",
      ...[from, to, limit],
    );
    return found.toArray().map(rowOf);
  }

  last(): MinuteRow | undefined {
    const [row] = this.storage.sql.exec<Row>("select * from minutes order by time desc limit 1");
    return row === undefined ? undefined : rowOf(row);
  }
}

function rowOf({ time, open, high, low, close, volume }: Row): MinuteRow {
  return [time, open, high, low, close, volume];
}
