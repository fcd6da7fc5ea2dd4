import { createWriteStream, rmSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { DataReport } from "../schema/wire/dataset.ts";
import { CandleAggregator } from "../workers/core/candle/aggregator.ts";
import type { CandleColumns } from "../workers/core/candle/candle.ts";
import { divides, type Timeframe } from "../workers/core/candle/timeframe.ts";
import { type ExportFormat, ExportTooLargeError, exportCandles } from "../workers/feed/export/export-candles.ts";
import { CommandError } from "./command-error.ts";
import { choiceOption, readOptions, timeframeOption } from "./options.ts";
import { type CandleFile, ensureCandles, openCandles, PRICE_SIDES } from "./read-candles.ts";

const GAPS_PRINTED_MAX = 10;

/** Reads a file and says what is in it: rows, period, timeframe, gaps, duplicates, bad rows by rule. */
export async function checkData(argv: readonly string[]): Promise<void> {
  const usage = "apextrade data check FILE [--price bid|mid|ask] [--json]";
  const options = { price: { type: "string" }, json: { type: "boolean" } } as const;
  const { values, positionals } = readOptions(argv, options, { count: 1, usage });
  const file = await openCandles(positionals[0], choiceOption(values, "price", PRICE_SIDES));
  for await (const _ of file.chunks);
  const report = file.report();
  if (values.json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else printDataReport(file, report);
  ensureCandles(file);
}

/** Writes the candles of a file in another format, larger ones where a timeframe is asked for. */
export async function convertData(argv: readonly string[]): Promise<void> {
  const usage = "apextrade data convert IN OUT [--timeframe 1h] [--price bid|mid|ask]";
  const options = { price: { type: "string" }, timeframe: { type: "string" } } as const;
  const { values, positionals } = readOptions(argv, options, { count: 2, usage });
  const [source, target] = positionals;
  const { format, gzip } = formatOf(target);
  const file = await openCandles(source, choiceOption(values, "price", PRICE_SIDES));
  const timeframe = timeframeOption(values) ?? file.timeframe;
  if (!divides(file.timeframe, timeframe)) {
    throw new CommandError(
      `--timeframe must be a multiple of the candles of ${source} (${file.timeframe}), was ${timeframe}`,
    );
  }
  try {
    const bytes = Readable.from(exportCandles(aggregated(file, timeframe), format));
    const out = createWriteStream(target);
    await (gzip ? pipeline(bytes, createGzip(), out) : pipeline(bytes, out));
    ensureCandles(file);
  } catch (error) {
    rmSync(target, { force: true });
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof ExportTooLargeError) throw new CommandError(error.message);
    if (code === "ENOENT" || code === "EACCES" || code === "EISDIR") {
      throw new CommandError(`OUT must be a file that can be written, was ${target}`);
    }
    throw error;
  }
  printDataReport(file, file.report());
}

async function* aggregated(file: CandleFile, timeframe: Timeframe): AsyncGenerator<CandleColumns> {
  if (timeframe === file.timeframe) {
    yield* file.chunks;
    return;
  }
  const aggregator = new CandleAggregator({ from: file.timeframe, to: timeframe });
  for await (const chunk of file.chunks) yield aggregator.push(chunk);
  yield aggregator.flush();
}

function formatOf(path: string): { format: ExportFormat; gzip: boolean } {
  if (path.endsWith(".csv")) return { format: "csv", gzip: false };
  if (path.endsWith(".csv.gz")) return { format: "csv", gzip: true };
  if (path.endsWith(".parquet")) return { format: "parquet", gzip: false };
  if (path.endsWith(".arrow") || path.endsWith(".feather")) return { format: "arrow", gzip: false };
  throw new CommandError(`OUT must end in .csv, .csv.gz, .parquet, .arrow or .feather, was ${path}`);
}

function printDataReport(file: CandleFile, report: DataReport): void {
  const period = report.from === null || report.to === null ? "none" : `${iso(report.from)} to ${iso(report.to)}`;
  const lines = [
    `${file.path}: ${report.layout}`,
    `  rows read    ${report.rowsRead.toLocaleString("en")}, kept ${report.rowsKept.toLocaleString("en")}`,
    `  timeframe    ${report.timeframe}`,
    `  period       ${period}`,
    `  duplicates   ${report.duplicates}`,
    `  gaps         ${report.gapCount} (${report.gapCandles} candles)`,
    ...report.gaps
      .slice(0, GAPS_PRINTED_MAX)
      .map((gap) => `    ${iso(gap.from)} to ${iso(gap.to)}, ${gap.candles} candles`),
    `  bad rows     ${report.badRows.reduce((sum, { count }) => sum + count, 0)}`,
    ...report.badRows.map(({ rule, count, rows }) => `    ${rule}: ${count}, in rows ${rows.join(", ")}`),
    ...report.notes.map((note) => `  note: ${note}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace("T", " ");
}
