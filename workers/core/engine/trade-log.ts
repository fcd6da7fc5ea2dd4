import { EXIT_REASONS, type ExitReason } from "../fill/order.ts";
import { type Snapshot, snapshotField, snapshotList, snapshotNumber } from "./snapshot.ts";

/** Most trades that a run keeps: a strategy that trades more is a fault, and memory has an end. */
export const TRADES_MAX = 100_000;

const FIELDS = [
  "instrument",
  "quantity",
  "entryTime",
  "entryPrice",
  "exitTime",
  "exitPrice",
  "fees",
  "profit",
  "mae",
  "mfe",
  "risk",
  "candles",
  "equityBefore",
  "reason",
  "tag",
] as const;
type Field = (typeof FIELDS)[number];

/**
 * What a log keeps of each trade: `all`, the `outcomes` (enough to tell whether two lanes ended a trade alike), or only
 * their `count`. A run has several lanes and its state is stored whole, so each keeps no more than is read of it.
 */
export type TradeKeep = "all" | "outcomes" | "count";
const KEPT: Readonly<Record<TradeKeep, readonly Field[]>> = {
  all: FIELDS,
  outcomes: ["instrument", "entryTime", "entryPrice", "exitTime", "exitPrice", "reason"],
  count: [],
};

/** One closed (or, at the end, still open) trade. `quantity` is signed; `risk` is the loss a unit at the first stop or NaN. */
export interface TradeRow {
  readonly instrument: number;
  readonly quantity: number;
  readonly entryTime: number;
  readonly entryPrice: number;
  readonly exitTime: number;
  readonly exitPrice: number;
  readonly fees: number;
  readonly profit: number;
  /** Worst and best excursions as shares of the entry price, worst <= 0 <= best. */
  readonly mae: number;
  readonly mfe: number;
  readonly risk: number;
  readonly candles: number;
  /** Equity when the trade was entered. */
  readonly equityBefore: number;
  readonly reason: ExitReason;
  readonly tag: string;
}

/** Trades as growing columns: rows of numbers, with tags and reasons as indexes into lists. */
export class TradeLog {
  length = 0;
  /** Sees every trade as it is logged, also of a log that keeps only their count. */
  observer: ((row: TradeRow) => void) | undefined;
  private readonly keep: TradeKeep;
  private columns: Record<Field, Float64Array>;
  private tags: string[] = [];

  constructor(keep: TradeKeep = "all") {
    this.keep = keep;
    this.columns = newColumns(keep, 64);
  }

  push(row: TradeRow): void {
    if (this.length >= TRADES_MAX) {
      throw new RangeError(`trades must be at most ${TRADES_MAX}: the strategy trades too often for these candles`);
    }
    this.observer?.(row);
    if (this.keep !== "count" && this.length === this.columns.reason.length) this.grow();
    const at = this.length++;
    for (const field of KEPT[this.keep]) {
      if (field === "reason") this.columns.reason[at] = EXIT_REASONS.indexOf(row.reason);
      else if (field === "tag") this.columns.tag[at] = this.tagIndex(row.tag);
      else this.columns[field][at] = row[field];
    }
  }

  /** A trade of a log that keeps all of them. */
  at(index: number): TradeRow {
    if (this.keep !== "all") throw new Error(`a log that keeps ${this.keep} has no rows`);
    const { columns } = this;
    return {
      instrument: columns.instrument[index],
      quantity: columns.quantity[index],
      entryTime: columns.entryTime[index],
      entryPrice: columns.entryPrice[index],
      exitTime: columns.exitTime[index],
      exitPrice: columns.exitPrice[index],
      fees: columns.fees[index],
      profit: columns.profit[index],
      mae: columns.mae[index],
      mfe: columns.mfe[index],
      risk: columns.risk[index],
      candles: columns.candles[index],
      equityBefore: columns.equityBefore[index],
      reason: EXIT_REASONS[columns.reason[index]],
      tag: this.tags[columns.tag[index]],
    };
  }

  /** Each trade's entry with how it ended, of a log that keeps at least outcomes. */
  outcomes(): { entry: string; end: string }[] {
    const { instrument, entryTime, entryPrice, exitTime, exitPrice, reason } = this.columns;
    return Array.from({ length: this.length }, (_, i) => ({
      entry: `${instrument[i]} ${entryTime[i]} ${entryPrice[i]}`,
      end: `${exitTime[i]} ${exitPrice[i]} ${reason[i]}`,
    }));
  }

  /** Every column, tags and reasons as indexes, in a fixed order: what a hash of the trades is taken over. */
  allColumns(): Float64Array[] {
    return FIELDS.map((field) => this.columns[field].subarray(0, this.length));
  }

  /** The numbers of one field, one entry a trade, as a view. */
  column(field: Exclude<Field, "reason" | "tag">): Float64Array {
    return this.columns[field].subarray(0, this.length);
  }

  rows(): TradeRow[] {
    return Array.from({ length: this.length }, (_, index) => this.at(index));
  }

  /** The rows of a log that keeps all of them; the log is empty then. */
  takeRows(): TradeRow[] {
    const rows = this.rows();
    this.clear();
    return rows;
  }

  clear(): void {
    this.length = 0;
    this.tags = [];
  }

  snapshot(): Snapshot {
    const columns = KEPT[this.keep].map((field) => this.columns[field].slice(0, this.length));
    return { length: this.length, tags: this.tags, columns };
  }

  restore(snapshot: Snapshot): void {
    this.length = snapshotNumber(snapshot, "length");
    this.tags = [...(snapshotField(snapshot, "tags") as readonly string[])];
    const columns = snapshotList(snapshot, "columns");
    this.columns = newColumns(this.keep, Math.max(64, this.length));
    KEPT[this.keep].forEach((field, index) => {
      this.columns[field].set(columns[index] as Float64Array);
    });
  }

  private tagIndex(tag: string): number {
    const known = this.tags.indexOf(tag);
    return known >= 0 ? known : this.tags.push(tag) - 1;
  }

  private grow(): void {
    const larger = newColumns(this.keep, this.columns.reason.length * 2);
    for (const field of KEPT[this.keep]) larger[field].set(this.columns[field]);
    this.columns = larger;
  }
}

/** Columns of `size` for the fields that are kept, empty ones for the others. */
function newColumns(keep: TradeKeep, size: number): Record<Field, Float64Array> {
  const sizeOf = (field: Field) => (KEPT[keep].includes(field) ? size : 0);
  return Object.fromEntries(FIELDS.map((field) => [field, new Float64Array(sizeOf(field))])) as Record<
    Field,
    Float64Array
  >;
}
