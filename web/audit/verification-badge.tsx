import { useQuery } from "@tanstack/react-query";
import { ShieldAlert, ShieldCheck } from "lucide-react";
import type { AuditVerification } from "../../schema/wire/audit.ts";
import { formatCount } from "../format/format.ts";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { Hint } from "../ui/hint.tsx";
import { Ago } from "../ui/moment.tsx";
import { InlineError } from "../ui/states.tsx";
import { verificationQuery } from "./audit-queries.ts";
import { faultWords } from "./audit-words.ts";

/** Whether the whole trail is as it was written, and the way to look again. */
export function VerificationBadge() {
  const query = useQuery(verificationQuery);
  const { data } = query;
  const broken = data !== undefined && data.fault !== null;
  const Icon = broken ? ShieldAlert : ShieldCheck;
  return (
    <section
      aria-label="Verification"
      className={classNames(
        "card mb-4 flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3",
        broken && "border-danger bg-danger-soft",
      )}
    >
      <Icon size={20} strokeWidth={1.75} aria-hidden className={broken ? "text-danger" : "text-muted"} />
      <div role="status" className={classNames("num min-w-0 flex-1 basis-56", query.isFetching && "opacity-60")}>
        {data !== undefined ? <Verdict verdict={data} /> : query.isError ? null : "Verifying the whole trail"}
        {query.isError && <InlineError error={query.error} />}
      </div>
      <div className="flex items-center gap-1">
        <Hint label="verification">
          Each entry carries a hash over itself and the entry before, so that nothing can be changed, removed or moved
          without all that follows. Each hour the newest hash is anchored: written down where it cannot be changed.
        </Hint>
        <Button busy={query.isFetching} onClick={() => void query.refetch()}>
          {query.isFetching ? "Verifying" : "Verify again"}
        </Button>
      </div>
    </section>
  );
}

function Verdict({ verdict }: { verdict: AuditVerification }) {
  const { entries, anchors, lastAnchoredAt, fault } = verdict;
  const noun = (count: number, one: string, many: string) => `${formatCount(count)} ${count === 1 ? one : many}`;
  const anchored = (
    <>
      {noun(anchors, "anchor", "anchors")}
      {lastAnchoredAt !== null && (
        <>
          , last anchored <Ago timeMs={lastAnchoredAt} />
        </>
      )}
    </>
  );
  if (fault !== null) {
    return (
      <>
        <strong className="font-semibold text-danger">Not verified: {faultWords(fault)}.</strong>
        <span className="block text-table">
          {noun(entries, "entry", "entries")} before it {entries === 1 ? "is" : "are"} whole; {anchored}. Download the
          trail and tell whoever runs this deployment.
        </span>
      </>
    );
  }
  return (
    <>
      <strong className="font-semibold">Verified:</strong> {noun(entries, "entry", "entries")}, {anchored}
    </>
  );
}
