import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { languageQuery, libraryQuery, strategyQuery } from "../api/queries.ts";
import { Page } from "../ui/page.tsx";
import { Failure, Skeleton } from "../ui/states.tsx";
import { StrategyEditor } from "./strategy-editor.tsx";

/** A new strategy: a copy of one from the library, to begin with something that works. */
export function NewStrategyPage() {
  const { fork } = useSearch({ from: "/app/strategies/new" });
  const library = useQuery(libraryQuery);
  const words = useQuery(languageQuery);
  const failed = [library, words].find((query) => query.isError);
  if (failed !== undefined) return <Failed error={failed.error} onRetry={() => void failed.refetch()} />;
  if (library.data === undefined || words.data === undefined) return <EditorSkeleton />;
  const origin = library.data.find((row) => row.id === fork) ?? library.data.find((row) => row.document !== null);
  return (
    <StrategyEditor
      key={fork ?? "new"}
      strategy={null}
      words={words.data}
      draftKey={`strategy-draft.new.${fork ?? ""}`}
      start={{
        name: fork === undefined ? "" : `${origin?.title ?? "Strategy"}, changed`,
        document: origin?.document ?? "",
      }}
    />
  );
}

/** One of the person's strategies at its newest version. */
export function StrategyPage() {
  const { id } = useParams({ from: "/app/strategies/$id" });
  const strategy = useQuery(strategyQuery(id));
  const words = useQuery(languageQuery);
  const failed = [strategy, words].find((query) => query.isError);
  if (failed !== undefined) return <Failed error={failed.error} onRetry={() => void failed.refetch()} />;
  if (strategy.data === undefined || words.data === undefined) return <EditorSkeleton />;
  const { name, document, version } = strategy.data;
  return (
    <StrategyEditor
      key={id}
      strategy={strategy.data}
      words={words.data}
      draftKey={`strategy-draft.${id}.${version}`}
      start={{ name, document }}
    />
  );
}

function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <Page title="Strategy">
      <Failure error={error} onRetry={onRetry} />
    </Page>
  );
}

function EditorSkeleton() {
  return (
    <Page title="Strategy" heading={<Skeleton className="h-7 w-56" />}>
      <div role="status" aria-label="Loading the editor" className="grid gap-4 lg:grid-cols-2">
        <Skeleton className="h-[520px]" />
        <Skeleton className="h-[520px]" />
      </div>
    </Page>
  );
}
