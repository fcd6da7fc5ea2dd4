/** What of the test runner's JSON report is read. */
export interface TestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
      /** `says`: what a test has to tell besides that it passed, such as how often it tried. */
      readonly meta?: { readonly says?: string };
    }[];
  }[];
}

export interface TestOutcome {
  readonly passed: number;
  readonly failed: number;
  /** Whether a change may be landed and deployed. */
  readonly isGood: boolean;
  /** What is to be said before the counts. */
  readonly lines: readonly string[];
}

/** Tests of thousands that may need their second try: more, and something is wrong with the machine or the product. */
export const SECOND_TRIES_MAX = 5;

/**
 * What a run of the tests came to. `report`: undefined where the runner died before it wrote one. `hasPassedBeside`: whether
 * everything beside the tests passed.
 */
export function outcomeOf(
  report: TestReport | undefined,
  { hasPassedBeside }: { readonly hasPassedBeside: boolean },
): TestOutcome {
  if (report === undefined) return { passed: 0, failed: 1, isGood: false, lines: ["no test results"] };
  const { success, numPassedTests: passed, numFailedTests, testResults } = report;
  const files = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.every((test) => test.status !== "failed"),
  );
  const failed = numFailedTests + files.length;
  const again = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter((test) => test.status === "passed" && (test.failureMessages ?? []).length > 0),
  );
  const lines = files.map(({ name }) => `could not run: ${name}`);
  for (const { fullName, meta } of testResults.flatMap(({ assertionResults }) => assertionResults))
    if (meta?.says !== undefined) lines.push(`${fullName}: ${meta.says}`);
  // A test that fails now and then is a defect of it or of the product, also where it passes in the end.
  for (const { fullName, failureMessages = [] } of again)
    lines.push(`only at the second try: ${fullName}`, ...failureMessages.map((text) => `  ${text}`));
  const isSteady = again.length <= SECOND_TRIES_MAX;
  if (!isSteady) lines.push(`${again.length} tests needed a second try, at most ${SECOND_TRIES_MAX} may`);
  if (!success && failed === 0) lines.push("every test passed, but the runner met an error outside of them");
  if (!hasPassedBeside) lines.push("the check, the build, the sizes or the simulator did not pass");
  return { passed, failed, isGood: success && failed === 0 && passed > 0 && isSteady && hasPassedBeside, lines };
}
