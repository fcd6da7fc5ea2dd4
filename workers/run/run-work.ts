import type { RunState } from "../../schema/wire/backtest.ts";
import type { Report } from "../../schema/wire/report.ts";
import type { BacktestRow } from "./run-store.ts";

export interface WorkProgress {
  readonly phase: RunState["phase"];
  /** Base candles done and to do, over all passes and instruments. */
  readonly candles: number;
  readonly candlesTotal: number;
  readonly equity: number | null;
  readonly trades: number;
}

/** A run as a computation that can be cut between any two steps and taken up again to the bit. */
export interface RunWork {
  /** About how long a candle takes, in nanoseconds of processor time; clocks stand still while a Worker computes. */
  readonly candleNs: number;
  progress(): WorkProgress;
  /** Does about a month's candles, or fewer where they are dear. True while more is to do. */
  step(): Promise<boolean>;
  /** Everything needed to go on from here, as text. */
  save(): string;
  /** The report; only once `step` has answered false. `elapsedMs` is how long the run took. */
  report(elapsedMs: number): Promise<Report>;
}

/** Opens the work of a run: from its start, or from what `save` gave. Throws RunFailure where it can never succeed. */
export type OpenRunWork = (row: BacktestRow, saved: string | undefined) => Promise<RunWork>;

/** Why a run cannot be done, in words for a trader. Trying again would not help. */
export class RunFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.name = "RunFailure";
    this.code = code;
  }
}
