import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { DataReport } from "../schema/wire/dataset.ts";
import { type CandleColumns, emptyCandles } from "../workers/core/candle/candle.ts";
import type { Instrument } from "../workers/core/candle/instrument.ts";
import { DAY_MS, divides, floorMod, type Timeframe, timeframeMs } from "../workers/core/candle/timeframe.ts";
import { completeParameters } from "../workers/core/engine/definition.ts";
import type { RunResult } from "../workers/core/engine/result.ts";
import { createRun } from "../workers/core/engine/run.ts";
import type { RunDefinition, RunSettings } from "../workers/core/engine/settings.ts";
import { buildReport } from "../workers/core/report/build.ts";
import type { Report } from "../workers/core/report/report.ts";
import { CommandError } from "./command-error.ts";
import { resultJson } from "./json-result.ts";
import {
  choiceOption,
  isoTime,
  numberOption,
  parameterOption,
  periodOption,
  type RawOptions,
  readOptions,
  sizeOption,
  timeframeOption,
} from "./options.ts";
import { printReport } from "./print-report.ts";
import { allCandles, type CandleFile, ensureCandles, openCandles, PRICE_SIDES } from "./read-candles.ts";
import { chooseStrategy } from "./strategies.ts";

const TEXT_OPTIONS =
  "strategy rules timeframe from to cash size fee maker taker slippage leverage direction fill path volume-limit lot tick end days price seed json";
const OPTIONS = {
  ...Object.fromEntries(TEXT_OPTIONS.split(" ").map((name) => [name, { type: "string" as const }])),
  candles: { type: "string", multiple: true },
  set: { type: "string", multiple: true },
  "no-magnifier": { type: "boolean" },
} as const;

/** Highest fee a side that is taken for meant, as a share of the amount. */
const FEE_MAX = 0.1;

/** Runs a backtest on files of candles, prints its report, and writes it as JSON where asked. */
export async function backtest(argv: readonly string[]): Promise<void> {
  const started = performance.now();
  const usage = "apextrade backtest --candles FILE --strategy ID [options]";
  const { values } = readOptions(argv, OPTIONS, { count: 0, usage });
  const paths = [values.candles ?? []].flat().map(String);
  if (paths.length === 0) throw new CommandError("--candles must name a file, was left out");
  const { strategy, source } = chooseStrategy(textOption(values, "strategy"), textOption(values, "rules"));
  const parameters = completeParameters(strategy.parameters, parameterOption(values));
  const settings = runSettings(values);
  const price = choiceOption(values, "price", PRICE_SIDES);
  const asked = timeframeOption(values);
  const period = periodOption(values);
  const twice = paths.find((path, index) => paths.findIndex((other) => resolve(other) === resolve(path)) < index);
  if (twice !== undefined) throw new CommandError(`--candles must name each file once, was ${twice} twice`);

  const files = await Promise.all(paths.map((path) => openCandles(path, price)));
  files.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  const timeframe = asked ?? largest(files);
  for (const file of files) {
    if (divides(file.timeframe, timeframe)) continue;
    throw new CommandError(
      `--timeframe must be a multiple of the candles of ${file.path} (${file.timeframe}), was ${timeframe}`,
    );
  }
  const describe = (first: CandleColumns, file: CandleFile): RunDefinition["instruments"][number] => ({
    instrument: instrumentOf(file.symbol, values, first),
    timeframe: file.timeframe,
  });
  const define = (firsts: readonly CandleColumns[]): RunDefinition => ({
    instruments: files.map((file, index) => describe(firsts[index], file)),
    timeframe,
    strategy,
    parameters,
    settings,
    ...period,
  });
  const result = files.length === 1 ? await runStreamed(files[0], define) : await runTogether(files, define);
  for (const file of files) ensureInside(ensureCandles(file), file, period);
  const report = buildReport(result, {
    strategyTitle: strategy.title,
    strategySource: source,
    datasets: files.map((file) => ({ datasetId: file.path, simulated: false })),
    trials: { count: 1 },
    elapsedMs: performance.now() - started,
  });
  finish(report, result, textOption(values, "json"));
}

/** Throws CommandError where a file has nothing of the period that is asked for. */
function ensureInside(data: DataReport, { path }: CandleFile, { from, to }: ReturnType<typeof periodOption>): void {
  if (data.from === null || data.to === null) return;
  const rule = `the period of ${path}, ${isoTime(data.from)} to ${isoTime(data.to)}`;
  if (from !== undefined && from >= data.to) {
    throw new CommandError(`--from must be within ${rule}, was ${isoTime(from)}`);
  }
  if (to !== undefined && to <= data.from) throw new CommandError(`--to must be within ${rule}, was ${isoTime(to)}`);
}

