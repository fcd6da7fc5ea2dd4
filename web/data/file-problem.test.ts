import { expect, test } from "vitest";
import { fileProblem } from "./file-problem.ts";

const MB = 1e6;

test.each([
  ["BTC.csv", 1, undefined],
  ["BTC.csv", 100 * MB, undefined],
  ["BTC.csv", 0, /empty/],
  ["BTC.csv", 100 * MB + 1e5, /100\.1\sMB, the most is 100\.0\sMB.*gzip/],
  ["BTC.csv.gz", 143 * MB, /143\.0\sMB.*Split.*Parquet/],
  ["BTC.PARQUET", 143 * MB, /143\.0\sMB.*Split.*compressed Parquet/],
] as const)("%s of %i bytes is told what keeps it from being sent and what helps", (name, size, words) => {
  const problem = fileProblem({ name, size });
  if (words === undefined) expect(problem).toBeUndefined();
  else expect(problem).toMatch(words);
});
