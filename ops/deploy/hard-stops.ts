import { readAudit, readTests } from "./stop/commit-stops.ts";
import { backupAge, certificate, health, monitoring } from "./stop/deployment-stops.ts";
import { limitsSet } from "./stop/limits-stop.ts";
import { rehearsed } from "./stop/rehearsal-stop.ts";
import { riskCaps } from "./stop/risk-caps-stop.ts";
import { secretsScan } from "./stop/secrets-stop.ts";
import type { StopContext } from "./stop-context.ts";

/** What a stop found: why it lets through, or what is wrong and what to do about it. */
export type StopResult =
  | { readonly passed: true; readonly words: string }
  | { readonly passed: false; readonly words: string; readonly todo: string };

export interface HardStop {
  readonly name: string;
  check(ctx: StopContext): Promise<StopResult>;
}

/**
 * What a deployment does not get past. None can be passed over: there is no option for it. A rollback asks none of them,
 * since it has to work when everything here fails.
 */
export const HARD_STOPS: readonly HardStop[] = [
  { name: "tests", check: readTests },
  { name: "audit of dependencies", check: readAudit },
  { name: "secrets in tree and history", check: secretsScan },
  { name: "limits set", check: limitsSet },
  { name: "risk caps cannot be bypassed", check: riskCaps },
  { name: "rollback rehearsed", check: rehearsed },
  { name: "health", check: health },
  { name: "backup age", check: backupAge },
  { name: "certificate", check: certificate },
  { name: "monitoring", check: monitoring },
];

export interface StopReport {
  readonly name: string;
  readonly result: StopResult;
  readonly ms: number;
}

/** Asks every stop, also behind one that fails, so that all that is wrong is told at once. A stop that throws has failed. */
export async function askStops(
  ctx: StopContext,
  onReport: (report: StopReport) => void,
  stops: readonly HardStop[] = HARD_STOPS,
): Promise<StopReport[]> {
  const reports: StopReport[] = [];
  for (const { name, check } of stops) {
    const from = ctx.now();
    const result = await check(ctx).catch((error: unknown) => unanswered(error));
    const report = { name, result, ms: ctx.now() - from };
    reports.push(report);
    onReport(report);
  }
  return reports;
}

function unanswered(error: unknown): StopResult {
  const words = `could not be asked: ${error instanceof Error ? error.message : String(error)}`;
  return { passed: false, words, todo: "What cannot be asked does not pass. Mend what it needs, then deploy again." };
}
