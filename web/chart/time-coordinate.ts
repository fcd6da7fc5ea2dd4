import type { IChartApi, Logical } from "lightweight-charts";
import { indexOfTime, type TimeGrid } from "./time-grid.ts";

/**
 * Where an instant stands on the time axis, in pixels; null while the chart is empty. The library answers whole
 * positions only, and they are evenly spaced: instants inside a candle lie between two of them.
 */
export function timeCoordinate(chart: IChartApi, grid: TimeGrid, timeMs: number): number | null {
  const index = indexOfTime(grid, timeMs);
  const whole = Math.floor(index);
  const scale = chart.timeScale();
  const left = scale.logicalToCoordinate(whole as Logical);
  const right = scale.logicalToCoordinate((whole + 1) as Logical);
  return left === null || right === null ? null : left + (index - whole) * (right - left);
}
