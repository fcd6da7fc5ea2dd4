import {
  columnFromArray,
  float64,
  type Table,
  TimeUnit,
  tableFromColumns,
  tableFromIPC,
  tableToIPC,
  timestamp,
} from "@uwdata/flechette";
import type { CandleColumns } from "../core/candle/candle.ts";
import { CANDLE_FIELDS, emptyCandles } from "../core/candle/candle.ts";

/** Times as UTC timestamps, so that every reader of Arrow shows dates. */
const TIME_TYPE = timestamp(TimeUnit.MILLISECOND, "UTC");

/** Candles as the bytes of an Arrow IPC file: `time` in UTC milliseconds, the rest float64. */
export function encodeArrow(candles: CandleColumns): Uint8Array {
  const columns = CANDLE_FIELDS.map((field) => {
    const values = candles[field].subarray(0, candles.length);
    // Own memory: the encoder writes the whole buffer that a view stands on.
    return [field, columnFromArray(values.slice(), field === "time" ? TIME_TYPE : float64())] as const;
  });
  const bytes = tableToIPC(tableFromColumns(Object.fromEntries(columns)), { format: "file" });
  if (bytes === null) throw new Error("the encoder kept its bytes");
  return bytes;
}

/** The inverse of `encodeArrow`. Throws where the bytes are not a file of candles. */
export function decodeArrow(bytes: Uint8Array): CandleColumns {
  const table: Table = tableFromIPC(bytes, { useDate: false });
  const candles = emptyCandles(table.numRows);
  for (const field of CANDLE_FIELDS) {
    const column = table.getChild(field);
    if (column === null || column === undefined) throw new TypeError(`candle object lacks the column ${field}`);
    candles[field].set(column.toArray() as ArrayLike<number>);
  }
  return candles;
}
