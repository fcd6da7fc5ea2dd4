import { expect, it } from "vitest";
import { outcomeOf, SECOND_TRIES_MAX, type TestReport } from "./test-results.ts";

const NO_MESSAGES: readonly string[] = [];
const PASSED = { fullName: "adds", status: "passed", failureMessages: NO_MESSAGES };
const SECOND = { fullName: "waits", status: "passed", failureMessages: ["Error: too late"] };
const FAILED = { fullName: "subtracts", status: "failed", failureMessages: ["Error: 1"] };
const BESIDE = { hasPassedBeside: true };

function report(tests: readonly (typeof PASSED)[], changed: Partial<TestReport> = {}): TestReport {
  const failed = tests.filter(({ status }) => status === "failed").length;
  const status = failed > 0 ? "failed" : "passed";
  return {
    ...{ success: failed === 0, numPassedTests: tests.length - failed, numFailedTests: failed },
    testResults: [{ name: "a.test.ts", status, assertionResults: tests }],
    ...changed,
  };
}

it("takes a run for good in which something passed and nothing failed", () => {
  expect(outcomeOf(report([PASSED, PASSED]), BESIDE)).toEqual({ passed: 2, failed: 0, isGood: true, lines: [] });
});

it.each([
  ["a test that failed", report([PASSED, FAILED]), true, 1],
  ["no report", undefined, true, 1],
  ["no test at all", report([]), true, 0],
  ["a check that did not pass", report([PASSED]), false, 0],
  ["an error outside of the tests", report([PASSED], { success: false }), true, 0],
  [
    "a file that could not run",
    report([PASSED], { testResults: [{ name: "b", status: "failed", assertionResults: [] }] }),
    true,
    1,
  ],
  ["too many second tries", report(Array.from({ length: SECOND_TRIES_MAX + 1 }, () => SECOND)), true, 0],
])("does not for %s", (_what, given, hasPassedBeside, failed) => {
  expect(outcomeOf(given, { hasPassedBeside })).toMatchObject({ isGood: false, failed });
});

it("tells what a test says of itself", () => {
  const told = { ...PASSED, meta: { says: "200 times" } };
  expect(outcomeOf(report([PASSED, told]), BESIDE).lines).toEqual(["adds: 200 times"]);
});

it("names what passed only at the second try, with why it failed at first", () => {
  const { isGood, lines } = outcomeOf(report([PASSED, SECOND]), BESIDE);
  expect(isGood).toBe(true);
  expect(lines).toEqual(["only at the second try: waits", "  Error: too late"]);
});
