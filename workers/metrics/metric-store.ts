import type { MetricBatch } from "./metric-batch.ts";
import { type METRIC_NAMES, type MetricName, specOf } from "./metric-catalogue.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { labelsOfKey } from "./series-key.ts";

/** Objects that may tell a value of their own of one metric: beyond, the sum is no longer that of all. */
const SOURCES_MAX = 5_000;
/** Isolates that are remembered, and for how long after they were heard last: most live for minutes. */
const ISOLATES_MAX = 2_000;
const ISOLATE_KEPT_MS = 6 * 60 * 60_000;

interface ToldGauge {
  readonly value: number;
  readonly at: number;
}
interface Observed {
  readonly counts: number[];
  sum: number;
}

interface Heard {
  readonly sequence: number;
  readonly at: number;
}

/** One metric as it is kept: series by key; of a gauge the sources of each. */
export interface StoredMetric {
  readonly counts?: readonly (readonly [string, number])[];
  readonly observed?: readonly (readonly [string, readonly number[], number])[];
  readonly told?: readonly (readonly [string, string, number, number])[];
}
export interface StoredIsolates {
  readonly isolates: readonly (readonly [string, number, number])[];
}

/** A value to show. */
export interface Sample {
  readonly key: string;
  readonly value: number;
}
export interface HistogramSample {
  readonly key: string;
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Sums of everything that isolates told. Knows no platform: what has to be stored is asked for. */
export class MetricStore {
  private readonly counts = new Map<MetricName, Map<string, number>>();
  private readonly observed = new Map<MetricName, Map<string, Observed>>();
  private readonly told = new Map<MetricName, Map<string, Map<string, ToldGauge>>>();
  private isolates = new Map<string, Heard>();
  private readonly dirty = new Set<MetricName>();
  private hasNews = false;

  /** Takes a flush in, once. */
  apply(batch: MetricBatch, nowMs: number): "taken" | "repeated" {
    const heard = this.isolates.get(batch.isolate)?.sequence ?? 0;
    if (batch.sequence <= heard) {
      this.add("metric_flushes_total", "repeated", 1);
      return "repeated";
    }
    this.add("metric_flushes_lost_total", "", batch.sequence - heard - 1);
    this.add("metric_flushes_total", "taken", 1);
    this.hear(batch, nowMs);
    let refused = 0;
    for (const [name, key, value] of batch.counts) if (!this.takeCount(name, key, value)) refused++;
    for (const [name, key, counts, sum] of batch.observations) if (!this.observe(name, key, counts, sum)) refused++;
    for (const [name, key, source, value, at] of batch.gauges) {
      if (!this.tell(name, key, source, value === null ? undefined : { value, at })) refused++;
    }
    if (refused > 0) this.add("metric_points_refused_total", "", refused);
    return "taken";
  }

  private hear({ isolate, sequence }: MetricBatch, nowMs: number): void {
    // Behind all others, so that those that were not heard for the longest stand first.
    this.isolates.delete(isolate);
    this.isolates.set(isolate, { sequence, at: nowMs });
    for (const [name, { at }] of this.isolates) {
      if (this.isolates.size <= ISOLATES_MAX && nowMs - at < ISOLATE_KEPT_MS) break;
      this.isolates.delete(name);
    }
    this.hasNews = true;
  }

  private add(name: MetricName, key: string, by: number): void {
    if (by === 0) return;
    const series = inner(this.counts, name);
    series.set(key, (series.get(key) ?? 0) + by);
    this.dirty.add(name);
  }

  private takeCount(name: string, key: string, value: number): boolean {
    const known = knownSeries(name, key, "counter");
    if (known !== undefined) this.add(known.name, key, value);
    return known !== undefined;
  }

  private observe(name: string, key: string, counts: readonly number[], sum: number): boolean {
    const known = knownSeries(name, key, "histogram");
    if (known?.spec.type !== "histogram" || counts.length !== known.spec.buckets.length + 1) return false;
    const series = inner(this.observed, known.name);
    const before = series.get(key) ?? { counts: counts.map(() => 0), sum: 0 };
    series.set(key, { counts: counts.map((value, at) => value + (before.counts[at] ?? 0)), sum: before.sum + sum });
    this.dirty.add(known.name);
    return true;
  }

  private tell(name: string, key: string, source: string, told: ToldGauge | undefined): boolean {
    const known = knownSeries(name, key, "gauge");
    if (known === undefined) return false;
    const sources = inner(inner(this.told, known.name), key);
    const before = sources.get(source);
    if (told === undefined) sources.delete(source);
    else if (before === undefined && sources.size >= SOURCES_MAX) return false;
    // Two isolates may tell of one source while a deployment goes on: the later word counts.
    else if (before === undefined || before.at <= told.at) sources.set(source, told);
    this.dirty.add(known.name);
    return true;
  }

