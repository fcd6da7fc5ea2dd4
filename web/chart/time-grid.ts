/**
 * The times of the candles on screen, and what lies between them. A chart spaces candles evenly, so a position on its
 * time axis is a candle's index, with a fraction for instants inside it.
 */
export interface TimeGrid {
  /** Open times, UTC milliseconds, rising. */
  readonly times: readonly number[];
  /** Length of a candle in milliseconds. */
  readonly lengthMs: number;
}

/** The index of the candle that holds `timeMs`, with its fraction; beyond the ends it goes on at the same pace. */
export function indexOfTime(grid: TimeGrid, timeMs: number): number {
  const { times, lengthMs } = grid;
  if (times.length === 0) return 0;
  const last = times.length - 1;
  if (timeMs < times[0]) return (timeMs - times[0]) / lengthMs;
  if (timeMs >= times[last]) return last + (timeMs - times[last]) / lengthMs;
  const index = lastAtOrBefore(times, timeMs);
  // Inside a gap of the market there is no candle: the position stays before the next one.
  return index + Math.min(0.999, (timeMs - times[index]) / lengthMs);
}

/** The instant at a position of the time axis: the inverse of `indexOfTime` apart from gaps. */
export function timeOfIndex(grid: TimeGrid, index: number): number {
  const { times, lengthMs } = grid;
  if (times.length === 0) return 0;
  const last = times.length - 1;
  if (index <= 0) return times[0] + index * lengthMs;
  if (index >= last) return times[last] + (index - last) * lengthMs;
  const whole = Math.floor(index);
  return times[whole] + (index - whole) * lengthMs;
}

/**
 * Puts a column whose instants are closes onto the candles that closed then, `(open, open + length]`: the last value
 * inside a candle, or with `keep: "lowest"` the lowest, so that a draw-down is not lost between two candles.
 * Candles without a value get none.
 */
export function snapToGrid(
  grid: TimeGrid,
  column: { readonly times: readonly number[]; readonly values: readonly number[] },
  keep: "last" | "lowest" = "last",
): { times: number[]; values: number[] } {
  const times: number[] = [];
  const values: number[] = [];
  for (let at = 0; at < column.times.length; at++) {
    // A close belongs to the candle before it; a millisecond less is inside that candle.
    const open = openBefore(grid, column.times[at] - 1);
    if (open === undefined) continue;
    const value = column.values[at];
    if (times.at(-1) !== open) {
      times.push(open);
      values.push(value);
    } else if (keep === "last" || value < values[values.length - 1]) {
      values[values.length - 1] = value;
    }
  }
  return { times, values };
}

function openBefore(grid: TimeGrid, timeMs: number): number | undefined {
  const { times, lengthMs } = grid;
  if (times.length === 0 || timeMs < times[0]) return undefined;
  const open = times[lastAtOrBefore(times, timeMs)];
  return timeMs < open + lengthMs ? open : undefined;
}

function lastAtOrBefore(times: readonly number[], timeMs: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (times[middle] <= timeMs) low = middle;
    else high = middle - 1;
  }
  return low;
}
