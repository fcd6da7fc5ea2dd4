/** Points of the shared time axis: about one for each pixel of the chart. */
const STEPS = 1_200;

/** A line with its own instants, UTC milliseconds, rising. */
export interface TimedColumn {
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** Evenly spaced instants from the first to the last of all columns. */
export function evenTimes(columns: readonly TimedColumn[]): number[] {
  const filled = columns.filter((column) => column.times.length > 0);
  if (filled.length === 0) return [];
  const from = Math.min(...filled.map(({ times }) => times[0]));
  const to = Math.max(...filled.map(({ times }) => times[times.length - 1]));
  // Whole minutes, since the chart counts in seconds and candles close on minutes.
  const step = Math.max(60_000, Math.ceil((to - from) / STEPS / 60_000) * 60_000);
  const count = Math.ceil((to - from) / step) + 1;
  return Array.from({ length: count }, (_, index) => from + index * step);
}

/**
 * A column at the shared instants within its own time: what it was last by then, or with `keep: "lowest"` the lowest
 * since the instant before. A chart spaces its points evenly, so only shared instants draw two runs to one scale.
 */
export function onEvenTimes(
  column: TimedColumn,
  times: readonly number[],
  keep: "last" | "lowest" = "last",
): TimedColumn {
  const shown: { times: number[]; values: number[] } = { times: [], values: [] };
  let next = 0;
  const last = column.times.length - 1;
  const stepMs = times.length > 1 ? times[1] - times[0] : 0;
  for (const time of times) {
    let lowest = Number.POSITIVE_INFINITY;
    while (next <= last && column.times[next] <= time) lowest = Math.min(lowest, column.values[next++]);
    if (next === 0 || time >= column.times[last] + stepMs) continue;
    const value = column.values[next - 1];
    shown.times.push(time);
    shown.values.push(keep === "lowest" && lowest < value ? lowest : value);
  }
  return shown;
}
