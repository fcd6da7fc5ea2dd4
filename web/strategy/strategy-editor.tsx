import { Link } from "@tanstack/react-router";
import { Play, Save } from "lucide-react";
import { lazy, type Ref, Suspense, useId, useRef, useState } from "react";
import type { Diagnostic, LanguageWord, StrategyCheck, UserStrategy } from "../../schema/wire/strategy.ts";
import { client } from "../api/runtime.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { boxClass } from "../ui/field.tsx";
import { Page } from "../ui/page.tsx";
import { useSavedDraft } from "../ui/saved-draft.ts";
import { InlineError, Skeleton } from "../ui/states.tsx";
import { useSubmitKey } from "../ui/use-submit-key.ts";
import { CheckFindings } from "./check-findings.tsx";
import type { RuleEditorHandle } from "./editor/rule-editor-view.tsx";
import { isConflict, saveProblemApplies } from "./save-problem.ts";
import { SignalPreview } from "./signal-preview.tsx";
import { useCreateStrategy, useUpdateStrategy } from "./strategy-actions.ts";
import { StrategyMenu } from "./strategy-menu.tsx";

const RuleEditorView = lazy(async () => ({
  default: (await import("./editor/rule-editor-view.tsx")).RuleEditorView,
}));

interface Draft {
  readonly name: string;
  readonly document: string;
}

interface StrategyEditorProps {
  /** Null while it was never saved. */
  readonly strategy: UserStrategy | null;
  readonly words: readonly LanguageWord[];
  readonly draftKey: string;
  readonly start: Draft;
}

/** Rules at the left, checked as they are typed; what they would have done at the right. */
export function StrategyEditor({ strategy, words, draftKey, start }: StrategyEditorProps) {
  const [draft, setDraft] = useSavedDraft<Draft>(draftKey, (stored) => draftOf(stored) ?? start);
  const { check, checked, run } = useCheck();
  const editor = useRef<RuleEditorHandle>(null);
  const latest = useRef(draft);
  latest.current = draft;
  const create = useCreateStrategy();
  const update = useUpdateStrategy(strategy?.id ?? "");
  const changed = strategy === null || draft.document !== strategy.document || draft.name !== strategy.name;
  const sound =
    check !== null && checked === draft.document && !check.diagnostics.some((found) => found.severity === "error");
  const saving = create.isPending || update.isPending;
  const canSave = changed && !saving && draft.document.trim() !== "";
  const name = draft.name.trim();
  const nameField = useRef<HTMLInputElement>(null);
  const [namelessTried, setNamelessTried] = useState(false);
  const nameProblem = namelessTried && name === "" ? "Give the strategy a name, then save it." : undefined;
  // What is known of the strategy may become newer while this text is on screen; the text still follows the version that it began from.
  const [follows, setFollows] = useState(strategy?.version);
  const next = { name, document: draft.document, ...(follows === undefined ? {} : { version: follows }) };
  const failed = create.isError ? create : update;
  useSubmitKey(save);

  function change(part: Partial<Draft>) {
    setDraft({ ...latest.current, ...part });
  }
  function save() {
    if (!canSave) return;
    const now = latest.current;
    const named = now.name.trim();
    if (named === "") {
      setNamelessTried(true);
      nameField.current?.focus();
      return;
    }
    const text = { name: named, document: now.document };
    if (follows === undefined) create.mutate(text);
    else update.mutate({ ...text, version: follows }, { onSuccess: ({ version }) => setFollows(version) });
  }

  return (
    <Page
      title={name || "New strategy"}
      heading={
        <NameField
          place={nameField}
          value={draft.name}
          problem={nameProblem}
          onChange={(typed) => change({ name: typed })}
        />
      }
      below={
        <p className="num text-muted">
          {strategy === null ? "Not saved yet" : `Version ${strategy.version}${changed ? ", changed since" : ""}`} ·{" "}
          <Link to="/strategies/language" target="_blank" className="text-accent underline-offset-2 hover:underline">
            Rule language
          </Link>
        </p>
      }
      actions={
        <>
          <Button kind={changed ? "primary" : "plain"} busy={saving} disabled={!canSave} onClick={save}>
            <Save size={14} aria-hidden /> {strategy === null ? "Save" : "Save as new version"}
            <kbd className="ml-1 font-mono text-[11px] max-md:hidden">Ctrl Enter</kbd>
          </Button>
          {strategy !== null && (
            <Link
              to="/backtests/new"
              search={{ strategy: `saved:${strategy.id}` }}
              className={buttonClass(changed ? "plain" : "primary")}
            >
              <Play size={14} aria-hidden /> Backtest
            </Link>
          )}
          {strategy !== null && (
            <StrategyMenu strategy={strategy} onTake={(document) => editor.current?.replace(document)} />
          )}
        </>
      }
    >
      {saveProblemApplies(failed.error, failed.variables, next) && <SaveProblem error={failed.error} />}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <div className="card overflow-hidden">
          <div className="h-[420px] focus-within:outline-2 focus-within:-outline-offset-2 focus-within:outline-accent/60 max-md:h-[320px]">
            <Suspense fallback={<Skeleton className="m-3 h-[396px]" />}>
              <RuleEditorView
                handle={editor}
                document={draft.document}
                words={words}
                onChange={(document) => change({ document })}
                check={run}
                onSave={save}
              />
            </Suspense>
          </div>
          <CheckFindings check={check} onReveal={(found: Diagnostic) => editor.current?.reveal(found.from)} />
        </div>
        <div className="card overflow-hidden">
          <SignalPreview document={draft.document} sound={sound} />
        </div>
      </div>
    </Page>
  );
}

function NameField(props: {
  place: Ref<HTMLInputElement>;
  value: string;
  problem: string | undefined;
  onChange: (name: string) => void;
}) {
  const problemId = useId();
  return (
    <div className="w-full max-w-xl">
      <input
        ref={props.place}
        aria-label="Name of the strategy"
        placeholder="Name of the strategy"
        {...(props.problem === undefined ? {} : { "aria-invalid": true, "aria-describedby": problemId })}
        maxLength={80}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        className={`${boxClass} h-10 w-full border-transparent bg-transparent -ml-[11px] text-title font-semibold`}
      />
      {props.problem !== undefined && (
        <p id={problemId} role="alert" className="mt-1 text-table text-danger">
          {props.problem}
        </p>
      )}
    </div>
  );
}

/** Says why a version was not stored; one that was stored elsewhere meanwhile is told apart. */
function SaveProblem({ error }: { error: unknown }) {
  return (
    <div className="mb-4">
      <InlineError
        error={
          isConflict(error)
            ? "A newer version was saved elsewhere, so this one was not stored. Copy your text, reload the page, and put the changes into the newer version."
            : error
        }
      />
    </div>
  );
}

function useCheck() {
  const [state, setState] = useState<{ check: StrategyCheck; document: string } | null>(null);
  async function run(document: string): Promise<readonly Diagnostic[]> {
    const check = await client.request<StrategyCheck>("/strategies/check", { method: "POST", body: { document } });
    setState({ check, document });
    return check.diagnostics;
  }
  return { check: state?.check ?? null, checked: state?.document ?? null, run };
}

function draftOf(stored: unknown): Draft | undefined {
  if (typeof stored !== "object" || stored === null || !("name" in stored) || !("document" in stored)) return undefined;
  const { name, document } = stored;
  return typeof name === "string" && typeof document === "string" ? { name, document } : undefined;
}
