import type { TimeSpan } from "./chart-spec.ts";
import type { TimeGrid } from "./time-grid.ts";

const DAY_MS = 86_400_000;
const LENGTH_DAYS = { "1w": 7, "1m": 30, "3m": 91, "1y": 365 } as const;

/** A chart ends at whole candles, not at the instants asked for. */
const RANGE_TOLERANCE_SHARE = 0.03;

export type RangeName = keyof typeof LENGTH_DAYS | "all";

/** The stretches of time that the buttons of a chart offer. */
const RANGES: readonly { value: RangeName; label: string; hint: string }[] = [
  { value: "1w", label: "1W", hint: "The last week" },
  { value: "1m", label: "1M", hint: "The last month" },
  { value: "3m", label: "3M", hint: "The last three months" },
  { value: "1y", label: "1Y", hint: "The last year" },
  { value: "all", label: "All", hint: "Everything" },
];

/** The stretches that are shorter than `whole`, and all of it: the others would show the same. */
export function rangesWithin(whole: TimeSpan): typeof RANGES {
  return RANGES.filter(({ value }) => value === "all" || LENGTH_DAYS[value] * DAY_MS < whole.toMs - whole.fromMs);
}

/** The button that names what is on screen; undefined where none does. */
export function rangeShown(visible: TimeSpan, whole: TimeSpan): RangeName | undefined {
  return rangesWithin(whole).find(({ value }) => {
    const span = rangeSpan(value, whole);
    const tolerance = (span.toMs - span.fromMs) * RANGE_TOLERANCE_SHARE;
    return Math.abs(span.fromMs - visible.fromMs) < tolerance && Math.abs(span.toMs - visible.toMs) < tolerance;
  })?.value;
}

/** The last stretch of `whole` that a button names. */
export function rangeSpan(range: RangeName, whole: TimeSpan): TimeSpan {
  if (range === "all") return whole;
  return { fromMs: Math.max(whole.fromMs, whole.toMs - LENGTH_DAYS[range] * DAY_MS), toMs: whole.toMs };
}

/** Whether a stretch of a chart, in places of its values, holds all of so many. The library's borders are off by a breath. */
export function holdsAll(range: { readonly from: number; readonly to: number }, count: number): boolean {
  return range.from < 0.5 && range.to > count - 1.5;
}

/**
 * What to show of candles that go on after those drawn, be it in candles of another length: where the end of those was on
 * screen, the end of these.
 */
export function followed(visible: TimeSpan, before: TimeGrid, after: TimeGrid): TimeSpan {
  const [last, next] = [before.times.at(-1), after.times.at(-1)];
  if (last === undefined || next === undefined) return visible;
  const grownMs = next + after.lengthMs - (last + before.lengthMs);
  if (grownMs <= 0 || visible.toMs < last || visible.fromMs > last) return visible;
  return { fromMs: visible.fromMs + grownMs, toMs: visible.toMs + grownMs };
}
