import type { DataReport } from "../../../schema/wire/dataset.ts";
import type { CandleColumns } from "../../core/candle/candle.ts";
import { emptyCandles } from "../../core/candle/candle.ts";
import { CandleCheck } from "../../core/candle/candle-check.ts";
import { CandleCoverage } from "../../core/candle/candle-coverage.ts";
import { findGaps } from "../../core/candle/candle-gap.ts";
import type { Timeframe } from "../../core/candle/timeframe.ts";
import { candleOpen, DAY_MS, HOUR_MS, MINUTE_MS, timeframeMs } from "../../core/candle/timeframe.ts";
import { detectTimeframe } from "../../core/candle/timeframe-detect.ts";
import type { TradingCalendar } from "../../core/candle/trading-calendar.ts";
import type { FileStage } from "./byte-ranges.ts";
import type { PriceSide } from "./column-roles.ts";
import { ImportError } from "./import-error.ts";
import { PROBE_ROWS, SORT_ROWS_MAX, UPLOAD_BYTES_MAX } from "./import-limits.ts";
import type { RawRows } from "./raw-rows.ts";
import { areSorted, joinRows, sortRows } from "./raw-rows.ts";
import type { RowSource } from "./row-source.ts";
import { openRows } from "./row-source.ts";

export interface ImportInput {
  readonly stream: ReadableStream<Uint8Array>;
  /** Only for messages; the format is told by the content. */
  readonly fileName: string;
  /** Left out, it is found from the distances of the rows. */
  readonly timeframe?: Timeframe;
  /** Side of files with bid and ask. */
  readonly price: PriceSide;
  /** When the market trades; left out, sessions are inferred from the rows. */
  readonly calendar?: TradingCalendar;
  /** Where a Parquet or Arrow file is held while it is read; the caller removes it from there. */
  readonly stage: FileStage;
  /** Largest file, in bytes; left out, what a Worker takes. */
  readonly bytesMax?: number;
  /** Told often; reading goes on once it is done. */
  readonly onProgress?: (progress: { readonly bytes: number; readonly rows: number }) => void | Promise<void>;
}

/**
 * An import that is being read. Iterate `chunks` to its end, keeping what they hold unpublished; then `report()` says
 * what was found. A throw from the iteration, or leaving it early, means that nothing must be published.
 */
export interface CandleImport {
  /** Known before the first chunk. */
  readonly timeframe: Timeframe;
  /** Checked candles in rising order of time. */
  readonly chunks: AsyncIterable<CandleColumns>;
  /** Throws before `chunks` came to its end. */
  report(): DataReport;
}

/**
 * Reads a file of candles: CSV in its usual layouts, Parquet, Arrow or Feather, plain or gzip. Memory stays bounded
 * whatever the file holds. Throws ImportError here where the file as a whole is wrong, or from the iteration of `chunks`
 * where that shows later.
 */
export async function importCandles(input: ImportInput): Promise<CandleImport> {
  const progress = { bytes: 0, rows: 0 };
  const source = await openRows(input.stream, {
    price: input.price,
    bytesMax: input.bytesMax ?? UPLOAD_BYTES_MAX,
    stage: input.stage,
    onBytes: (bytes) => {
      progress.bytes = bytes;
      return input.onProgress?.(progress);
    },
  });
  const rows = source.rows[Symbol.asyncIterator]();
  try {
    const head = await readHead(rows);
    const timeframe = settleTimeframe(probeTimes(head.parts), input.timeframe);
    const reader = new ImportReader(source, { timeframe, calendar: input.calendar });
    if (head.sorted) reader.notes.push("Rows were not in order of time and were sorted.");
    const chunks = reader.read(inOrder(head.parts, rows), (count) => {
      progress.rows = count;
      return input.onProgress?.(progress);
    });
    return { timeframe, chunks, report: () => reader.report() };
  } catch (error) {
    await rows.return?.(undefined);
    throw error;
  }
}

interface Head {
  /** In order of time; taken out as they are read, so that nothing holds what was handed on. */
  readonly parts: RawRows[];
  readonly sorted: boolean;
}

/** Reads until the file or the room for sorting ends; rows in no order are sorted if all of them are here. */
async function readHead(rows: AsyncIterator<RawRows>): Promise<Head> {
  const parts: RawRows[] = [];
  let length = 0;
  let ended = false;
  while (length <= SORT_ROWS_MAX) {
    const { done, value } = await rows.next();
    if (done === true) {
      ended = true;
      break;
    }
    parts.push(value);
    length += value.length;
  }
  if (length === 0) throw new ImportError("empty-file", "the file has a header but no rows");
  // Joined only where they must be: that takes the memory a second time.
  if (areSorted(parts)) return { parts, sorted: false };
  if (ended) return { parts: [sortRows(joinRows(parts))], sorted: true };
  throw new ImportError(
    "unsorted",
    `rows must be in order of time in files of more than ${SORT_ROWS_MAX} rows; sort the file by time, oldest first`,
  );
}

/** The rows of the head, which is emptied, and all that follow; closes `rest`. */
async function* inOrder(parts: RawRows[], rest: AsyncIterator<RawRows>): AsyncGenerator<RawRows> {
  try {
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) yield part;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.(undefined);
  }
}

