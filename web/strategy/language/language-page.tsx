import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ListFilter, Plus } from "lucide-react";
import type { LanguageWord } from "../../../schema/wire/strategy.ts";
import { languageQuery } from "../../api/queries.ts";
import { formatCount } from "../../format/format.ts";
import { buttonClass } from "../../ui/button.tsx";
import { boxClass } from "../../ui/field.tsx";
import { Page, Section } from "../../ui/page.tsx";
import { Empty, Failure, Skeleton } from "../../ui/states.tsx";
import { WHOLE_STRATEGY, wordExample } from "./word-example.ts";
import { groupWords } from "./word-list.ts";

/** Every word of the rule language with what it does and an example. */
export function LanguagePage() {
  const words = useQuery(languageQuery);
  return (
    <Page
      title="Rule language"
      narrow
      below={<p className="text-muted">Every word that a strategy can be written with.</p>}
      actions={
        <Link to="/strategies/new" className={buttonClass("primary")}>
          <Plus size={15} aria-hidden /> Write a strategy
        </Link>
      }
    >
      <div className="card grid gap-4 p-5 md:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)]">
        <div className="grid content-start gap-2 text-muted">
          <p>
            A strategy is a few lines. Conditions are looked at when a candle closes; what they decide trades on the
            next one.
          </p>
          <p>
            <Code>$fast</Code> stands for the number of <Code>param fast</Code>. <Code>prev(close)</Code> is the close
            of the candle before. What follows <Code>#</Code> on a line is a note.
          </p>
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard. */}
        <section tabIndex={0} aria-label="A whole strategy" className={codeBoxClass}>
          <pre className="font-mono">{WHOLE_STRATEGY}</pre>
        </section>
      </div>
      {words.isError ? (
        <Failure error={words.error} onRetry={() => void words.refetch()} />
      ) : words.data === undefined ? (
        <Skeleton className="mt-6 h-96 w-full" />
      ) : (
        <Words words={words.data} />
      )}
    </Page>
  );
}

function Words({ words }: { words: readonly LanguageWord[] }) {
  const { q = "" } = useSearch({ from: "/app/strategies/language" });
  const navigate = useNavigate({ from: "/strategies/language" });
  const groups = groupWords(words, q);
  const shown = groups.reduce((sum, group) => sum + group.words.length, 0);
  return (
    <>
      <div className="mt-6 flex flex-wrap items-center gap-3">
        <input
          type="search"
          data-page-search
          aria-label="Find a word by its name or what it does"
          placeholder="A word, or what it does"
          defaultValue={q}
          onChange={(event) => {
            const text = event.target.value;
            void navigate({ search: text === "" ? {} : { q: text }, replace: true });
          }}
          className={`${boxClass} w-72 max-sm:w-full`}
        />
        <span role="status" className="num text-table text-muted">
          {shown === words.length ? formatCount(shown) : `${formatCount(shown)} of ${formatCount(words.length)}`} words
        </span>
      </div>
      {groups.length === 0 && (
        <div className="card mt-4">
          <Empty icon={ListFilter} title="No word matches">
            Try what it should do, such as “average” or “highest”.
          </Empty>
        </div>
      )}
      {groups.map((group) => (
        <Section key={group.kind} title={group.title} note={group.note}>
          <dl className="card divide-y divide-line">
            {group.words.map((word) => (
              <Word key={word.name} word={word} />
            ))}
          </dl>
        </Section>
      ))}
    </>
  );
}

function Word({ word }: { word: LanguageWord }) {
  const example = wordExample(word);
  return (
    <div className="grid gap-x-6 gap-y-1 px-4 py-3 md:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)]">
      <dt className="min-w-0 font-mono text-[12px] leading-5 font-semibold">{word.signature}</dt>
      <dd className="min-w-0">
        <p>{word.summary}</p>
        {example !== word.signature && <p className="mt-0.5 font-mono text-[12px] text-muted">{example}</p>}
      </dd>
    </div>
  );
}

const codeBoxClass =
  "scroll-thin overflow-x-auto rounded-md border border-line bg-ground px-4 py-3 font-mono text-[12px] leading-5";

function Code({ children }: { children: string }) {
  return <code className="rounded-sm bg-hover px-1 font-mono text-[12px] text-ink">{children}</code>;
}
