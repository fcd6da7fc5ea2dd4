import type { MetricBatch } from "./metric-batch.ts";
import { specOf } from "./metric-catalogue.ts";
import { labelsOfKey } from "./series-key.ts";

/** The platform takes so many points in one invocation; what is left goes with the next. */
export const POINTS_AN_INVOCATION = 25;
/** Series that may wait; labels have closed sets, so that there are seldom more than some hundreds. */
const WAITING_MAX = 20_000;

/** A point as the platform's analytics takes it: name, type and labels as texts; what was counted, or count and sum. */
export interface AnalyticsPoint {
  readonly indexes: [string];
  readonly blobs: string[];
  readonly doubles: number[];
}

/** What was counted and not yet written to the platform's analytics, summed up by series meanwhile. */
export class AnalyticsPoints {
  private readonly waiting = new Map<string, { readonly point: AnalyticsPoint; readonly adds: boolean }>();

  add({ counts, observations, gauges }: MetricBatch): void {
    for (const [name, key, value] of counts) this.put(name, key, [value], true);
    for (const [name, key, each, sum] of observations) {
      const observed = each.reduce((all, one) => all + one, 0);
      this.put(name, key, [observed, sum], true);
    }
    for (const [name, key, , value] of gauges) if (value !== null) this.put(name, key, [value], false);
  }

  private put(name: string, key: string, doubles: readonly number[], adds: boolean): void {
    const spec = specOf(name);
    const labels = spec === undefined ? undefined : labelsOfKey(spec, key);
    if (spec === undefined || labels === undefined) return;
    const place = `${name}\n${key}`;
    const before = this.waiting.get(place);
    if (before === undefined && this.waiting.size >= WAITING_MAX) return;
    const sums = doubles.map((value, at) => (adds ? (before?.point.doubles[at] ?? 0) : 0) + value);
    const blobs = [name, spec.type, ...labels.map(([, value]) => value)];
    this.waiting.set(place, { point: { indexes: [name], blobs, doubles: sums }, adds });
  }

  /** The next points of one invocation, those first that have waited longest. */
  next(): AnalyticsPoint[] {
    const places = [...this.waiting.keys()].slice(0, POINTS_AN_INVOCATION);
    return places.flatMap((place) => {
      const point = this.waiting.get(place)?.point;
      this.waiting.delete(place);
      return point === undefined ? [] : [point];
    });
  }

  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }
}
