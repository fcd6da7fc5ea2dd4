import type { CandleQuery, CandleSeries } from "../../schema/wire/dataset.ts";
import { type CandleColumns, emptyCandles } from "../core/candle/candle.ts";
import { divides } from "../core/candle/timeframe.ts";
import { chartCandles } from "../feed/chart-candles.ts";
import {
  ARROW_EXPORT_CANDLES_MAX,
  EXPORT_CONTENT_TYPE,
  type ExportFormat,
  exportStream,
} from "../feed/export/export-candles.ts";
import { readRange } from "../feed/source.ts";
import { invalid } from "../platform/problem-error.ts";
import { candleSources } from "./candle-sources.ts";
import { type DatasetRow, findDataset } from "./dataset.ts";
import type { ServiceContext } from "./service-context.ts";

/** Candles for a chart: at the timeframe asked for, or a larger one that fits the limit. Throws 404 and 422. */
export async function readChartCandles(call: {
  ctx: ServiceContext;
  input: CandleQuery & { id: string };
}): Promise<CandleSeries> {
  const { ctx, input } = call;
  const row = await findDataset(ctx, input.id);
  const { timeframe, limit } = input;
  if (timeframe !== undefined && !divides(row.timeframe, timeframe)) {
    throw invalid("timeframe", `must be a multiple of the dataset's, ${row.timeframe}`, timeframe);
  }
  if (input.from !== undefined && input.to !== undefined && input.from >= input.to) {
    throw invalid("from", "must be before to", input.from);
  }
  const sources = await candleSources(ctx, row);
  if (sources.length === 0) return seriesOf(row, timeframe ?? row.timeframe, emptyCandles(0));
  const { from, to } = input;
  const chart = await chartCandles({
    sources,
    limit,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(timeframe === undefined ? {} : { timeframe }),
  });
  return seriesOf(row, chart.timeframe, chart.candles);
}

export interface ExportedFile {
  readonly body: ReadableStream<Uint8Array>;
  readonly contentType: string;
  readonly fileName: string;
}

/** The dataset as a file, streamed. Throws 404, and 422 where the format cannot hold that many candles. */
export async function exportDataset(call: {
  ctx: ServiceContext;
  input: { id: string; format: ExportFormat };
}): Promise<ExportedFile> {
  const { ctx, input } = call;
  const row = await findDataset(ctx, input.id);
  if (input.format === "arrow" && row.candles > ARROW_EXPORT_CANDLES_MAX) {
    const rule = `must be parquet or csv for more than ${ARROW_EXPORT_CANDLES_MAX} candles; the dataset has ${row.candles}`;
    throw invalid("format", rule, input.format);
  }
  const [source] = await candleSources(ctx, row);
  const chunks = source === undefined ? none() : readRange(source, { from: source.from, to: source.to });
  const name = `${row.instrument.symbol}-${row.timeframe}`.replace(/[^\w.-]+/g, "-");
  return {
    body: exportStream(chunks, input.format),
    contentType: EXPORT_CONTENT_TYPE[input.format],
    fileName: `${name}.${input.format}`,
  };
}

function seriesOf(row: DatasetRow, timeframe: CandleSeries["timeframe"], candles: CandleColumns): CandleSeries {
  const column = (values: Float64Array) => Array.from(values.subarray(0, candles.length));
  return {
    datasetId: row.id,
    timeframe,
    time: column(candles.time),
    open: column(candles.open),
    high: column(candles.high),
    low: column(candles.low),
    close: column(candles.close),
    volume: column(candles.volume),
  };
}

async function* none(): AsyncGenerator<CandleColumns> {}
