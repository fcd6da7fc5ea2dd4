/** Runs of each entry; the median of five is little moved by one that was disturbed. */
const RUNS = 5;

export interface Entry {
  readonly name: string;
  /** Does the work once; what it returns is compared between entries that say they do the same. */
  readonly work: () => unknown;
}

export interface Timing {
  readonly name: string;
  /** Median of the runs in milliseconds. */
  readonly ms: number;
  readonly result: unknown;
}

/** Times the entries in turn, run by run, after one warm-up each, so that a slow moment of the machine hits all alike. */
export function timeAll(entries: readonly Entry[]): Timing[] {
  const results = entries.map(({ work }) => work());
  const times = entries.map(() => new Float64Array(RUNS));
  for (let run = 0; run < RUNS; run++) {
    entries.forEach(({ work }, index) => {
      const started = performance.now();
      work();
      times[index][run] = performance.now() - started;
    });
  }
  return entries.map(({ name }, index) => ({
    name,
    ms: times[index].sort()[RUNS >> 1],
    result: results[index],
  }));
}

/** Prints timings under a title, each with its rate and its ratio to the first, which is the bound. */
export function printTimings(
  title: string,
  timings: readonly Timing[],
  { items, unit, budget }: { items: number; unit: string; budget?: number },
): void {
  const [bound] = timings;
  console.log(`\n${title}`);
  for (const { name, ms } of timings) {
    const rate = items / (ms / 1_000);
    const ratio = ms / bound.ms;
    const over = budget !== undefined && name.startsWith("engine") ? ` (budget ${budget})` : "";
    const speed = `${rate >= 1e6 ? `${(rate / 1e6).toFixed(1)} M` : `${(rate / 1e3).toFixed(1)} k`} ${unit}/s`;
    console.log(
      `  ${name.padEnd(34)} ${ms.toFixed(1).padStart(9)} ms  ${speed.padStart(18)}  ${ratio.toFixed(2)} x${over}`,
    );
  }
}
