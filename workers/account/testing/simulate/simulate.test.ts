import { describe, expect, it } from "vitest";
import { PLANTED_BUGS } from "./planted-bug.ts";
import { REGRESS_SEEDS } from "./regress-seeds.ts";
import type { SimulationResult } from "./simulation.ts";
import { simulate } from "./world.ts";

/** Seeds within which a planted bug has to show. */
const CATCH_SEEDS_MAX = 200;
const SEEDS = 160;

describe("the order desk in broken worlds", () => {
  it("loses, doubles and exceeds nothing (I1-I15, I17-I19, C3, C6, C15)", async () => {
    const results: SimulationResult[] = [];
    for (let seed = 0; seed < SEEDS; seed++) results.push(await simulate(seed));
    expect(results.filter((result) => result.violations.length > 0)).toEqual([]);
    // The worlds were broken, and the desk traded in them all the same.
    expect(results.reduce((sum, result) => sum + result.crashes, 0)).toBeGreaterThan(SEEDS);
    expect(results.reduce((sum, result) => sum + result.fills, 0)).toBeGreaterThan(10 * SEEDS);
    expect(results.reduce((sum, result) => sum + result.denied, 0)).toBeGreaterThan(SEEDS);
  }, 120_000);

  it("holds where it failed once", async () => {
    for (const seed of REGRESS_SEEDS) {
      for (const still of [true, false]) expect((await simulate(seed, { still })).violations).toEqual([]);
    }
  }, 120_000);

  it("has on its disk, after every step, what it believes (I15)", async () => {
    for (let seed = 0; seed < 10; seed++) expect((await simulate(seed, { thorough: true })).violations).toEqual([]);
  }, 120_000);

  it("comes out the same for the same seed", async () => {
    for (let seed = 0; seed < 3; seed++) expect(await simulate(seed)).toEqual(await simulate(seed));
  });
});

describe("a safety rule that is left out", () => {
  it.each(PLANTED_BUGS)(
    "is noticed within 200 seeds: %s",
    async (bug) => {
      let caught = 0;
      while (caught < CATCH_SEEDS_MAX && (await simulate(caught, { bug })).violations.length === 0) caught++;
      expect(caught).toBeLessThan(CATCH_SEEDS_MAX);
    },
    120_000,
  );
});
