import type { DrillResult, DrillTerms } from "./drill-result.ts";

interface AtOnceTerms extends Omit<DrillTerms, "begins"> {
  /** Cycles of all drills together. */
  readonly cycles: number;
  /** How many drills run at the same time, each with a runtime of its own: one waits as often as it works. */
  readonly drills: number;
  /** Whether there is time for one more cycle. */
  readonly goesOn: () => boolean;
}

/**
 * Runs several drills at the same time that share a number of cycles, whichever is ready for the next one, and sums up what
 * they saw. The first takes the seed that is given, each other the one after. None begins a cycle once one has found something.
 * Throws what drills failed with and what others found meanwhile, after all have ended.
 */
export async function runAtOnce(
  run: (terms: DrillTerms) => Promise<DrillResult>,
  { cycles, drills, goesOn, seed, untilCertain, say }: AtOnceTerms,
): Promise<DrillResult> {
  let left = cycles;
  const begins = () => {
    if (left <= 0 || !goesOn()) return false;
    left--;
    return true;
  };
  const stop = () => {
    left = 0;
  };
  const runs = Array.from({ length: drills }, async (_, index) => {
    const own = (line: string) => say(drills === 1 ? line : `${index + 1}: ${line}`);
    try {
      const result = await run({ begins, seed: seed + index, untilCertain, say: own });
      if (result.findings.length > 0) stop();
      return result;
    } catch (error) {
      stop();
      throw error;
    }
  });
  const ended = await Promise.allSettled(runs);
  const results = ended.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
  const failures = ended.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
  if (failures.length === 0) return results.reduce(sumOfDrills);
  const found = results.flatMap(({ findings }) => findings);
  throw new AggregateError(failures, [...failures.map(String), ...found].join("\n"));
}

/** What two drills saw together. */
export function sumOfDrills(left: DrillResult, right: DrillResult): DrillResult {
  return {
    cycles: left.cycles + right.cycles,
    cycleMs: [...left.cycleMs, ...right.cycleMs],
    restartMs: [...left.restartMs, ...right.restartMs],
    settleMs: [...left.settleMs, ...right.settleMs],
    asked: left.asked + right.asked,
    answered: left.answered + right.answered,
    repeated: left.repeated + right.repeated,
    lost: left.lost + right.lost,
    denied: sumOfCounts(left.denied, right.denied),
    ...ofBoth("rejected", left, right),
    brokerOrders: left.brokerOrders + right.brokerOrders,
    botOrders: left.botOrders + right.botOrders,
    brokerFills: left.brokerFills + right.brokerFills,
    ...ofBoth("met", left, right),
    findings: [...left.findings, ...right.findings],
  };
}

/** Counts that only some drills have: absent where neither has them. */
function ofBoth(name: "rejected" | "met", left: DrillResult, right: DrillResult): Partial<DrillResult> {
  const [one, other] = [left[name], right[name]];
  return one === undefined && other === undefined ? {} : { [name]: sumOfCounts(one, other) };
}

function sumOfCounts(
  left: Readonly<Record<string, number>> = {},
  right: Readonly<Record<string, number>> = {},
): Readonly<Record<string, number>> {
  const sum: Record<string, number> = { ...left };
  for (const [name, count] of Object.entries(right)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
