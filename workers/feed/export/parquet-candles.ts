import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { CandleColumns } from "../../core/candle/candle.ts";
import { CANDLE_FIELDS } from "../../core/candle/candle.ts";

type Schema = ConstructorParameters<typeof ParquetWriter>[0]["schema"];

/** `time` as a UTC timestamp in milliseconds, the rest as doubles; nothing is ever absent. */
const SCHEMA: Schema = [
  { name: "root", num_children: CANDLE_FIELDS.length },
  {
    name: "time",
    type: "INT64",
    repetition_type: "REQUIRED",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
  },
  ...CANDLE_FIELDS.slice(1).map((name) => ({ name, type: "DOUBLE" as const, repetition_type: "REQUIRED" as const })),
];

/** A Parquet file written a row group at a time; each call gives the bytes that are ready. */
export class ParquetCandles {
  private readonly bytes = new ByteWriter();
  private readonly writer: ParquetWriter;

  constructor() {
    this.writer = new ParquetWriter({ writer: this.bytes, schema: SCHEMA });
  }

  /** One row group of all of `candles`. */
  write(candles: CandleColumns): Uint8Array<ArrayBuffer> {
    const { length } = candles;
    const columnData = CANDLE_FIELDS.map((name) => {
      const values = candles[name].subarray(0, length);
      return { name, data: name === "time" ? Array.from(values, (time) => new Date(time)) : values.slice() };
    });
    this.writer.write({ columnData, rowGroupSize: length });
    return this.take();
  }

  finish(): Uint8Array<ArrayBuffer> {
    this.writer.finish();
    return this.take();
  }

  /** Takes the bytes out of the writer; its `offset` keeps counting from the start of the file. */
  private take(): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.bytes.getBuffer());
    this.bytes.index = 0;
    return taken;
  }
}
