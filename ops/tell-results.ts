import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { outcomeOf, type TestReport } from "./check/test-results.ts";
import { TESTS_RECORD, type TestsRecord } from "./deploy/stop/commit-stops.ts";

/*
 * Tells what a run of `.ci/run` came to: `node ops/tell-results.ts REPORT STATUS`, of the runner's JSON report and of what ran
 * beside the tests. Ends with the true counts alone on a line, and with 1 where anything failed.
 */

const [, , path = "", status = ""] = process.argv;

function readReport(): TestReport | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

const { passed, failed, isGood, lines } = outcomeOf(readReport(), { hasPassedBeside: status === "0" });
for (const line of lines) console.log(line);
// What was tested, for the hard stop of a deployment; a tree that is not that of a commit is none.
const git = (...words: string[]) => execFileSync("git", words, { encoding: "utf8" }).trim();
if (isGood && git("status", "--porcelain") === "") {
  const record: TestsRecord = { tree: git("rev-parse", "HEAD^{tree}"), passed, failed };
  mkdirSync(dirname(TESTS_RECORD), { recursive: true });
  writeFileSync(TESTS_RECORD, JSON.stringify(record));
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = isGood ? 0 : 1;
