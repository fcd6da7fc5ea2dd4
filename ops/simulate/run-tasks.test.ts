import { describe, expect, it } from "vitest";
import { runTasks } from "./run-tasks.ts";
import { NO_SEEDS, runTask, type SeedTask, type SeedTotals, sharesOf, sumOf } from "./task.ts";

const SEEDS = { from: 3, seeds: 7 };

describe("seeds in several workers", () => {
  it("are each run once, and sum up to what one worker finds", async () => {
    const done: SeedTask[] = [];
    let totals = NO_SEEDS;
    const onDone = (task: SeedTask, told: SeedTotals) => {
      done.push(task);
      totals = sumOf(totals, told);
    };
    await runTasks(sharesOf(SEEDS, 3), { workers: 2, onDone });
    expect(done.map(({ from, seeds }) => [from, seeds]).sort()).toEqual([
      [3, 3],
      [6, 3],
      [9, 1],
    ]);
    expect(totals).toEqual(await runTask(SEEDS));
  });

  it("begin nothing new once the time is up, and count what was begun", async () => {
    const done: number[] = [];
    const onDone = (task: SeedTask) => done.push(task.from);
    await runTasks(sharesOf({ from: 0, seeds: 8 }, 1), { workers: 2, onDone, goesOn: () => done.length < 3 });
    // The other worker was in the middle of one.
    expect(done.length).toBeGreaterThanOrEqual(3);
    expect(done.length).toBeLessThanOrEqual(4);
  });

  it("end at the seed that notices what was left out, and name it", async () => {
    const told: SeedTotals[] = [];
    const task = { from: 0, seeds: 50, bug: "fee-not-booked" } as const;
    await runTasks([task], { workers: 2, onDone: (_, totals) => told.push(totals) });
    expect(told).toHaveLength(1);
    expect(told[0].failed).toEqual([
      { seed: told[0].seeds - 1, violations: expect.arrayContaining([expect.any(String)]) },
    ]);
  });

  it("are named from the lowest, whichever worker was first", () => {
    const failing = (seed: number): SeedTotals => ({ ...NO_SEEDS, seeds: 1, failed: [{ seed, violations: ["I6"] }] });
    expect(sumOf(failing(9), failing(2)).failed.map(({ seed }) => seed)).toEqual([2, 9]);
  });
});
