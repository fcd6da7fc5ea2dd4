import { METRIC_NAMES, METRICS, type MetricName } from "./metric-catalogue.ts";
import type { MetricSpec } from "./metric-spec.ts";
import type { MetricStore, Sample } from "./metric-store.ts";
import { allKeys, labelsOfKey, seriesCount } from "./series-key.ts";

/** The content type of the text format that Prometheus has read since its beginning. */
export const PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

/** A counter of more series than this is shown where it was counted only. */
const ZEROS_MAX = 64;

type Pairs = readonly (readonly [string, string])[];

/**
 * Every metric with a value, in the text format of Prometheus:
 * https://prometheus.io/docs/instrumenting/exposition_formats/. Well-known libraries for it count by themselves and want
 * Node's cluster and process; here only the text is needed.
 */
export function prometheusText(store: MetricStore, nowMs: number): string {
  return METRIC_NAMES.map((name) => metricText(name, store, nowMs)).join("");
}

function metricText(name: MetricName, store: MetricStore, nowMs: number): string {
  const spec: MetricSpec = METRICS[name];
  const lines = linesOf(name, spec, store, nowMs);
  if (lines.length === 0) return "";
  return [`# HELP ${name} ${escapedHelp(spec.help)}`, `# TYPE ${name} ${spec.type}`, ...lines, ""].join("\n");
}

function linesOf(name: MetricName, spec: MetricSpec, store: MetricStore, nowMs: number): string[] {
  const pairsOf = (key: string) => labelsOfKey(spec, key) ?? [];
  if (spec.type === "histogram") {
    return store.histogramSamples(name).flatMap(({ key, counts, sum }) => {
      const bounds = [...spec.buckets.map(String), "+Inf"];
      return histogramLines(name, pairsOf(key), { bounds, counts, sum });
    });
  }
  const samples = spec.type === "counter" ? counterSamples(name, spec, store) : store.gaugeSamples(name, nowMs);
  return samples.map(({ key, value }) => line(name, pairsOf(key), value));
}

/**
 * A counter that was never counted stands at zero, so that its first step is seen to be one: Prometheus sees no increase
 * from nothing to one.
 */
function counterSamples(name: MetricName, spec: MetricSpec, store: MetricStore): Sample[] {
  const samples = new Map(store.counterSamples(name).map((sample) => [sample.key, sample]));
  if (seriesCount(spec) > ZEROS_MAX) return [...samples.values()];
  for (const key of allKeys(spec)) if (!samples.has(key)) samples.set(key, { key, value: 0 });
  return [...samples.values()].sort((left, right) => (left.key < right.key ? -1 : 1));
}

function histogramLines(
  name: string,
  pairs: Pairs,
  { bounds, counts, sum }: { bounds: readonly string[]; counts: readonly number[]; sum: number },
): string[] {
  let total = 0;
  const buckets = bounds.map((bound, at) => {
    total += counts[at] ?? 0;
    return line(`${name}_bucket`, [...pairs, ["le", bound]], total);
  });
  return [...buckets, line(`${name}_sum`, pairs, sum), line(`${name}_count`, pairs, total)];
}

function line(name: string, pairs: Pairs, value: number): string {
  const labels = pairs.map(([label, text]) => `${label}="${escapedLabel(text)}"`).join(",");
  return `${name}${labels === "" ? "" : `{${labels}}`} ${numberText(value)}`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}

function escapedHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapedLabel(text: string): string {
  return escapedHelp(text).replaceAll('"', '\\"');
}
