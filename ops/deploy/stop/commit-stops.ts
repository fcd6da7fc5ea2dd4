import type { StopResult } from "../hard-stops.ts";
import { RECORDS } from "../record.ts";
import type { StopContext } from "../stop-context.ts";

/** Written by `.ci/run` once everything has passed. */
export const TESTS_RECORD = `${RECORDS}/tests.json`;
/** The job of .github/workflows/ci.yml. */
const CHECK = "check-and-test";
/** From this level on an advisory stops a deployment: npm's own word. */
const ADVISORY_LEVEL = "moderate";

export interface TestsRecord {
  /** What was tested: git's hash of the whole tree. */
  readonly tree: string;
  readonly passed: number;
  readonly failed: number;
}

/** Exactly what is deployed must have passed everything, and nothing may lie beside it. */
export async function readTests(ctx: StopContext): Promise<StopResult> {
  const changed = ctx.changedFiles();
  if (changed.length > 0) {
    const words = `the tree is not that of the commit: ${changed.slice(0, 5).join(", ")}${changed.length > 5 ? ", …" : ""}`;
    return { passed: false, words, todo: "Commit or remove what is not part of the commit." };
  }
  const record = recordOf(ctx);
  if (record?.tree === ctx.tree && record.failed === 0 && record.passed > 0) {
    return { passed: true, words: `${record.passed} passed on this very tree, as .ci/run wrote down` };
  }
  const todo = "Push the commit and wait for its checks, or run .ci/run here on a clean tree.";
  if (ctx.settings.github === undefined) {
    return {
      passed: false,
      words: `no record of .ci/run for the tree ${ctx.tree.slice(0, 12)}, and no GitHub to ask`,
      todo,
    };
  }
  const { api, repository, token } = ctx.settings.github;
  const reply = await ctx.fetch(`${api}/repos/${repository}/commits/${ctx.commit}/check-runs?check_name=${CHECK}`, {
    headers: { Accept: "application/vnd.github+json", Authorization: `Bearer ${token}` },
  });
  if (!reply.ok) return { passed: false, words: `GitHub answered ${reply.status}`, todo };
  const { check_runs } = (await reply.json()) as {
    check_runs: readonly { status: string; conclusion: string | null }[];
  };
  const [newest] = check_runs;
  if (newest?.conclusion === "success") {
    return {
      passed: true,
      words: `the check ${CHECK} of ${ctx.commit.slice(0, 12)} succeeded, by the answer of ${api}`,
    };
  }
  const state = newest === undefined ? "has not run" : `is ${newest.conclusion ?? newest.status}`;
  return { passed: false, words: `the check ${CHECK} of ${ctx.commit.slice(0, 12)} ${state}`, todo };
}

function recordOf({ read }: StopContext): TestsRecord | undefined {
  const text = read(TESTS_RECORD);
  return text === undefined ? undefined : (JSON.parse(text) as TestsRecord);
}

interface AuditReport {
  readonly metadata?: { readonly vulnerabilities?: Readonly<Record<string, number>> };
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string }>>;
  readonly message?: string;
}

/** Advisories of what runs in production. */
export async function readAudit({ run, settings }: StopContext): Promise<StopResult> {
  const registry = settings.registry === undefined ? [] : ["--registry", settings.registry];
  const command = ["npm", "audit", "--omit=dev", "--json", `--audit-level=${ADVISORY_LEVEL}`, ...registry];
  const { code, output } = await run(command);
  const todo = "Raise the packages that are named, or take them out; `npm audit --omit=dev` says more.";
  const report = reportOf(output);
  // Where the registry does not answer, npm's report counts nothing: that is no clean bill.
  const counted = report?.metadata?.vulnerabilities;
  if (counted === undefined) {
    const why = report?.message ?? output.trim().split("\n").at(-1) ?? "";
    const words = `npm's registry could not be asked: ${why.slice(0, 200)}`;
    return { passed: false, words, todo: "Run this where the registry's audit answers, as the workflow does." };
  }
  const where = settings.registry === undefined ? "" : `, by the answer of ${settings.registry}`;
  if (code === 0) return { passed: true, words: `no advisory from ${ADVISORY_LEVEL} on${where}` };
  const named = Object.entries(report?.vulnerabilities ?? {}).map(([name, { severity }]) => `${name} (${severity})`);
  return { passed: false, words: `advisories: ${named.join(", ")}${where}`, todo };
}

function reportOf(output: string): AuditReport | undefined {
  try {
    return JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1)) as AuditReport;
  } catch {
    return undefined;
  }
}
