import { columnFromArray, float64, TimeUnit, tableFromColumns, tableToIPC, timestamp } from "@uwdata/flechette";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { CandleColumns } from "../../core/candle/candle.ts";
import { CANDLE_FIELDS, emptyCandles, sliceCandles } from "../../core/candle/candle.ts";
import { MINUTE, T0 } from "./import-testing.ts";

// Column files as other programs write them, for the tests of the importer.

/** Minutes whose prices say which row they are. */
export function numbered(rows: number): CandleColumns {
  const candles = emptyCandles(rows);
  for (let i = 0; i < rows; i++) {
    candles.time[i] = T0 + i * MINUTE;
    candles.open[i] = 100 + (i % 997) / 8;
    candles.close[i] = 100 + (i % 1009) / 8;
    candles.high[i] = 300 + i / 1024;
    candles.low[i] = 50;
    candles.volume[i] = i % 7;
  }
  return candles;
}

export interface Shape {
  readonly repetition?: "REQUIRED" | "OPTIONAL";
  readonly codec?: "SNAPPY" | "UNCOMPRESSED";
  readonly pageSize?: number;
  readonly groupRows?: number;
  /** Columns that no candle needs, before and after those that it does. */
  readonly extra?: boolean;
}

export function parquetOf(candles: CandleColumns, shape: Shape = {}): Uint8Array {
  const { repetition = "OPTIONAL", codec = "SNAPPY", pageSize, groupRows = candles.length, extra = false } = shape;
  const names = [...(extra ? ["trades"] : []), ...CANDLE_FIELDS, ...(extra ? ["quote_volume"] : [])];
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    codec,
    schema: [
      { name: "root", num_children: names.length },
      ...names.map((name) =>
        name === "time"
          ? { name, type: "INT64" as const, repetition_type: repetition, converted_type: "TIMESTAMP_MILLIS" as const }
          : { name, type: "DOUBLE" as const, repetition_type: repetition },
      ),
    ],
  });
  for (let start = 0; start < candles.length; start += groupRows) {
    const part = sliceCandles(candles, start, Math.min(candles.length, start + groupRows));
    const columnData = names.map((name) => {
      const field = CANDLE_FIELDS.find((known) => known === name) ?? "volume";
      const values = part[field].slice(0, part.length);
      return { name, data: name === "time" ? Array.from(values, (time) => new Date(time)) : values };
    });
    file.write({ columnData, rowGroupSize: part.length, ...(pageSize === undefined ? {} : { pageSize }) });
  }
  file.finish();
  return new Uint8Array(writer.getBuffer());
}

export function arrowOf(candles: CandleColumns, form: "file" | "stream", batchRows = candles.length): Uint8Array {
  const columns = CANDLE_FIELDS.map((field) => {
    const type = field === "time" ? timestamp(TimeUnit.MICROSECOND, "UTC") : float64();
    return [
      field,
      columnFromArray(candles[field].slice(0, candles.length), type, { maxBatchRows: batchRows }),
    ] as const;
  });
  const bytes = tableToIPC(tableFromColumns(Object.fromEntries(columns)), { format: form });
  if (bytes === null) throw new Error("the encoder kept its bytes");
  return bytes;
}
