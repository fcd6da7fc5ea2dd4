import { describe, expect, it } from "vitest";
import { runAtOnce, sumOfDrills } from "./at-once.ts";
import type { DrillResult, DrillTerms } from "./drill-result.ts";

const NOTHING: DrillResult = {
  ...{ cycles: 0, cycleMs: [], restartMs: [], settleMs: [], asked: 0, answered: 0, repeated: 0, lost: 0 },
  ...{ denied: {}, brokerOrders: 0, botOrders: 0, brokerFills: 0, findings: [] },
};
const TERMS = { cycles: 7, drills: 2, goesOn: () => true, seed: 5, untilCertain: false, say: () => {} };

/** A drill whose cycles take a turn each, and that finds something in the one that is named. */
function drill(findsAt = Number.POSITIVE_INFINITY): (terms: DrillTerms) => Promise<DrillResult> {
  return async ({ begins, seed }) => {
    const cycleMs: number[] = [];
    while (cycleMs.length !== findsAt && begins()) {
      cycleMs.push(seed);
      await Promise.resolve();
    }
    const found = cycleMs.length === findsAt;
    return { ...NOTHING, cycles: cycleMs.length, cycleMs, findings: found ? [`found with seed ${seed}`] : [] };
  };
}

describe("drills at the same time", () => {
  it("share their cycles, each with a seed of its own", async () => {
    const { cycles, cycleMs } = await runAtOnce(drill(), TERMS);
    expect(cycles).toBe(7);
    expect(cycleMs.toSorted()).toEqual([5, 5, 5, 5, 6, 6, 6]);
  });

  it("begin no cycle once the time is up", async () => {
    let asked = 0;
    const { cycles } = await runAtOnce(drill(), { ...TERMS, goesOn: () => ++asked <= 3 });
    expect(cycles).toBe(3);
  });

  it("end soon after one has found something, and tell it", async () => {
    const run = (terms: DrillTerms) => drill(terms.seed === 5 ? 2 : undefined)(terms);
    const { cycles, findings } = await runAtOnce(run, { ...TERMS, cycles: 1_000 });
    expect(findings).toEqual(["found with seed 5"]);
    expect(cycles).toBeLessThan(10);
  });

  it("fail with what one failed with and what another found, once all have ended", async () => {
    const run = async (terms: DrillTerms) => {
      if (terms.seed === 6) return drill(1)(terms);
      await drill()(terms);
      throw new Error("no runtime");
    };
    await expect(runAtOnce(run, TERMS)).rejects.toThrow("Error: no runtime\nfound with seed 6");
  });

  it("say which of them speaks, where there are several", async () => {
    const said: string[] = [];
    const run = async ({ say }: DrillTerms) => {
      say("cycle 1");
      return NOTHING;
    };
    await runAtOnce(run, { ...TERMS, say: (line) => said.push(line) });
    await runAtOnce(run, { ...TERMS, drills: 1, say: (line) => said.push(line) });
    expect(said).toEqual(["1: cycle 1", "2: cycle 1", "cycle 1"]);
  });

  it("sum up every count", () => {
    const one = {
      ...NOTHING,
      asked: 1,
      answered: 2,
      repeated: 3,
      lost: 4,
      brokerOrders: 5,
      botOrders: 6,
      brokerFills: 7,
    };
    const [left, right] = [
      { ...one, restartMs: [1], settleMs: [2], denied: { A: 1 }, met: { B: 2 } },
      { ...one, restartMs: [3], settleMs: [4], denied: { A: 1, C: 1 } },
    ];
    expect(sumOfDrills(left, right)).toEqual({
      ...{ ...NOTHING, restartMs: [1, 3], settleMs: [2, 4], denied: { A: 2, C: 1 }, met: { B: 2 } },
      ...{ asked: 2, answered: 4, repeated: 6, lost: 8, brokerOrders: 10, botOrders: 12, brokerFills: 14 },
    });
  });
});