function finish(report: Report, result: RunResult, out: string | undefined): void {
  const json = `${JSON.stringify(resultJson(report, result), null, 2)}\n`;
  if (out === "-") {
    process.stdout.write(json);
    return;
  }
  if (out !== undefined) {
    try {
      writeFileSync(out, json);
    } catch (error) {
      throw new CommandError(`--json must be a file that can be written, was ${out} (${(error as Error).message})`);
    }
  }
  printReport(report, process.stdout);
}

/** One file in constant memory: its candles are traded as they are read. */
async function runStreamed(
  file: CandleFile,
  define: (firsts: readonly CandleColumns[]) => RunDefinition,
): Promise<RunResult> {
  let run: ReturnType<typeof createRun> | undefined;
  for await (const chunk of file.chunks) {
    run ??= createRun(define([chunk]));
    run.push([chunk]);
  }
  return (run ?? createRun(define([emptyCandles(0)]))).finish();
}

/** Several files are read whole, since their chunks end at different times. */
async function runTogether(
  files: readonly CandleFile[],
  define: (firsts: readonly CandleColumns[]) => RunDefinition,
): Promise<RunResult> {
  const candles: CandleColumns[] = [];
  for (const file of files) candles.push(await allCandles(file));
  const run = createRun(define(candles));
  run.push(candles);
  return run.finish();
}

function runSettings(values: RawOptions): RunSettings {
  const fee = numberOption(values, "fee", { min: 0, max: FEE_MAX, fallback: 0.001 });
  const bps = numberOption(values, "slippage", { min: 0, max: 1_000, fallback: 0 });
  const limit = numberOption(values, "volume-limit", { min: 0.000001, max: 1, fallback: Number.NaN });
  return {
    cash: numberOption(values, "cash", { min: 0.01, max: 1e15, fallback: 10_000 }),
    sizing: sizeOption(values),
    whenShort: "shrink",
    direction: choiceOption(values, "direction", ["both", "long", "short"]),
    fees: {
      maker: numberOption(values, "maker", { min: -0.01, max: FEE_MAX, fallback: fee }),
      taker: numberOption(values, "taker", { min: 0, max: FEE_MAX, fallback: fee }),
      perUnit: 0,
      minimum: 0,
    },
    slippage: bps === 0 ? { kind: "none" } : { kind: "bps", bps },
    fill: choiceOption(values, "fill", ["open", "close"]),
    path: choiceOption(values, "path", ["nearest", "worst", "best"]),
    touch: false,
    magnifier: values["no-magnifier"] !== true,
    ...(Number.isNaN(limit) ? {} : { volumeLimit: limit }),
    remainder: "carry",
    leverage: numberOption(values, "leverage", { min: 1, max: 125, fallback: 1 }),
    maintenance: 0.005,
    fundingRate: 0,
    end: choiceOption(values, "end", ["close", "keep"]),
    riskFree: 0,
    seed: numberOption(values, "seed", { min: 0, max: 2 ** 31 - 1, fallback: 1 }),
    monteCarloPaths: 1_000,
  };
}

function instrumentOf(symbol: string, values: RawOptions, first: CandleColumns): Instrument {
  const days = choiceOption(values, "days", [tradesDaily(first) ? "365" : "252", "365", "252"]);
  return {
    id: `FILE:${symbol}`,
    venue: "FILE",
    symbol,
    kind: days === "365" ? "crypto" : "stock",
    base: symbol,
    quote: "quote",
    tick: numberOption(values, "tick", { min: 0, max: 1e9, fallback: 0 }),
    lot: numberOption(values, "lot", { min: 0, max: 1e9, fallback: 0 }),
    quantityMin: 0,
    notionalMin: 0,
    daysPerYear: days === "365" ? 365 : 252,
  };
}

/** Whether candles on Saturdays (UTC) are as common as on other days: the market never closes. */
function tradesDaily(candles: CandleColumns): boolean {
  let saturdays = 0;
  for (let i = 0; i < candles.length; i++) {
    // 1970-01-01 was a Thursday.
    if (floorMod(Math.floor(candles.time[i] / DAY_MS) + 4, 7) === 6) saturdays++;
  }
  return saturdays * 14 > candles.length;
}

function largest(files: readonly CandleFile[]): Timeframe {
  return files.map((file) => file.timeframe).reduce((a, b) => (timeframeMs(b) > timeframeMs(a) ? b : a));
}

function textOption(values: RawOptions, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}
