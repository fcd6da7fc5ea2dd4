import type { RunState } from "../../schema/wire/backtest.ts";
import type { Env } from "../platform/env.ts";
import { objectName } from "../platform/object-name.ts";
import type { ProgressAnswer, RunObject } from "./run-object.ts";
import { initialState } from "./run-state.ts";
import type { BacktestRow } from "./run-store.ts";

/** The object that tells watchers about one run of an owner, and its name. */
export async function runObject(
  env: Env,
  run: { ownerId: string; runId: string },
): Promise<{ name: string; object: DurableObjectStub<RunObject> }> {
  const name = await objectName({ kind: "run", ownerId: run.ownerId, id: run.runId });
  return { name, object: env.RUN.getByName(name) };
}

/** A function that reports for one owner's run. */
export function reporterOf(env: Env, ownerId: string): (state: RunState) => Promise<ProgressAnswer> {
  return async (state) => {
    const { object } = await runObject(env, { ownerId, runId: state.id });
    return object.report({ ownerId, state });
  };
}

/** What watchers see of a run whose object knows nothing: the state that its row tells. */
export function stateOfRow(row: BacktestRow): RunState {
  const ended = row.status === "done" || row.status === "failed" || row.status === "cancelled";
  const error = row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? "" };
  return {
    ...initialState(row.id),
    status: row.status,
    phase: ended ? "ended" : "waiting",
    trades: row.trades ?? 0,
    error,
  };
}
