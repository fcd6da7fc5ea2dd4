import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { Play, RotateCcw } from "lucide-react";
import { type ReactNode, useMemo, useRef, useState } from "react";
import type { Backtest } from "../../schema/wire/backtest.ts";
import type { Dataset } from "../../schema/wire/dataset.ts";
import type { LibraryStrategy, ParameterSpec, UserStrategy } from "../../schema/wire/strategy.ts";
import { ApiError } from "../api/api-error.ts";
import { backtestQuery, datasetsQuery, libraryQuery, strategiesQuery } from "../api/queries.ts";
import { PROTECTION_TEXTS, protectionField } from "../protection/protection-draft.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { Page } from "../ui/page.tsx";
import { useSavedDraft } from "../ui/saved-draft.ts";
import { Failure, Skeleton } from "../ui/states.tsx";
import { useSubmitKey } from "../ui/use-submit-key.ts";
import { DetailFields, Fold } from "./detail-fields.tsx";
import { MarketFields } from "./market-fields.tsx";
import { CostFields, MoneyFields } from "./money-fields.tsx";
import { openingDraft } from "./opening-draft.ts";
import { PausesFold } from "./pauses-fold.tsx";
import { ProblemSummary } from "./problem-summary.tsx";
import { useStartRun } from "./run-actions.ts";
import { type RunDraft, settingsOfDraft } from "./run-draft.ts";
import { type RunForm, RunFormProvider, useRunForm } from "./run-form.ts";
import { RunOutline } from "./run-outline.tsx";
import { fieldOf, findRunProblems, type RunProblems } from "./run-problems.ts";
import { StrategyFields } from "./strategy-fields.tsx";

/** The form of a new run. It remembers what was typed, and says what is wrong where it is wrong. */
export function NewRunPage() {
  const search = useSearch({ from: "/app/backtests/new" });
  const datasets = useQuery(datasetsQuery);
  const library = useQuery(libraryQuery);
  const own = useQuery(strategiesQuery);
  const again = useQuery({ ...backtestQuery(search.again ?? ""), enabled: search.again !== undefined });
  const queries = [datasets, library, own, ...(search.again === undefined ? [] : [again])];
  const failed = queries.find((query) => query.isError);
  return (
    <Page title={search.again === undefined ? "New backtest" : "Run again with changes"}>
      {failed !== undefined ? (
        <Failure error={failed.error} onRetry={() => queries.forEach((query) => void query.refetch())} />
      ) : datasets.data === undefined ||
        library.data === undefined ||
        own.data === undefined ||
        (search.again !== undefined && again.data === undefined) ? (
        <FormSkeleton />
      ) : (
        <NewRunForm
          key={search.again ?? "new"}
          datasets={datasets.data}
          library={library.data}
          own={own.data}
          earlier={again.data}
        />
      )}
    </Page>
  );
}

interface NewRunFormProps {
  readonly datasets: readonly Dataset[];
  readonly library: readonly LibraryStrategy[];
  readonly own: readonly UserStrategy[];
  readonly earlier: Backtest | undefined;
}

function NewRunForm({ datasets, library, own, earlier }: NewRunFormProps) {
  const search = useSearch({ from: "/app/backtests/new" });
  const draftKey = earlier === undefined ? "run-draft" : `run-draft.${earlier.id}`;
  const fresh = () => openingDraft({ stored: undefined, savedAt: 0, search, earlier, datasets, library, own });
  const [draft, setDraft] = useSavedDraft<RunDraft>(draftKey, (stored, savedAt) =>
    openingDraft({ stored, savedAt, search, earlier, datasets, library, own }),
  );
  const [kept, setKept] = useState(() => JSON.stringify(draft) !== JSON.stringify(fresh()));
  const [visited, setVisited] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(false);
  const summary = useRef<HTMLDivElement>(null);
  const start = useStartRun();
  const parameters = useMemo(() => parametersOf({ draft, library, own, earlier }), [draft, library, own, earlier]);
  const found = useMemo(() => findRunProblems(draft, parameters), [draft, parameters]);
  const problems = useMemo(() => new Map([...refusals(start.error), ...found]), [start.error, found]);
  const busy = start.isPending || start.isSuccess;
  const form: RunForm = {
    draft,
    datasets,
    library,
    own,
    parameters,
    currency: datasets.find((dataset) => dataset.id === draft.datasetIds[0])?.instrument.quote ?? "",
    set(change) {
      setDraft({ ...draft, ...change });
      setVisited(new Set([...visited, ...namesOf(change)]));
      if (start.isError) start.reset();
    },
    problem: (field) => (tried || visited.has(field) ? problems.get(field) : undefined),
  };

  function submit() {
    // The button refuses presses while a run starts; the key must too, or it would start a second one.
    if (busy) return;
    setTried(true);
    if (found.size > 0) {
      requestAnimationFrame(() => summary.current?.focus());
      return;
    }
    const name = draft.name.trim();
    const input = { settings: settingsOfDraft(draft), ...(name === "" ? {} : { name }) };
    start.mutate(input, { onError: () => requestAnimationFrame(() => summary.current?.focus()) });
  }

  return (
    <RunFormProvider value={form}>
      <FormFrame
        onSubmit={submit}
        problems={tried ? problems : new Map()}
        error={start.error}
        summary={summary}
        busy={busy}
        kept={kept}
        onReset={() => {
          setKept(false);
          setDraft(fresh());
        }}
      />
    </RunFormProvider>
  );
}

