import type { RunState } from "../../schema/wire/backtest.ts";
import type { ProgressAnswer } from "./run-object.ts";
import { initialState } from "./run-state.ts";
import type { Lease, RunStore } from "./run-store.ts";
import { type OpenRunWork, RunFailure, type RunWork } from "./run-work.ts";

// A message's share of a long run, of the 30 s of CPU that an invocation has. Clocks stand still while a Worker computes,
// so that the time is told from the candles done and what the strategy is estimated to take for each.
export const MESSAGE_CPU_MS_MAX = 10_000;
// However cheap its candles are, a message ends before it has read more than some hundred megabytes of them.
export const MESSAGE_CANDLES_MAX = 2_000_000;
// Time does pass at reads and writes; whichever bound comes first ends the message.
export const MESSAGE_ELAPSED_MS_MAX = 12_000;
// Less work than this between checkpoints costs less to do again than a checkpoint costs to write.
export const CHECKPOINT_CANDLES_MIN = 250_000;
// Nor is more than this lost where candles are dear.
export const CHECKPOINT_CPU_MS_MIN = 1_000;

export interface WorkDependencies {
  readonly store: RunStore;
  readonly open: OpenRunWork;
  /** Tells the watchers and learns whether to stop. */
  readonly report: (state: RunState) => Promise<ProgressAnswer>;
  /** Makes the run known to its watchers, where it is not yet. */
  readonly begin: (state: RunState) => Promise<void>;
  readonly now: () => number;
  readonly newToken: () => string;
  readonly limits?: Partial<WorkLimits>;
}

export interface WorkLimits {
  readonly messageCandlesMax: number;
  readonly messageElapsedMsMax: number;
  readonly checkpointCandlesMin: number;
}

const LIMITS: WorkLimits = {
  messageCandlesMax: MESSAGE_CANDLES_MAX,
  messageElapsedMsMax: MESSAGE_ELAPSED_MS_MAX,
  checkpointCandlesMin: CHECKPOINT_CANDLES_MIN,
};

/** `continue` asks for another message; `lost` says that another worker took the run over. */
export type WorkOutcome = "done" | "failed" | "cancelled" | "continue" | "skipped" | "lost";

/**
 * One message's work on a run: claim it, go on from its checkpoint, stop at the message's bounds. Does nothing where the
 * run has ended or is held, so that a message may arrive any number of times. An unexpected error releases the run and is
 * thrown, for the queue to try again; a RunFailure ends the run.
 */
export async function workOnRun(runId: string, deps: WorkDependencies): Promise<WorkOutcome> {
  const lease = await deps.store.claim(runId, deps.newToken(), deps.now());
  if (lease === undefined) return "skipped";
  await deps.begin(initialState(runId));
  try {
    const outcome = await drive(lease, deps);
    // A run that was deleted meanwhile must leave nothing behind that its worker stored after the deletion.
    if (outcome === "lost" || outcome === "cancelled") await deps.store.dropIfGone(lease.row);
    return outcome;
  } catch (error) {
    if (!(error instanceof RunFailure)) {
      await deps.store.release(lease, deps.now());
      throw error;
    }
    const failure = { code: error.code, message: error.message };
    await deps.store.end(lease.row, { status: "failed", error: failure, nowMs: deps.now() });
    await deps.report({ ...initialState(runId), status: "failed", phase: "ended", error: failure });
    return "failed";
  }
}

async function drive(lease: Lease, deps: WorkDependencies): Promise<WorkOutcome> {
  const { store, now } = deps;
  const work = await deps.open(lease.row, await store.readCheckpoint(lease.row));
  const limits = limitsFor(work, deps.limits);
  const started = { candles: work.progress().candles, timeMs: now() };
  let saved = started.candles;
  let more = true;
  if ((await deps.report(stateOf(lease, work, started, now()))).cancel) return cancel(lease, work, deps);
  while (more) {
    more = await work.step();
    const { candles } = work.progress();
    if ((await deps.report(stateOf(lease, work, started, now()))).cancel) return cancel(lease, work, deps);
    if (!more) break;
    const spent =
      candles - started.candles >= limits.messageCandlesMax || now() - started.timeMs >= limits.messageElapsedMsMax;
    if (spent || candles - saved >= limits.checkpointCandlesMin) {
      if (!(await store.writeCheckpoint(lease, { mark: candles, saved: work.save(), nowMs: now() }))) return "lost";
      saved = candles;
    }
    if (spent) {
      await store.release(lease, now());
      return "continue";
    }
  }
  const report = await work.report(now() - (lease.row.startedAt ?? started.timeMs));
  if (!(await store.finish(lease, report, now()))) return "lost";
  await deps.report({ ...stateOf(lease, work, started, now()), status: "done", phase: "ended", leftMs: 0 });
  return "done";
}

/** The limits in candles of this run: fewer where each takes long. */
function limitsFor(work: RunWork, given: Partial<WorkLimits> | undefined): WorkLimits {
  const limits = { ...LIMITS, ...given };
  const within = (cpuMs: number) => Math.ceil((cpuMs * 1_000_000) / work.candleNs);
  return {
    ...limits,
    messageCandlesMax: Math.min(limits.messageCandlesMax, within(MESSAGE_CPU_MS_MAX)),
    checkpointCandlesMin: Math.min(limits.checkpointCandlesMin, within(CHECKPOINT_CPU_MS_MIN)),
  };
}

async function cancel(lease: Lease, work: RunWork, deps: WorkDependencies): Promise<WorkOutcome> {
  await deps.store.end(lease.row, { status: "cancelled", error: null, nowMs: deps.now() });
  const { candles, candlesTotal, equity, trades } = work.progress();
  const state = { ...initialState(lease.row.id), candles, candlesTotal, equity, trades };
  await deps.report({ ...state, status: "cancelled", phase: "ended" });
  return "cancelled";
}

function stateOf(lease: Lease, work: RunWork, started: { candles: number; timeMs: number }, nowMs: number): RunState {
  const { phase, candles, candlesTotal, equity, trades } = work.progress();
  const elapsedMs = nowMs - started.timeMs;
  const done = candles - started.candles;
  const rate = elapsedMs > 0 && done > 0 ? (done / elapsedMs) * 1_000 : null;
  const leftMs = rate === null ? null : Math.round(((candlesTotal - candles) / rate) * 1_000);
  return {
    ...{ id: lease.row.id, status: "running", phase, candles, candlesTotal },
    ...{ rate: rate === null ? null : Math.round(rate), leftMs, equity, trades, error: null },
  };
}
