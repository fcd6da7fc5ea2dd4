import type { AuditEvent } from "../audit/prepare-audit.ts";
import type { BacktestRow } from "./run-store.ts";

/**
 * What the trail tells of a request to stop a run, by whichever way it came; undefined where the run has ended and there
 * is nothing to tell. Of a run that a worker is on it tells that somebody asked.
 */
export function cancelEvent({ id, status, name }: BacktestRow): AuditEvent | undefined {
  if (status !== "queued" && status !== "running") return undefined;
  return { action: "backtest.cancel", subject: { kind: "backtest", id }, before: { status, name } };
}
