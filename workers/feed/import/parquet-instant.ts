import type { SchemaElement } from "hyparquet";
import { DAY_MS } from "../../core/candle/timeframe.ts";

/**
 * How the stored integers of a column become UTC milliseconds, by its type: a timestamp of any unit, a date in days, or the older
 * INT96, which is decoded to nanoseconds. Undefined for columns that are no times.
 */
export function instantOf(element: SchemaElement): ((value: unknown) => number) | undefined {
  const toMs = millisecondsOf(element);
  if (toMs === undefined) return undefined;
  return (value) => {
    if (typeof value === "bigint") return toMs(value);
    return typeof value === "number" ? toMs(BigInt(value)) : Number.NaN;
  };
}

function millisecondsOf({ type, converted_type, logical_type }: SchemaElement): ((v: bigint) => number) | undefined {
  if (type === "INT32" && (converted_type === "DATE" || logical_type?.type === "DATE")) {
    return (days) => Number(days) * DAY_MS;
  }
  if (type === "INT96") return (nanoseconds) => Number(nanoseconds / 1_000_000n);
  if (type !== "INT64") return undefined;
  const unit = logical_type?.type === "TIMESTAMP" ? logical_type.unit : undefined;
  if (unit === "NANOS") return (stored) => Number(stored / 1_000_000n);
  if (unit === "MICROS" || converted_type === "TIMESTAMP_MICROS") return (stored) => Number(stored / 1_000n);
  if (unit === "MILLIS" || converted_type === "TIMESTAMP_MILLIS") return Number;
  return undefined;
}
