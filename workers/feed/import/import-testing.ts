import type { DataReport } from "../../../schema/wire/dataset.ts";
import type { CandleColumns } from "../../core/candle/candle.ts";
import { CANDLE_FIELDS, joinCandles, sliceCandles } from "../../core/candle/candle.ts";
import { bytesInMemory, type FileStage } from "./byte-ranges.ts";
import { type ImportInput, importCandles } from "./import-candles.ts";
import { ImportError } from "./import-error.ts";

// Shared by the tests of the importer.

export type Options = Partial<Pick<ImportInput, "timeframe" | "price" | "onProgress">>;

/** Holds a file in memory. */
export function memoryStage(): FileStage {
  return {
    async hold(bytes) {
      const parts: Uint8Array[] = [];
      for await (const piece of bytes) parts.push(piece.slice());
      return bytesInMemory(new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer()));
    },
  };
}

export async function importBytes(
  bytes: Uint8Array | string,
  options: Options = {},
): Promise<{ readonly candles: CandleColumns; readonly report: DataReport }> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream() as ReadableStream<Uint8Array>;
  const reading = await importCandles({ stream, stage: memoryStage(), fileName: "file", price: "bid", ...options });
  const parts: CandleColumns[] = [];
  for await (const chunk of reading.chunks) parts.push(sliceCandles(chunk, 0, chunk.length));
  return { candles: joinCandles(parts), report: reading.report() };
}

export async function errorOf(bytes: Uint8Array | string, options: Options = {}): Promise<ImportError> {
  const error = await importBytes(bytes, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ImportError)) throw new Error("the import must fail with an ImportError", { cause: error });
  return error;
}

export async function gzip(data: Uint8Array | string): Promise<Uint8Array> {
  const packed = new Blob([data as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

export function plain(candles: CandleColumns) {
  return CANDLE_FIELDS.map((field) => [...candles[field].subarray(0, candles.length)]);
}

export const T0 = Date.UTC(2024, 0, 31, 9, 30);
export const MINUTE = 60_000;
export const HEADER = "time,open,high,low,close,volume\n";

export function row(minute: number, cells = "10,12,9,11,5"): string {
  return `${new Date(T0 + minute * MINUTE).toISOString()},${cells}\n`;
}
