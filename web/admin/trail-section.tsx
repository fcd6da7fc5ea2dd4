import { useInfiniteQuery } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import type { OperatorTrail } from "../../schema/wire/admin.ts";
import { auditDifference, reasonOf } from "../audit/audit-difference.ts";
import { actionWords } from "../audit/audit-words.ts";
import { Button } from "../ui/button.tsx";
import { Moment } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { Empty, Failure, InlineError, SkeletonRows } from "../ui/states.tsx";
import { trailQuery } from "./admin-queries.ts";

/** What operators did to the deployment and to others, from their own trails. */
export function TrailSection() {
  const query = useInfiniteQuery(trailQuery);
  return (
    <Section
      title="Who did what"
      note="From the trails of everybody who operates the deployment or did, within a minute."
    >
      {query.isPending ? (
        <SkeletonRows rows={8} />
      ) : query.data === undefined ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Entries pages={query.data.pages} />
      )}
      {query.isFetchNextPageError && <InlineError error={query.error} />}
      {query.hasNextPage && (
        <div className="mt-3 flex justify-end">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load older
          </Button>
        </div>
      )}
    </Section>
  );
}

function Entries({ pages }: { pages: readonly OperatorTrail[] }) {
  const rows = pages.flatMap((page) => page.rows);
  const people = new Map(pages.flatMap((page) => page.people).map((person) => [person.id, person]));
  if (rows.length === 0) {
    return (
      <Empty icon={ShieldCheck} title="Nobody did anything to the deployment yet">
        Switches that are thrown, users that are changed and work that is done again are listed here.
      </Empty>
    );
  }
  return (
    <ul className="card divide-y divide-line">
      {rows.map((row) => (
        <li key={`${row.ownerId}.${row.seq}`} className="px-5 py-3">
          <div className="flex flex-wrap items-baseline justify-between gap-x-4">
            <span className="font-medium">{actionWords(row.action)}</span>
            <span className="text-table text-muted">
              <Moment timeMs={row.at} />
            </span>
          </div>
          <p className="text-table break-words text-muted">
            {people.get(row.ownerId)?.name ?? row.ownerId}
            {row.subject !== null && `, ${row.subject.kind} ${row.subject.id}`}
            {row.place.address !== "" && `, from ${row.place.address}`}
          </p>
          <Why reason={reasonOf(row.after)} />
          <Changes before={row.before} after={row.after} />
        </li>
      ))}
    </ul>
  );
}

function Why({ reason }: { reason: string | undefined }) {
  return reason === undefined ? null : <p className="text-table break-words">“{reason}”</p>;
}

/** In one line each: most acts change a value or two. */
function Changes({ before, after }: { before: unknown; after: unknown }) {
  const rows = auditDifference(before, after).filter(({ path }) => path !== "reason");
  if (rows.length === 0) return null;
  return (
    <ul className="num mt-1 text-table">
      {rows.map((row) => (
        <li key={row.path} className="break-words">
          <span className="text-muted">{row.path === "" ? "value" : row.path}:</span> {row.before ?? "—"} →{" "}
          {row.after ?? "—"}
        </li>
      ))}
    </ul>
  );
}
