import type { Lane } from "../../workers/metrics/lane-of.ts";
import type { LaneReading } from "./gradual.ts";
import { type Sample, sumOf } from "./prometheus-samples.ts";

const METRIC = "http_version_duration_seconds";

/** What a lane had counted at a moment: requests by outcome, and how many took at most so long. */
export interface LaneCounts {
  readonly requests: number;
  readonly faults: number;
  /** Requests that took at most so many seconds, the bounds ascending; the last is infinite. */
  readonly buckets: readonly (readonly [atMost: number, count: number])[];
}

export function laneCounts(samples: readonly Sample[], lane: Lane): LaneCounts {
  const count = (outcome?: string) =>
    sumOf(samples, `${METRIC}_count`, { lane, ...(outcome === undefined ? {} : { outcome }) }) ?? 0;
  const bounds = new Map<number, number>();
  for (const { name, labels, value } of samples) {
    if (name !== `${METRIC}_bucket` || labels.lane !== lane) continue;
    const bound = labels.le === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels.le);
    bounds.set(bound, (bounds.get(bound) ?? 0) + value);
  }
  return { requests: count(), faults: count("fault"), buckets: [...bounds].sort(([left], [right]) => left - right) };
}

/** How a lane did between two moments. */
export function laneReading(from: LaneCounts, to: LaneCounts): LaneReading {
  const before = new Map(from.buckets);
  const buckets = to.buckets.map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const);
  return {
    requests: to.requests - from.requests,
    faults: to.faults - from.faults,
    p95Ms: quantileMs(buckets, 0.95),
  };
}

/**
 * What a lane counted without what it counted of our own requests: those are judged apart, so that they do not hide faults that
 * people meet. The time stays that of all.
 */
export function withoutOwn(all: LaneReading, own: Pick<LaneReading, "requests" | "faults">): LaneReading {
  const faults = Math.max(0, all.faults - own.faults);
  return { requests: Math.max(faults, all.requests - own.requests), faults, p95Ms: all.p95Ms };
}

/** As Prometheus does it: even within a bucket; what is beyond the last bound counts as that. */
function quantileMs(buckets: LaneCounts["buckets"], share: number): number | undefined {
  const total = buckets.at(-1)?.[1] ?? 0;
  if (total <= 0) return undefined;
  const rank = total * share;
  const index = buckets.findIndex(([, count]) => count >= rank);
  const [upper, count] = buckets[index] ?? [0, 0];
  const [lower, below] = buckets[index - 1] ?? [0, 0];
  if (!Number.isFinite(upper)) return lower * 1_000;
  const within = count === below ? 1 : (rank - below) / (count - below);
  return (lower + (upper - lower) * within) * 1_000;
}
