import type { ChartColour } from "../chart/chart-spec.ts";

const COLOURS = ["series-1", "series-2", "series-3", "series-4", "series-5"] as const satisfies readonly ChartColour[];

/** The colour of a run by its place in the comparison. */
export function runColour(index: number): (typeof COLOURS)[number] {
  return COLOURS[index % COLOURS.length];
}
