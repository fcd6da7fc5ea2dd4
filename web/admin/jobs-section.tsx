import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { ListChecks } from "lucide-react";
import { useState } from "react";
import type { AdminJob, JobCounts, JobKind, JobState } from "../../schema/wire/admin.ts";
import { client } from "../api/runtime.ts";
import { formatCount } from "../format/format.ts";
import { ConfirmAct } from "../settings/confirm-act.tsx";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Ago } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Empty, Failure, InlineError, SkeletonRows } from "../ui/states.tsx";
import { jobCountsQuery, jobsQuery } from "./admin-queries.ts";

const KINDS: readonly { readonly value: JobKind; readonly label: string }[] = [
  { value: "run", label: "Backtests" },
  { value: "backfill", label: "Backfills" },
  { value: "export", label: "Archives" },
  { value: "letter", label: "Letters" },
];

type Shown = JobState | "all";
const SHOWN: readonly { readonly value: Shown; readonly label: string }[] = [
  { value: "all", label: "All" },
  { value: "waiting", label: "Waiting" },
  { value: "working", label: "Working" },
  { value: "stuck", label: "Stuck" },
  { value: "failed", label: "Failed" },
];

const TONES: Readonly<Record<JobState, BadgeTone>> = {
  ...{
    waiting: "neutral",
    working: "accent",
    stuck: "danger",
    failed: "danger",
    cancelled: "neutral",
    done: "neutral",
  },
};

type Verb = AdminJob["verbs"][number];

/** What the queues do for people: what waits, what hangs, and doing it again. */
export function JobsSection() {
  const counts = useQuery(jobCountsQuery);
  const [kind, setKind] = useState<JobKind>("run");
  const [shown, setShown] = useState<Shown>("all");
  const [asked, setAsked] = useState<{ readonly job: AdminJob; readonly verb: Verb } | null>(null);
  return (
    <Section title="Work of the queues" note="Looked at again each ten seconds.">
      {counts.data === undefined ? (
        counts.isError && <InlineError error={counts.error} />
      ) : (
        <Counts
          counts={counts.data}
          onShow={(of, state) => {
            setKind(of);
            setShown(state);
          }}
        />
      )}
      <div className="mt-6 mb-3 flex flex-wrap gap-3">
        <Segmented label="Kind of work" value={kind} choices={KINDS} onChange={setKind} className="max-sm:flex-wrap" />
        <Segmented label="State" value={shown} choices={SHOWN} onChange={setShown} className="max-sm:flex-wrap" />
      </div>
      <Jobs kind={kind} state={shown === "all" ? undefined : shown} onAsk={(job, verb) => setAsked({ job, verb })} />
      {asked !== null && <VerbDialog {...asked} onClose={() => setAsked(null)} />}
    </Section>
  );
}

function Counts({ counts, onShow }: { counts: JobCounts; onShow: (kind: JobKind, state: JobState) => void }) {
  return (
    <ul className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      {KINDS.map(({ value, label }) => {
        const found = counts.find(({ kind }) => kind === value);
        if (found === undefined) return null;
        return (
          <li key={value} className="card px-4 py-3">
            <h3 className="font-medium">{label}</h3>
            <p className="num text-table text-muted">
              {formatCount(found.waiting)} waiting, {formatCount(found.working)} working
            </p>
            {found.oldestWaitingAt !== null && (
              <p className="text-table text-muted">
                The oldest since <Ago timeMs={found.oldestWaitingAt} />
              </p>
            )}
            <p className="mt-1 flex flex-wrap gap-2">
              <Trouble count={found.stuck} word="stuck" onShow={() => onShow(value, "stuck")} />
              <Trouble count={found.failed} word="failed today" onShow={() => onShow(value, "failed")} />
            </p>
          </li>
        );
      })}
    </ul>
  );
}

function Trouble({ count, word, onShow }: { count: number; word: string; onShow: () => void }) {
  if (count === 0) return <span className="text-table text-faint">none {word}</span>;
  return (
    <button
      type="button"
      onClick={onShow}
      className="num text-table font-medium text-danger underline underline-offset-2"
    >
      {formatCount(count)} {word}
    </button>
  );
}

interface JobsProps {
  readonly kind: JobKind;
  readonly state: JobState | undefined;
  readonly onAsk: (job: AdminJob, verb: Verb) => void;
}

function Jobs({ kind, state, onAsk }: JobsProps) {
  const query = useInfiniteQuery(jobsQuery(kind, state));
  if (query.isPending) return <SkeletonRows rows={6} />;
  if (query.data === undefined) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  const rows = query.data.pages.flatMap((page) => page.rows);
  if (rows.length === 0) {
    return (
      <Empty icon={ListChecks} title={state === undefined ? "Nothing was asked for yet" : `Nothing is ${state}`}>
        {state === "stuck"
          ? "Every piece of work gave a sign of life lately."
          : "Work is listed here, the newest first."}
      </Empty>
    );
  }
  return (
    <div className="card">
      <ul aria-label="Work" className="divide-y divide-line">
        {rows.map((job) => (
          <JobRow key={job.id} job={job} onAsk={(verb) => onAsk(job, verb)} />
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="flex justify-end border-t border-line px-4 py-2">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load older
          </Button>
        </div>
      )}
    </div>
  );
}

function JobRow({ job, onAsk }: { job: AdminJob; onAsk: (verb: Verb) => void }) {
  const { title, state, ownerId, id, createdAt, aliveAt, attempts, error, verbs } = job;
  const isOpen = state === "waiting" || state === "working" || state === "stuck";
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-5 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <div className="flex flex-wrap items-center gap-2">
          <span className="min-w-0 font-medium break-words">{title}</span>
          <Badge tone={TONES[state]}>{state}</Badge>
          {attempts > 0 && <span className="num text-table text-muted">tried {formatCount(attempts)} times</span>}
        </div>
        <p className="text-table text-muted">
          Asked for <Ago timeMs={createdAt} />
          {isOpen && job.kind !== "letter" && (
            <>
              , last sign of life <Ago timeMs={aliveAt} />
            </>
          )}
        </p>
        {error !== null && <p className="text-table break-words text-danger">{error}</p>}
        <p className="font-mono text-[11px] break-all text-faint">
          {id}
          {ownerId !== "" && ` of ${ownerId}`}
        </p>
      </div>
      <div className="flex gap-2">
        {verbs.includes("redrive") && (
          <Button aria-label={`Do again: ${title}`} onClick={() => onAsk("redrive")}>
            Do again
          </Button>
        )}
        {verbs.includes("cancel") && (
          <Button kind="danger" aria-label={`Cancel ${title}`} onClick={() => onAsk("cancel")}>
            Cancel
          </Button>
        )}
      </div>
    </li>
  );
}

function VerbDialog({ job, verb, onClose }: { job: AdminJob; verb: Verb; onClose: () => void }) {
  const cache = useQueryClient();
  const again = verb === "redrive";
  return (
    <ConfirmAct
      title={again ? `Do “${job.title}” again` : `Cancel “${job.title}”`}
      verb={again ? "Do it again" : "Cancel it"}
      act={() => client.request(`/admin/jobs/${job.kind}/${job.id}/${verb}`, { method: "POST" })}
      onClose={onClose}
      onDone={() => {
        onClose();
        void cache.invalidateQueries({ queryKey: ["admin"] });
      }}
    >
      {again
        ? "Whoever has it in hand loses it, its tries are counted anew, and the queue is told of it at once. Nothing is done twice: what was stored is gone on from."
        : "It ends as if its owner had cancelled it, and stands in their trail."}
    </ConfirmAct>
  );
}