/** The rows that tell the timeframe, with a readable time or without. */
function probeTimes(parts: readonly RawRows[]): Float64Array {
  const times = new Float64Array(PROBE_ROWS);
  let length = 0;
  for (const part of parts) {
    const taken = part.time.subarray(0, Math.min(part.length, PROBE_ROWS - length));
    times.set(taken, length);
    length += taken.length;
  }
  return times.subarray(0, length).filter((time) => !Number.isNaN(time));
}

function settleTimeframe(times: Float64Array, asked: Timeframe | undefined): Timeframe {
  const found = detectTimeframe(times, times.length);
  if (found.type === "found") {
    if (asked === undefined || timeframeMs(asked) <= timeframeMs(found.timeframe)) return asked ?? found.timeframe;
    throw new ImportError(
      "timeframe-unknown",
      `timeframe must be that of the rows, ${found.timeframe}, was ${asked}; import as ${found.timeframe}, larger candles are made from it`,
      { field: "timeframe" },
    );
  }
  if (asked !== undefined) return asked;
  if (found.type === "too-few") {
    if (times.length === 0) {
      throw new ImportError(
        "no-candles",
        "no row has a readable time; write times as 2024-01-31T09:30:00Z, 2024-01-31 or an epoch in seconds or milliseconds",
        { field: "time", row: 1 },
      );
    }
    throw new ImportError("timeframe-unknown", "one row does not show its timeframe; say which it is, such as 1d", {
      field: "timeframe",
    });
  }
  throw new ImportError(
    "timeframe-unknown",
    `rows must be 1m to 1w apart as one of the timeframes, most were ${Math.round(found.stepMs / 1000)} s apart`,
    { field: "timeframe" },
  );
}

/**
 * Daily files stamp a day with its UTC midnight, with the session's open, or with midnight where the exchange is, which
 * in the East is the afternoon before. From 14:45 on a stamp means the next day; the earlier ones mean their own.
 */
const DAY_STAMP_LEAD_MS = 9 * HOUR_MS + 15 * MINUTE_MS;

/** Weeks are stamped with Monday, or with the Saturday or Sunday before. */
const WEEK_STAMP_LEAD_MS = 2 * DAY_MS;

class ImportReader {
  readonly notes: string[] = [];
  private readonly source: RowSource;
  private readonly timeframe: Timeframe;
  private readonly calendar?: TradingCalendar;
  private readonly check: CandleCheck;
  private readonly coverage: CandleCoverage;
  private moved = 0;
  private ended = false;

  constructor(
    source: RowSource,
    { timeframe, calendar }: { readonly timeframe: Timeframe; readonly calendar?: TradingCalendar },
  ) {
    this.source = source;
    this.timeframe = timeframe;
    this.calendar = calendar;
    this.check = new CandleCheck({ timeframe });
    this.coverage = new CandleCoverage(timeframe);
  }

  async *read(
    parts: AsyncGenerator<RawRows>,
    onRows: (count: number) => void | Promise<void>,
  ): AsyncGenerator<CandleColumns> {
    for await (const rows of parts) {
      const kept = this.keep(rows);
      await onRows(this.check.rows);
      if (kept.length > 0) yield kept;
    }
    if (this.coverage.candles === 0) throw this.nothingKept();
    this.ended = true;
  }

  report(): DataReport {
    if (!this.ended) throw new Error("the report is known once every chunk was read");
    const gaps = findGaps(this.coverage, this.calendar);
    const { roles, format, timeNotes } = this.source;
    return {
      layout: `${format}, ${roles.layout}`,
      rowsRead: this.check.rows,
      rowsKept: this.coverage.candles,
      timeframe: this.timeframe,
      from: this.coverage.first,
      to: this.coverage.last + timeframeMs(this.timeframe),
      gapCount: gaps.gapCount,
      gapCandles: gaps.gapCandles,
      gaps: [...gaps.gaps],
      duplicates: this.check.duplicates,
      badRows: this.check.broken.map(({ rule, count, rows }) => ({ rule, count, rows: [...rows] })),
      notes: [
        ...roles.notes,
        ...this.notes,
        ...(timeNotes.zoneAssumed ? ["Times name no zone and were taken for UTC."] : []),
        ...(this.moved > 0 ? [`${this.moved} times were moved to the start of their ${this.periodName()}.`] : []),
        ...gaps.notes,
      ],
    };
  }

  private keep(rows: RawRows): CandleColumns {
    if (timeframeMs(this.timeframe) < DAY_MS) return this.checked(rows);
    const lead = this.timeframe === "1w" ? WEEK_STAMP_LEAD_MS : DAY_STAMP_LEAD_MS;
    const time = rows.time.subarray(0, rows.length).map((stamp) => {
      if (Number.isNaN(stamp)) return stamp;
      const open = candleOpen(stamp + lead, this.timeframe);
      if (open !== stamp) this.moved++;
      return open;
    });
    return this.checked({ ...rows, time });
  }

  private checked(rows: RawRows): CandleColumns {
    const kept = rows.length === 0 ? emptyCandles(0) : this.check.push(rows, rows.row);
    this.coverage.push(kept);
    return kept;
  }

  private periodName(): string {
    return this.timeframe === "1w" ? "week" : "UTC day";
  }

  private nothingKept(): ImportError {
    const [worst] = [...this.check.broken].sort((a, b) => b.count - a.count);
    return new ImportError(
      "no-candles",
      `no row could be kept: ${worst.count} of ${this.check.rows} broke "${worst.rule}"`,
      {
        row: worst.rows[0],
      },
    );
  }
}