interface FormFrameProps {
  readonly onSubmit: () => void;
  readonly onReset: () => void;
  /** Whether the form opened with what was typed on an earlier visit. */
  readonly kept: boolean;
  readonly problems: RunProblems;
  readonly error: unknown;
  readonly summary: React.RefObject<HTMLDivElement | null>;
  readonly busy: boolean;
}

function FormFrame({ onSubmit, onReset, kept, problems, error, summary, busy }: FormFrameProps) {
  useSubmitKey(onSubmit);
  return (
    <form
      noValidate
      aria-label="Settings of the run"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
      className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_320px]"
    >
      <div className="grid min-w-0 gap-4">
        {kept && (
          <p className="-mt-2 flex flex-wrap items-center gap-x-3 text-muted">
            Kept from your last visit.
            <Button className="min-h-7 px-2 text-table" onClick={onReset}>
              Start fresh
            </Button>
          </p>
        )}
        <ProblemSummary problems={problems} error={error} place={summary} />
        <Card title="Market">
          <MarketFields />
        </Card>
        <Card title="Strategy">
          <StrategyFields />
        </Card>
        <Card title="Money">
          <MoneyFields />
        </Card>
        <Card title="Costs">
          <CostFields />
        </Card>
        <PausesFold open={[...problems.keys()].some((field) => field.startsWith("protections."))} />
        <Fold
          title="Details"
          note="fills, margin, checks"
          open={[...problems.keys()].some((field) => DETAIL_FIELDS.has(field))}
        >
          <DetailFields />
        </Fold>
      </div>
      <aside className="card p-5 lg:sticky lg:top-16">
        <RunOutline />
        <NameField />
        <Button kind="primary" type="submit" busy={busy} className="mt-4 w-full">
          <Play size={14} aria-hidden /> {busy ? "Starting" : "Run"}
          <kbd className="ml-1 font-mono text-[11px] max-md:hidden">Ctrl Enter</kbd>
        </Button>
        <Button kind="quiet" className="mt-1 w-full" onClick={onReset}>
          <RotateCcw size={13} aria-hidden /> Back to the defaults
        </Button>
      </aside>
    </form>
  );
}

const DETAIL_FIELDS = new Set([
  "volumeLimit",
  "leverage",
  "maintenance",
  "fundingRate",
  "perUnit",
  "minimum",
  "monteCarloPaths",
  "seed",
  "riskFree",
]);

function NameField() {
  const { draft, set, problem } = useRunForm();
  return (
    <TextField
      className="mt-4"
      label="Name, if you like"
      maxLength={120}
      placeholder="The strategy's title"
      value={draft.name}
      error={problem("name")}
      onChange={(event) => set({ name: event.target.value })}
    />
  );
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="card p-5">
      <h2 className="mb-3 font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function FormSkeleton() {
  return (
    <div role="status" aria-label="Loading the form" className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_320px]">
      <div className="grid gap-4">
        <Skeleton className="h-52 w-full" />
        <Skeleton className="h-40 w-full" />
        <Skeleton className="h-32 w-full" />
      </div>
      <Skeleton className="h-80 w-full" />
    </div>
  );
}

interface ParameterSource extends Omit<NewRunFormProps, "datasets"> {
  readonly draft: RunDraft;
}

function parametersOf({ draft, library, own, earlier }: ParameterSource): readonly ParameterSpec[] {
  const id = draft.strategy.slice(draft.strategy.indexOf(":") + 1);
  if (draft.strategy.startsWith("library:")) return library.find((row) => row.id === id)?.parameters ?? [];
  if (draft.strategy.startsWith("saved:")) return own.find((row) => row.id === id)?.parameters ?? [];
  // Rules handed in as text tell their ranges to the server only; their values are still there to change.
  return Object.entries(earlier?.settings.strategy.parameters ?? {}).map(([name, value]) => ({
    name,
    title: name,
    kind: "number",
    default: value,
    min: Number.NEGATIVE_INFINITY,
    max: Number.POSITIVE_INFINITY,
    step: 1,
  }));
}

/** What the server refused, by the field of the form. */
function refusals(error: unknown): readonly (readonly [string, string])[] {
  if (!(error instanceof ApiError)) return [];
  return error.issues.map((issue) => [fieldOf(issue.field).field, issue.rule] as const);
}

function namesOf(change: Partial<RunDraft>): readonly string[] {
  return [
    ...Object.keys(change),
    ...Object.keys(change.parameters ?? {}).map((name) => `parameters.${name}`),
    ...(change.protections ?? []).flatMap((row, place) =>
      PROTECTION_TEXTS[row.kind].map((text) => protectionField(place, text)),
    ),
  ];
}
