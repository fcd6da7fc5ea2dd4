import type { LineData, UTCTimestamp, WhitespaceData } from "lightweight-charts";
import type { ChartLine } from "./chart-spec.ts";

/** A value on the time axis; where a hole comes before it, the stroke over the hole is not seen. */
export function linePoint(line: ChartLine, timeMs: number, at: number): LineData | WhitespaceData {
  const time = (timeMs / 1000) as UTCTimestamp;
  const value = line.values[at];
  if (Number.isNaN(value)) return { time };
  return at > 0 && Number.isNaN(line.values[at - 1]) ? { time, value, color: "transparent" } : { time, value };
}
