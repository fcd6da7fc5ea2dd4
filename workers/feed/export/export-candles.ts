import type { CandleColumns } from "../../core/candle/candle.ts";
import { joinCandles } from "../../core/candle/candle.ts";
import { encodeArrow } from "../arrow-candles.ts";
import { ParquetCandles } from "./parquet-candles.ts";

export type ExportFormat = "csv" | "arrow" | "parquet";

/** Type of each format for the `Content-Type` header. */
export const EXPORT_CONTENT_TYPE: Readonly<Record<ExportFormat, string>> = {
  csv: "text/csv; charset=utf-8",
  arrow: "application/vnd.apache.arrow.file",
  parquet: "application/vnd.apache.parquet",
};

/**
 * Most candles of an Arrow export: the file is made whole in memory (48 bytes a candle, twice), which a third of an
 * isolate must hold. CSV and Parquet stream and have no such limit.
 */
export const ARROW_EXPORT_CANDLES_MAX = 450_000;

/** Asked for more candles than the format can be written with. */
export class ExportTooLargeError extends Error {
  constructor(candles: number) {
    super(
      `an Arrow file may have at most ${ARROW_EXPORT_CANDLES_MAX} candles, was more than ${candles}; use Parquet or CSV`,
    );
    this.name = "ExportTooLargeError";
  }
}

/** The bytes of a file of `chunks`, in order, as they come. Throws ExportTooLargeError for Arrow only. */
export function exportCandles(chunks: AsyncIterable<CandleColumns>, format: ExportFormat): AsyncGenerator<Uint8Array> {
  switch (format) {
    case "csv":
      return exportCsv(chunks);
    case "arrow":
      return exportArrow(chunks);
    case "parquet":
      return exportParquet(chunks);
  }
}

/** The same as a stream that reads on only as it is read; cancelling it stops the source. */
export function exportStream(chunks: AsyncIterable<CandleColumns>, format: ExportFormat): ReadableStream<Uint8Array> {
  const bytes = exportCandles(chunks, format);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await bytes.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await bytes.return(undefined);
    },
  });
}

/** Rows made to one piece of text: pieces of about half a megabyte. */
const CSV_ROWS_PER_PIECE = 8_192;

async function* exportCsv(chunks: AsyncIterable<CandleColumns>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode("time,open,high,low,close,volume\n");
  for await (const { length, time, open, high, low, close, volume } of chunks) {
    for (let start = 0; start < length; start += CSV_ROWS_PER_PIECE) {
      const rows: string[] = [];
      for (let i = start; i < Math.min(length, start + CSV_ROWS_PER_PIECE); i++) {
        rows.push(`${isoTime(time[i])},${open[i]},${high[i]},${low[i]},${close[i]},${volume[i]}\n`);
      }
      yield encoder.encode(rows.join(""));
    }
  }
}

/** ISO 8601 in UTC, without the milliseconds that candles never have. */
function isoTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}

async function* exportArrow(chunks: AsyncIterable<CandleColumns>): AsyncGenerator<Uint8Array> {
  const parts: CandleColumns[] = [];
  let candles = 0;
  for await (const chunk of chunks) {
    candles += chunk.length;
    if (candles > ARROW_EXPORT_CANDLES_MAX) throw new ExportTooLargeError(candles);
    parts.push(chunk);
  }
  yield encodeArrow(joinCandles(parts)).slice();
}

async function* exportParquet(chunks: AsyncIterable<CandleColumns>): AsyncGenerator<Uint8Array> {
  const file = new ParquetCandles();
  for await (const chunk of chunks) {
    if (chunk.length > 0) yield file.write(chunk);
  }
  yield file.finish();
}