  /** Drops values whose objects have not told them again in time. */
  expire(nowMs: number): void {
    for (const [name, series] of this.told) {
      const spec = specOf(name);
      if (spec?.type !== "gauge") continue;
      for (const sources of series.values()) {
        for (const [source, { at }] of sources) {
          if (nowMs - at < spec.keptMs) continue;
          sources.delete(source);
          this.dirty.add(name);
        }
      }
    }
  }

  /** Series of a counter, in the order of their keys. */
  counterSamples(name: MetricName): Sample[] {
    return sorted([...(this.counts.get(name) ?? [])].map(([key, value]) => ({ key, value })));
  }

  histogramSamples(name: MetricName): HistogramSample[] {
    return sorted([...(this.observed.get(name) ?? [])].map(([key, { counts, sum }]) => ({ key, counts, sum })));
  }

  /** Series of a gauge that somebody has a value of, merged as the catalogue says. */
  gaugeSamples(name: MetricName, nowMs: number): Sample[] {
    const spec = specOf(name);
    if (spec?.type !== "gauge") return [];
    const samples = [...(this.told.get(name) ?? [])].flatMap(([key, sources]) => {
      const values = [...sources.values()].map(({ value }) => value);
      return values.length === 0 ? [] : [{ key, value: merged(values, spec.merge, nowMs) }];
    });
    return sorted(samples);
  }

  /** How many series there are. */
  get size(): number {
    const sizes = [...this.counts.values(), ...this.observed.values(), ...this.told.values()].map(({ size }) => size);
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  get isDirty(): boolean {
    return this.dirty.size > 0 || this.hasNews;
  }

  /** What changed since the last call, to be stored as it is. */
  changes(): { readonly metrics: readonly (readonly [MetricName, StoredMetric])[]; readonly isolates: StoredIsolates } {
    const metrics = [...this.dirty].map((name) => [name, this.stored(name)] as const);
    this.dirty.clear();
    this.hasNews = false;
    const isolates = [...this.isolates].map(([id, { sequence, at }]) => [id, sequence, at] as const);
    return { metrics, isolates: { isolates } };
  }

  private stored(name: MetricName): StoredMetric {
    const [counts, observed, told] = [this.counts.get(name), this.observed.get(name), this.told.get(name)];
    return {
      ...(counts === undefined ? {} : { counts: [...counts] }),
      ...(observed === undefined
        ? {}
        : { observed: [...observed].map(([key, { counts: each, sum }]) => [key, each, sum] as const) }),
      ...(told === undefined
        ? {}
        : {
            told: [...told].flatMap(([key, sources]) =>
              [...sources].map(([source, { value, at }]) => [key, source, value, at] as const),
            ),
          }),
    };
  }

  /** Takes up what an earlier process stored. What the catalogue does not know any more is left behind. */
  load(name: string, { counts = [], observed = [], told = [] }: StoredMetric): void {
    for (const [key, value] of counts) this.takeCount(name, key, value);
    for (const [key, each, sum] of observed) this.observe(name, key, each, sum);
    for (const [key, source, value, at] of told) this.tell(name, key, source, { value, at });
    this.dirty.clear();
  }

  loadIsolates({ isolates }: StoredIsolates): void {
    this.isolates = new Map(isolates.map(([id, sequence, at]) => [id, { sequence, at }]));
  }
}

function knownSeries(
  name: string,
  key: string,
  type: MetricSpec["type"],
): { readonly name: MetricName; readonly spec: MetricSpec } | undefined {
  const spec = specOf(name);
  if (spec?.type !== type || labelsOfKey(spec, key) === undefined) return undefined;
  return { name: name as (typeof METRIC_NAMES)[number], spec };
}

function merged(values: readonly number[], merge: "sum" | "max" | "age", nowMs: number): number {
  switch (merge) {
    case "sum":
      return values.reduce((sum, value) => sum + value, 0);
    case "max":
      return Math.max(...values);
    case "age":
      // Clocks of two machines differ: what was just now is not in the future.
      return Math.max(0, nowMs / 1_000 - Math.min(...values));
  }
}

function sorted<T extends { readonly key: string }>(samples: T[]): T[] {
  return samples.sort((left, right) => (left.key < right.key ? -1 : 1));
}

function inner<K, I, V>(maps: Map<K, Map<I, V>>, key: K): Map<I, V> {
  const known = maps.get(key);
  if (known !== undefined) return known;
  const made = new Map<I, V>();
  maps.set(key, made);
  return made;
}
