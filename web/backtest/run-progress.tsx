import { useEffect } from "react";
import type { Backtest, RunState } from "../../schema/wire/backtest.ts";
import { formatCount, formatMoney, formatShort, NONE } from "../format/format.ts";
import { formatDuration } from "../format/time.ts";
import { Button } from "../ui/button.tsx";
import { Connection } from "../ui/connection.tsx";
import { Progress } from "../ui/progress.tsx";
import { InlineError } from "../ui/states.tsx";
import { refreshRun, useCancelRun } from "./run-actions.ts";
import { useRunLive } from "./use-run-live.ts";

const PHASE_WORDS: Readonly<Record<RunState["phase"], string>> = {
  waiting: "Waiting for a free place",
  trading: "Trading through the candles",
  checking: "Asking whether it is real",
  writing: "Writing the report",
  ended: "Done",
};

/** A run under way: how far, how fast, how long yet, and what it made so far. */
export function RunProgress({ run, currency }: { run: Backtest; currency: string }) {
  const live = useRunLive(run.id, true);
  const cancel = useCancelRun(run.id);
  const { state } = live;
  const ended = state !== null && state.status !== "queued" && state.status !== "running";
  useEffect(() => {
    if (ended) refreshRun(run.id);
  }, [ended, run.id]);

  const share = state === null || state.candlesTotal === 0 ? null : state.candles / state.candlesTotal;
  const phase = PHASE_WORDS[state?.phase ?? "waiting"];
  return (
    <div className="card mx-auto mt-6 max-w-3xl p-6">
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-[15px] font-semibold">{phase}</h2>
        <Connection state={live.connection} />
      </div>
      <Progress
        share={state?.phase === "trading" ? share : state === null || share === 0 ? null : share}
        label={phase}
      />
      <dl className="num mt-5 grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-[1.5fr_1.1fr_1fr_1fr_0.6fr]">
        <Fact label="Candles">
          {formatCount(state?.candles ?? 0)}
          <span className="text-faint"> / {state === null ? NONE : formatShort(state.candlesTotal)}</span>
        </Fact>
        <Fact label="Candles a second">{formatShort(state?.rate)}</Fact>
        <Fact label="Time left">{formatDuration(state?.leftMs)}</Fact>
        <Fact label="Equity">{formatMoney(state?.equity, currency, { digits: 0 })}</Fact>
        <Fact label="Trades">{formatCount(state?.trades ?? 0)}</Fact>
      </dl>
      <p className="sr-only" aria-live="polite">
        {share === null ? phase : `${phase}, ${Math.round((share * 100) / 10) * 10} percent`}
      </p>
      <div className="mt-6 flex items-center justify-between gap-4 border-t border-line pt-4">
        <p className="text-table text-muted">The run goes on when this page is closed.</p>
        <Button busy={cancel.isPending || cancel.isSuccess} onClick={() => cancel.mutate()}>
          Stop the run
        </Button>
      </div>
      <InlineError error={cancel.error ?? live.error} />
    </div>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-table text-muted">{label}</dt>
      <dd className="text-[15px] font-medium whitespace-nowrap">{children}</dd>
    </div>
  );
}
