import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type JournalSearch, parseJournalSearch } from "../app/trading-search.ts";
import { accountsQuery } from "../trading/queries.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { boxClass } from "../ui/field.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { useTypedWords } from "../ui/use-typed-words.ts";

/** Narrows the journal. Everything is in the address. */
export function JournalFilters() {
  const search = useSearch({ from: "/app/journal" });
  const navigate = useNavigate({ from: "/journal" });
  const accounts = useQuery(accountsQuery).data ?? [];
  const set = (change: JournalSearch) =>
    void navigate({ search: (now) => parseJournalSearch({ ...now, ...change }), replace: true });
  const [typed, setTyped] = useTypedWords(search.q ?? "", (q) => set({ q }));
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
      <input
        type="search"
        data-page-search
        aria-label="Find a trade by its notes, market or tags"
        placeholder="Notes, market or tag"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className={`${boxClass} w-64 max-sm:w-full`}
      />
      <Segmented
        label="Trades shown"
        value={search.result ?? "all"}
        choices={[
          { value: "all", label: "All" },
          { value: "won", label: "Won" },
          { value: "lost", label: "Lost" },
        ]}
        onChange={(result) => set({ result: result === "all" ? undefined : result })}
      />
      {accounts.length > 1 && (
        <select
          aria-label="Account"
          value={search.account ?? ""}
          onChange={(event) => set({ account: event.target.value })}
          className={`${boxClass} select-arrow max-w-52 pr-7`}
        >
          <option value="">Every account</option>
          {accounts.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
      {search.tag !== undefined && (
        <span className="inline-flex items-center gap-1">
          <Badge tone="accent">{search.tag}</Badge>
          <Button kind="quiet" className="min-h-7 px-2 text-table" onClick={() => set({ tag: undefined })}>
            Any tag
          </Button>
        </span>
      )}
    </div>
  );
}
