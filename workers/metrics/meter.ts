import type { MetricPoints } from "./metric-batch.ts";
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  METRICS,
  type MetricName,
} from "./metric-catalogue.ts";
import { seriesKey } from "./series-key.ts";

/** Gauges of different objects that may wait for one flush; an isolate that holds more loses the rest, and counts them. */
const GAUGES_WAITING_MAX = 5_000;

interface Observed {
  readonly counts: number[];
  sum: number;
}

interface Told {
  readonly name: MetricName;
  readonly key: string;
  readonly source: string;
  readonly value: number | null;
  readonly at: number;
}

/**
 * Sums up what is counted between two flushes. It waits for nothing, sends nothing and cannot fail, so that it may stand in
 * the way of an order. Memory is bounded: by the number of series, since labels have closed sets.
 */
export class Meter {
  private counts = new Map<CounterName, Map<string, number>>();
  private observations = new Map<HistogramName, Map<string, Observed>>();
  private gauges = new Map<string, Told>();
  /** Told of each point, so that somebody comes for it. */
  private onPoint: () => void = () => undefined;
  private stopped = false;

  /** `onPoint` is called with every point, and must be cheap. */
  listen(onPoint: () => void): void {
    this.onPoint = onPoint;
  }

  /** From now on nothing is counted: for what shows what counting costs. */
  stop(): void {
    this.stopped = true;
  }

  count<N extends CounterName>(name: N, labels: LabelsOf<N>, by = 1): void {
    if (this.stopped) return;
    const series = inner(this.counts, name);
    const key = seriesKey(METRICS[name], labels);
    series.set(key, (series.get(key) ?? 0) + by);
    this.onPoint();
  }

  observe<N extends HistogramName>(name: N, labels: LabelsOf<N>, value: number): void {
    if (this.stopped) return;
    const spec = METRICS[name];
    const series = inner(this.observations, name);
    const key = seriesKey(spec, labels);
    let observed = series.get(key);
    if (observed === undefined) {
      observed = { counts: new Array<number>(spec.buckets.length + 1).fill(0), sum: 0 };
      series.set(key, observed);
    }
    const bucket = spec.buckets.findIndex((bound) => value <= bound);
    const at = bucket < 0 ? spec.buckets.length : bucket;
    observed.counts[at] = (observed.counts[at] ?? 0) + 1;
    observed.sum += value;
    this.onPoint();
  }

  /** `undefined`: the source has no such value any more. */
  gauge<N extends GaugeName>(
    name: N,
    labels: LabelsOf<N>,
    { value, source, at }: { value: number | undefined; source: string; at: number },
  ): void {
    if (this.stopped) return;
    const key = seriesKey(METRICS[name], labels);
    const place = `${name}\n${key}\n${source}`;
    if (!this.gauges.has(place) && this.gauges.size >= GAUGES_WAITING_MAX) {
      this.count("metric_points_refused_total", {});
      return;
    }
    this.gauges.set(place, { name, key, source, value: value ?? null, at });
    this.onPoint();
  }

  get isEmpty(): boolean {
    return this.counts.size === 0 && this.observations.size === 0 && this.gauges.size === 0;
  }

  /** Everything since the last call. */
  take(): MetricPoints {
    const points: MetricPoints = {
      counts: flat(this.counts).map(([name, key, value]) => [name, key, value]),
      observations: flat(this.observations).map(([name, key, { counts, sum }]) => [name, key, counts, sum]),
      gauges: [...this.gauges.values()].map(({ name, key, source, value, at }) => [name, key, source, value, at]),
    };
    this.counts = new Map();
    this.observations = new Map();
    this.gauges = new Map();
    return points;
  }
}

function inner<N, V>(maps: Map<N, Map<string, V>>, name: N): Map<string, V> {
  const known = maps.get(name);
  if (known !== undefined) return known;
  const made = new Map<string, V>();
  maps.set(name, made);
  return made;
}

function flat<N, V>(maps: ReadonlyMap<N, ReadonlyMap<string, V>>): [N, string, V][] {
  return [...maps].flatMap(([name, series]) => [...series].map(([key, value]): [N, string, V] => [name, key, value]));
}

/** Of this isolate: whatever runs in it counts here. */
export const meter = new Meter();

/** Counts something that happened. */
export function count<N extends CounterName>(name: N, labels: LabelsOf<N>, by = 1): void {
  meter.count(name, labels, by);
}

/** Takes a measurement into a histogram. */
export function observe<N extends HistogramName>(name: N, labels: LabelsOf<N>, value: number): void {
  meter.observe(name, labels, value);
}

/**
 * Tells a value that goes up and down. `source` is who tells it, where several objects have one of their own; `at` is when it
 * was so, UTC ms.
 */
export function gauge<N extends GaugeName>(
  name: N,
  labels: LabelsOf<N>,
  told: { readonly value: number | undefined; readonly source: string; readonly at: number },
): void {
  meter.gauge(name, labels, told);
}
