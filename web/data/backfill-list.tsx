import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Play, RotateCw, Square, Trash2 } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Backfill } from "../../schema/wire/backfill.ts";
import { client, queryClient } from "../api/runtime.ts";
import { formatInstant, formatPeriod } from "../format/time.ts";
import { timeframeWords } from "../format/timeframe.ts";
import { useSubmission } from "../session/frame.tsx";
import { VENUE_NAMES } from "../settings/venue-words.ts";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import { Button, buttonClass } from "../ui/button.tsx";
import { Progress } from "../ui/progress.tsx";
import { InlineError } from "../ui/states.tsx";
import { backfillsQuery, isUnderWay } from "./backfill-queries.ts";
import { backfillWords, doneShare, type Pace, timeLeft } from "./backfill-words.ts";

/** One that is done is shown for so long; its dataset is on the list below. */
const DONE_SHOWN_MS = 3_600_000;

const STATUS: Readonly<Record<Backfill["status"], { word: string; tone: BadgeTone }>> = {
  queued: { word: "Queued", tone: "neutral" },
  running: { word: "Coming", tone: "accent" },
  done: { word: "Done", tone: "neutral" },
  failed: { word: "Failed", tone: "danger" },
  cancelled: { word: "Stopped", tone: "notice" },
};

/** What comes from venues, came lately, or was stopped on its way. Nothing where there is none. */
export function BackfillList() {
  const query = useQuery(backfillsQuery);
  const done = query.data?.filter(({ status }) => status === "done").length;
  useEffect(() => {
    // Another one that is done is another dataset.
    if (done !== undefined && done > 0) void queryClient.invalidateQueries({ queryKey: ["datasets"] });
  }, [done]);
  const now = Date.now();
  const shown = query.data?.filter(
    ({ status, finishedAt }) => status !== "done" || now - (finishedAt ?? now) < DONE_SHOWN_MS,
  );
  if (shown === undefined || shown.length === 0) return null;
  return (
    <section aria-label="From venues" className="mb-6">
      <ul className="card divide-y divide-line">
        {shown.map((backfill) => (
          <BackfillRow key={backfill.id} backfill={backfill} />
        ))}
      </ul>
    </section>
  );
}

function BackfillRow({ backfill }: { backfill: Backfill }) {
  const { status, instrument, timeframe, venue, environment, waitingUntil, error } = backfill;
  const { word, tone } = STATUS[status];
  const isWaiting = waitingUntil !== null && waitingUntil > Date.now();
  return (
    <li className="grid gap-3 px-5 py-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <div className="flex min-w-0 flex-wrap items-center gap-2">
            <span className="min-w-0 truncate font-medium" title={backfill.name}>
              {backfill.name}
            </span>
            <Badge tone={isWaiting ? "notice" : tone}>{isWaiting ? "Waiting" : word}</Badge>
          </div>
          <p className="num mt-0.5 text-table text-muted">
            {instrument.symbol} · {timeframeWords(timeframe)} · {VENUE_NAMES[venue]} {environment} ·{" "}
            {formatPeriod(backfill.from, backfill.to, "UTC")}
          </p>
        </div>
        <BackfillActions backfill={backfill} />
      </div>
      {isUnderWay(backfill) && <Progress share={doneShare(backfill)} label={`${backfill.name}: brought`} />}
      <p className="num text-table text-muted" aria-live="polite">
        {backfillWords(backfill)} <TimeLeft backfill={backfill} />
      </p>
      {error !== null && (
        <p
          className={status === "failed" ? "text-danger" : "text-muted"}
          role={status === "failed" ? "alert" : undefined}
        >
          {error.message}
          {isWaiting && <span className="num"> Next try at {formatInstant(waitingUntil)}.</span>}
        </p>
      )}
    </li>
  );
}

function TimeLeft({ backfill }: { backfill: Backfill }) {
  const first = useRef<Pace | undefined>(undefined);
  const now = { since: Date.now(), share: doneShare(backfill) };
  // A pace is that of one stretch of work: waiting and going on anew begin another.
  if (backfill.status !== "running" || backfill.waitingUntil !== null) first.current = undefined;
  else first.current ??= now;
  const words = first.current === undefined ? undefined : timeLeft(first.current, now);
  return words === undefined ? null : <span>{words}.</span>;
}

function BackfillActions({ backfill }: { backfill: Backfill }) {
  const submission = useSubmission();
  const { id, status, datasetId } = backfill;
  const act = (method: "POST" | "DELETE", verb = "") =>
    void submission.run(async () => {
      await client.request<unknown>(`/backfills/${id}${verb}`, { method });
      await queryClient.invalidateQueries({ queryKey: backfillsQuery.queryKey });
    });
  return (
    <div className="flex flex-wrap items-center gap-2">
      <InlineError error={submission.error} />
      {isUnderWay(backfill) && (
        <Button busy={submission.busy} onClick={() => act("POST", "/cancel")}>
          <Square size={13} aria-hidden /> Stop
        </Button>
      )}
      {(status === "failed" || status === "cancelled") && (
        <>
          <Button busy={submission.busy} onClick={() => act("POST", "/resume")}>
            <RotateCw size={13} aria-hidden /> Go on
          </Button>
          <Button busy={submission.busy} onClick={() => act("DELETE")}>
            <Trash2 size={13} aria-hidden /> Delete what came
          </Button>
        </>
      )}
      {datasetId !== null && (
        <>
          <Link to="/data/$id" params={{ id: datasetId }} className={buttonClass()}>
            Open
          </Link>
          <Link to="/backtests/new" search={{ dataset: datasetId }} className={buttonClass("primary")}>
            <Play size={13} aria-hidden /> Backtest this
          </Link>
        </>
      )}
    </div>
  );
}
