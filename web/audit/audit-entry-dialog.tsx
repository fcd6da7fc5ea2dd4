import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { AuditRow } from "../../schema/wire/audit.ts";
import { sessionQuery } from "../api/queries.ts";
import { formatCount } from "../format/format.ts";
import { formatInstant } from "../format/time.ts";
import { browserName } from "../settings/browser-name.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Failure, SkeletonRows } from "../ui/states.tsx";
import { auditDifference, type DifferenceRow, reasonOf } from "./audit-difference.ts";
import { auditEntryQuery } from "./audit-queries.ts";
import { actionWords, actorWords } from "./audit-words.ts";

/** One entry in full: who, from where, and what it changed. */
export function AuditEntryDialog({ seq }: { seq: number }) {
  const navigate = useNavigate({ from: "/audit" });
  const query = useQuery(auditEntryQuery(seq));
  const title = query.data == null ? `Entry ${formatCount(seq)}` : actionWords(query.data.action);
  return (
    <Dialog
      title={title}
      open
      wide
      onClose={() => void navigate({ search: (now) => ({ ...now, entry: undefined }), replace: true })}
    >
      {query.isPending ? (
        <SkeletonRows rows={4} />
      ) : query.isError ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === null ? (
        <p className="text-muted">The trail has no entry of this number.</p>
      ) : (
        <Entry row={query.data} />
      )}
    </Dialog>
  );
}

function Entry({ row }: { row: AuditRow }) {
  const user = useQuery(sessionQuery).data?.user;
  const { actor, place, subject } = row;
  const reason = reasonOf(row.after);
  return (
    <>
      <dl className="grid grid-cols-[96px_minmax(0,1fr)] gap-x-4 gap-y-2 max-sm:grid-cols-1 max-sm:gap-y-1">
        <Fact name="When">{formatInstant(row.at)}</Fact>
        <Fact name="Who">
          {actorWords(actor, user?.id)}
          {actor.userId !== "" && <Id>{actor.userId}</Id>}
          {actor.grantId !== "" && <Id>{actor.grantId}</Id>}
        </Fact>
        <Fact name="From">
          {place.address === "" ? "An unknown address" : place.address}
          {place.userAgent !== "" && <>, {browserName(place.userAgent)}</>}
          {place.userAgent !== "" && <span className="block text-table text-muted">{place.userAgent}</span>}
        </Fact>
        {subject !== null && (
          <Fact name="What">
            {subject.kind}
            <Id>{subject.id}</Id>
          </Fact>
        )}
        {reason !== undefined && <Fact name="Why">{reason}</Fact>}
        <Fact name="Action">
          <span className="font-mono text-table">{row.action}</span>
        </Fact>
        {place.requestId !== "" && (
          <Fact name="Request">
            <span className="font-mono text-table">{place.requestId}</span>
          </Fact>
        )}
      </dl>
      <h3 className="mt-6 mb-2 font-semibold">What changed</h3>
      <Difference rows={auditDifference(row.before, row.after)} />
      <p className="mt-6 text-table text-muted">
        Entry {formatCount(row.seq)} of the chain, hash{" "}
        <span className="font-mono text-[11px] break-all">{row.hash}</span>
      </p>
    </>
  );
}

/** Columns of fixed shares: long values break inside theirs, also on a phone. */
function Difference({ rows }: { rows: readonly DifferenceRow[] }) {
  if (rows.length === 0) return <p className="text-muted">The entry tells of no values.</p>;
  const cell = "border-t border-line py-1.5 pr-3 align-top break-words last:pr-0";
  return (
    <table aria-label="What changed" className="num w-full table-fixed text-left text-table">
      <thead className="text-muted">
        <tr>
          {["Value", "Before", "After"].map((title) => (
            <th key={title} scope="col" className="h-7 pr-3 font-medium first:w-[28%]">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ path, before, after }) => (
          <tr key={path}>
            <th scope="row" className={`${cell} font-normal text-muted`}>
              {path || "value"}
            </th>
            <td className={cell}>
              <Value text={before} />
            </td>
            <td className={cell}>
              <Value text={after} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted max-sm:mt-1">{name}</dt>
      <dd className="num min-w-0 break-words">{children}</dd>
    </>
  );
}

function Id({ children }: { children: string }) {
  return <span className="ml-2 font-mono text-[11px] break-all text-muted">{children}</span>;
}

function Value({ text }: { text: string | undefined }) {
  if (text === undefined) return <span className="text-muted">—</span>;
  return <span className="whitespace-pre-wrap">{text === "" ? "empty" : text}</span>;
}
