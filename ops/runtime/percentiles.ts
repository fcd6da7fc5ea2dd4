/** The value below which a share of the values lies, the nearest that was measured; 0 where there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Median, 99th percentile and the most of some times, such as `p50 12 ms, p99 40 ms, most 41 ms of 300`. */
export function timesText(times: readonly number[], decimals = 0): string {
  const at = (share: number) => percentile(times, share).toFixed(decimals);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms of ${times.length.toLocaleString("en")}`;
}
