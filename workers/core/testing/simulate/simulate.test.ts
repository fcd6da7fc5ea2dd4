import { describe, expect, it } from "vitest";
import { PLANTED_BUGS } from "./planted-bug.ts";
import { simulate } from "./world.ts";

/** Seeds within which a planted bug has to show. */
const CATCH_SEEDS_MAX = 200;
const SEEDS = 150;

describe("the desk's protocol over the modules of core, in broken worlds", () => {
  it("loses, doubles and exceeds nothing (I1-I13, I17)", () => {
    const results = Array.from({ length: SEEDS }, (_, seed) => simulate(seed));
    expect(results.filter((result) => result.violations.length > 0)).toEqual([]);
    // The worlds were broken, and the desk traded in them all the same.
    expect(results.reduce((sum, result) => sum + result.crashes, 0)).toBeGreaterThan(SEEDS);
    expect(results.reduce((sum, result) => sum + result.fills, 0)).toBeGreaterThan(10 * SEEDS);
    expect(results.reduce((sum, result) => sum + result.denied, 0)).toBeGreaterThan(SEEDS);
  }, 120_000);

  it("comes out the same for the same seed", () => {
    for (let seed = 0; seed < 5; seed++) expect(simulate(seed)).toEqual(simulate(seed));
  });
});

describe("a safety rule that is left out", () => {
  it.each(PLANTED_BUGS)(
    "is noticed within 200 seeds: %s",
    (bug) => {
      let caught = 0;
      while (caught < CATCH_SEEDS_MAX && simulate(caught, bug).violations.length === 0) caught++;
      expect(caught).toBeLessThan(CATCH_SEEDS_MAX);
    },
    120_000,
  );
});
