import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

/*
 * Tells what the tests of a run of `.ci/run` came to: `node ops/tell-results.ts RESULTS STATUS`, of the runner's JSON report and
 * of what came before it. Ends with the true counts alone on a line, and with 1 where anything failed.
 */

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const [, , path = "", status = ""] = process.argv;
let passed = 0;
// Where the runner died before it wrote its results, that is a failure of its own.
let failed = 1;
try {
  const results: Results = JSON.parse(readFileSync(path, "utf8"));
  passed = results.numPassedTests;
  failed = results.numFailedTests;
  for (const { name, status, assertionResults } of results.testResults) {
    if (status === "failed" && assertionResults.every((test) => test.status !== "failed")) {
      failed++;
      console.log(`could not run: ${name}`);
    }
    for (const test of assertionResults) {
      // A test that fails now and then is a defect of it or of the product, also where it passes in the end.
      if (test.status !== "passed" || test.failureMessages.length === 0) continue;
      console.log(`only at the second try: ${test.fullName}\n  ${test.failureMessages.join("\n  ")}`);
    }
  }
} catch (error) {
  console.log(`no test results: ${error instanceof Error ? error.message : String(error)}`);
}
if (failed === 0 && status !== "0") console.log("the tests passed, but the check, the build or the sizes did not");
// What was tested, for the hard stop of a deployment; a tree that is not that of a commit is none.
const git = (...words: string[]) => execFileSync("git", words, { encoding: "utf8" }).trim();
if (failed === 0 && git("status", "--porcelain") === "") {
  mkdirSync(".wrangler/deploy", { recursive: true });
  writeFileSync(
    ".wrangler/deploy/tests.json",
    JSON.stringify({ tree: git("rev-parse", "HEAD^{tree}"), passed, failed }),
  );
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
