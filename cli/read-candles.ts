import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import { Readable } from "node:stream";
import type { DataReport } from "../schema/wire/dataset.ts";
import type { CandleColumns } from "../workers/core/candle/candle.ts";
import { joinCandles } from "../workers/core/candle/candle.ts";
import type { Timeframe } from "../workers/core/candle/timeframe.ts";
import { type CandleImport, importCandles } from "../workers/feed/import/import-candles.ts";
import { CommandError } from "./command-error.ts";
import { LocalStage } from "./local-stage.ts";
import { ProgressBar } from "./progress-bar.ts";

// What a Worker cannot take is converted here. Files are read by parts; the row limit ends sooner than this.
const FILE_BYTES_MAX = 2 * 1024 ** 3;

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
  if (size > FILE_BYTES_MAX) {
    const [most, had] = [FILE_BYTES_MAX, size].map((bytes) => `${Math.ceil(bytes / 1024 ** 2)} MB`);
    throw new CommandError(`${path} must have at most ${most}, was ${had}; split it`);
  }
  const bar = new ProgressBar(`reading ${basename(path)}`, size);
  const stream = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
  const stage = new LocalStage(path);
  const found = await importCandles({
    stream,
    stage,
    fileName: basename(path),
    price,
    bytesMax: FILE_BYTES_MAX,
    onProgress: ({ bytes, rows }) => bar.show(bytes, `${rows.toLocaleString("en")} rows`),
  }).catch((error: unknown) => {
    stage.close();
    throw error;
  });
  return {
    path,
    symbol: symbolOf(path),
    timeframe: found.timeframe,
    chunks: untilEnd(found, { bar, stage }),
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

async function* untilEnd(
  found: CandleImport,
  { bar, stage }: { readonly bar: ProgressBar; readonly stage: LocalStage },
): AsyncGenerator<CandleColumns> {
  try {
    yield* found.chunks;
  } finally {
    bar.clear();
    stage.close();
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
