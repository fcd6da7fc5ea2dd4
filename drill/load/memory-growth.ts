import { percentile } from "../../ops/runtime/percentiles.ts";

/** Until the runtime is warm: code is compiled, caches are filled, and what is done hourly was done once, for each object. */
export const WARM_UP_MINUTES = 70;
/** Share by which memory may have grown since, by the design's R17. */
export const GROWTH_MAX = 0.05;
/** Minutes of each of the two windows that are compared: shorter, and one collection of garbage decides. */
const WINDOW_MINUTES = 20;
const WINDOW_MINUTES_MIN = 5;
/** Until a runtime that was started anew is as warm, and its last window full. */
export const ANEW_MINUTES = WARM_UP_MINUTES + WINDOW_MINUTES_MIN;

/** Memory of a process, sampled once a minute. */
export interface MemoryGrowth {
  /** Medians of the first window after the warm-up and of the last one, bytes. */
  readonly from: number;
  readonly to: number;
  /** Of `from`: 0.02 is two per cent more. */
  readonly share: number;
  /** Median of the slopes between any two samples (Theil and Sen), bytes an hour: no single sample bends it. */
  readonly slopeAnHour: number;
}

/** How memory grew after the warm-up. Undefined where there are too few samples to say. */
export function memoryGrowth(samples: readonly number[]): MemoryGrowth | undefined {
  const warm = samples.slice(WARM_UP_MINUTES);
  const window = Math.min(WINDOW_MINUTES, Math.floor(warm.length / 2));
  if (window < WINDOW_MINUTES_MIN) return undefined;
  const [from, to] = [percentile(warm.slice(0, window), 0.5), percentile(warm.slice(-window), 0.5)];
  const slopes: number[] = [];
  for (const [right, to] of warm.entries())
    for (const [left, from] of warm.slice(0, right).entries()) slopes.push((to - from) / (right - left));
  return { from, to, share: to / from - 1, slopeAnHour: percentile(slopes, 0.5) * 60 };
}

/** Samples of each minute: the Worker's heap once garbage is collected, the process that runs it, and the one that hosts that. */
export interface MemorySamples {
  readonly heap: number[];
  readonly workerd: number[];
  readonly host: number[];
}

export function noMemory(): MemorySamples {
  return { heap: [], workerd: [], host: [] };
}

/**
 * What of a process's memory had leaked: started anew on the same state and warm, it holds the rest again. `grown` and `anew`
 * are samples of before and after; their last windows are compared.
 */
export function leakText(name: string, grown: readonly number[], anew: readonly number[]): string {
  const [before, after] = [grown, anew].map((samples) => percentile(samples.slice(-WINDOW_MINUTES_MIN), 0.5));
  const share = before / after - 1;
  const verdict = share > GROWTH_MAX ? `${(share * 100).toFixed(1)} % leaked` : "held of what is stored";
  return `memory of ${name}: ${megabytes(before)} MB, anew on the same state ${megabytes(after)} MB: ${verdict}`;
}

/** What is wrong with how a process's memory grew; undefined where nothing is. */
export function growthFinding(name: string, growth: MemoryGrowth | undefined): string | undefined {
  if (growth === undefined) return `memory of ${name}: too few minutes after the warm-up of ${WARM_UP_MINUTES} to say`;
  if (growth.share <= GROWTH_MAX) return undefined;
  return `memory of ${name} grew by ${growthText(growth)}, at most ${GROWTH_MAX * 100} %`;
}

/** Such as `2.1 % (310 to 317 MB, 4.2 MB an hour)`. */
export function growthText({ from, to, share, slopeAnHour }: MemoryGrowth): string {
  return `${(share * 100).toFixed(1)} % (${megabytes(from)} to ${megabytes(to)} MB, ${megabytes(slopeAnHour)} MB an hour)`;
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
