import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import { Readable } from "node:stream";
import type { DataReport } from "../schema/wire/dataset.ts";
import type { CandleColumns } from "../workers/core/candle/candle.ts";
import { joinCandles } from "../workers/core/candle/candle.ts";
import type { Timeframe } from "../workers/core/candle/timeframe.ts";
import { type CandleImport, importCandles } from "../workers/feed/import/import-candles.ts";
import { UPLOAD_BYTES_MAX } from "../workers/feed/import/import-limits.ts";
import { CommandError } from "./command-error.ts";
import { ProgressBar } from "./progress-bar.ts";

export const PRICE_SIDES = ["bid", "mid", "ask"] as const;
export type PriceSide = (typeof PRICE_SIDES)[number];

/** A file of candles as it is read. */
export interface CandleFile {
  readonly path: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly chunks: AsyncIterable<CandleColumns>;
  report(): DataReport;
}

/** Opens a file of candles of any known layout. Throws CommandError where there is no such file. */
export async function openCandles(path: string, price: PriceSide): Promise<CandleFile> {
  const size = fileSize(path);
  const bar = new ProgressBar(`reading ${basename(path)}`, size);
  const stream = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
  const found = await importCandles({
    stream,
    fileName: basename(path),
    price,
    // A terminal has memory that an isolate has not.
    columnFileBytesMax: UPLOAD_BYTES_MAX,
    onProgress: ({ bytes, rows }) => bar.show(bytes, `${rows.toLocaleString("en")} rows`),
  });
  return {
    path,
    symbol: symbolOf(path),
    timeframe: found.timeframe,
    chunks: withBar(found, bar),
    report: () => found.report(),
  };
}

/** All candles of a file. */
export async function allCandles(file: CandleFile): Promise<CandleColumns> {
  const parts: CandleColumns[] = [];
  for await (const chunk of file.chunks) parts.push(chunk);
  return joinCandles(parts);
}

/** Throws CommandError where no candle was fit to be kept; the report of the file says why. */
export function ensureCandles(file: CandleFile): DataReport {
  const report = file.report();
  if (report.rowsKept > 0) return report;
  const rules = report.badRows.map(({ rule, count }) => `${rule} (${count})`).join(", ");
  throw new CommandError(`${file.path}: no row can be used: ${rules || "there are none"}`);
}

async function* withBar(found: CandleImport, bar: ProgressBar): AsyncGenerator<CandleColumns> {
  try {
    yield* found.chunks;
  } finally {
    bar.clear();
  }
}

function fileSize(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new CommandError(`file must exist, was ${path}`);
  if (!stats.isFile()) throw new CommandError(`file must be a file, was the folder ${path}`);
  return stats.size;
}

/** A file's name without its endings, as a symbol. */
function symbolOf(path: string): string {
  return basename(path).replace(/\.(?:csv|gz|parquet|arrow|feather|txt)\b/g, "") || "CANDLES";
}
