import { OTHER } from "./metric-labels.ts";
import type { MetricSpec } from "./metric-spec.ts";

/** Sets hold no such character: see `metric-catalogue.test.ts`. */
const BETWEEN = "\t";

const SETS = new WeakMap<readonly string[], ReadonlySet<string>>();

function setOf(values: readonly string[]): ReadonlySet<string> {
  const known = SETS.get(values);
  if (known !== undefined) return known;
  const set = new Set(values);
  SETS.set(values, set);
  return set;
}

/**
 * The key of a series within its metric: the labels' values in the order of the catalogue. A value outside its set, or
 * none, is `other`.
 */
export function seriesKey(spec: MetricSpec, labels: Readonly<Record<string, unknown>>): string {
  let key = "";
  for (const name of Object.keys(spec.labels)) {
    const value = labels[name];
    const known = typeof value === "string" && setOf(spec.labels[name] ?? []).has(value);
    key += (key === "" ? "" : BETWEEN) + (known ? value : OTHER);
  }
  return key;
}

/** The labels of a key; undefined for a key that the catalogue cannot have made. */
export function labelsOfKey(spec: MetricSpec, key: string): readonly (readonly [string, string])[] | undefined {
  const names = Object.keys(spec.labels);
  const values = names.length === 0 && key === "" ? [] : key.split(BETWEEN);
  if (values.length !== names.length) return undefined;
  const pairs: [string, string][] = [];
  for (const [at, name] of names.entries()) {
    const value = values[at] ?? "";
    if (value !== OTHER && !setOf(spec.labels[name] ?? []).has(value)) return undefined;
    pairs.push([name, value]);
  }
  return pairs;
}

/** How many series a metric has at most, without those of values that are not known. */
export function seriesCount({ labels }: MetricSpec): number {
  return Object.values(labels).reduce((product, values) => product * values.length, 1);
}

/** The keys of all these series. */
export function allKeys({ labels }: MetricSpec): string[] {
  return Object.values(labels).reduce<string[]>(
    (keys, values, at) => keys.flatMap((key) => values.map((value) => (at === 0 ? value : key + BETWEEN + value))),
    [""],
  );
}
