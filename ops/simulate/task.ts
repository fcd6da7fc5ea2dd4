import { PLANTED_BUGS, type PlantedBug } from "../../workers/account/testing/simulate/planted-bug.ts";
import { simulate } from "../../workers/account/testing/simulate/world.ts";

/** Seeds to run, `[from, from + seeds)`; with a bug, until it is noticed. */
export interface SeedTask {
  readonly from: number;
  readonly seeds: number;
  readonly bug?: PlantedBug;
}

/** What came of some seeds. Sums of two are those of both. */
export interface SeedTotals {
  readonly seeds: number;
  readonly brokerOrders: number;
  readonly fills: number;
  readonly crashes: number;
  readonly denied: number;
  readonly failed: readonly { readonly seed: number; readonly violations: readonly string[] }[];
}

export const NO_SEEDS: SeedTotals = { seeds: 0, brokerOrders: 0, fills: 0, crashes: 0, denied: 0, failed: [] };

export function sumOf(left: SeedTotals, right: SeedTotals): SeedTotals {
  return {
    seeds: left.seeds + right.seeds,
    brokerOrders: left.brokerOrders + right.brokerOrders,
    fills: left.fills + right.fills,
    crashes: left.crashes + right.crashes,
    denied: left.denied + right.denied,
    failed: [...left.failed, ...right.failed].sort((one, other) => one.seed - other.seed),
  };
}

/** Runs a task. With a bug it ends at the first seed that fails. */
export async function runTask({ from, seeds, bug }: SeedTask): Promise<SeedTotals> {
  let totals = NO_SEEDS;
  for (let seed = from; seed < from + seeds; seed++) {
    const { violations, brokerOrders, fills, crashes, denied } = await simulate(seed, { bug });
    const failed = violations.length === 0 ? [] : [{ seed, violations }];
    totals = sumOf(totals, { seeds: 1, brokerOrders, fills, crashes, denied, failed });
    if (bug !== undefined && failed.length > 0) break;
  }
  return totals;
}

/** Seeds in shares that are handed out one after the other, so that no worker waits long for the last. */
export function sharesOf({ from, seeds }: SeedTask, share: number): SeedTask[] {
  const count = Math.ceil(seeds / share);
  return Array.from({ length: count }, (_, index) => ({
    from: from + index * share,
    seeds: Math.min(share, seeds - index * share),
  }));
}

export function bugTasks({ from, seeds }: SeedTask): (SeedTask & { readonly bug: PlantedBug })[] {
  return PLANTED_BUGS.map((bug) => ({ from, seeds, bug }));
}
