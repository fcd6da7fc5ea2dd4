import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { DatabaseBackup } from "lucide-react";
import type { Backup } from "../../schema/wire/backup.ts";
import { sessionQuery } from "../api/queries.ts";
import { client } from "../api/runtime.ts";
import { formatBytes, formatCount } from "../format/format.ts";
import { useSubmission } from "../session/frame.tsx";
import { ActError } from "../settings/act-error.tsx";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Ago, Moment } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { Empty, Failure, SkeletonRows } from "../ui/states.tsx";
import { backupsQuery } from "./admin-queries.ts";

const TONES: Readonly<Record<Backup["status"], BadgeTone>> = {
  ...{ running: "neutral", made: "notice", verified: "accent", failed: "danger" },
};
const WORDS: Readonly<Record<Backup["status"], string>> = {
  ...{ running: "being made", made: "being checked", verified: "restored and found good", failed: "failed" },
};

/** Full backups, whether each was restored and found good, and making one now. */
export function BackupsSection() {
  const query = useInfiniteQuery(backupsQuery);
  const role = useQuery(sessionQuery).data?.user?.role;
  const cache = useQueryClient();
  const submission = useSubmission();
  async function make() {
    await submission.run(async () => {
      await client.request("/admin/backups", { method: "POST" });
      await cache.invalidateQueries({ queryKey: backupsQuery.queryKey });
    });
  }
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <Section
      title="Backups"
      note="A full one each day, and what changed each minute. Each full one is restored into a place of its own."
      actions={
        role !== undefined && (
          <Button busy={submission.busy} onClick={() => void make()}>
            Make one now
          </Button>
        )
      }
    >
      <ActError error={submission.error} />
      {query.isPending ? (
        <SkeletonRows rows={5} />
      ) : query.data === undefined ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : rows.length === 0 ? (
        <Empty icon={DatabaseBackup} title="No full backup was made yet">
          The first is made with the night, or now. What changes is stored within a minute in any case.
        </Empty>
      ) : (
        <ul aria-label="Backups" className="card divide-y divide-line">
          {rows.map((backup) => (
            <BackupRow key={backup.id} backup={backup} />
          ))}
        </ul>
      )}
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

function BackupRow({ backup }: { backup: Backup }) {
  const { status, startedAt, madeAt, askedBy, sources, units, rows, bytes, reason } = backup;
  return (
    <li className="px-5 py-3">
      <div className="flex flex-wrap items-center gap-2 font-medium">
        <Moment timeMs={startedAt} />
        <Badge tone={TONES[status]}>{WORDS[status]}</Badge>
        {askedBy === "person" && <Badge>asked for</Badge>}
      </div>
      <p className="num text-table text-muted">
        {madeAt === null ? (
          "Not made yet"
        ) : (
          <>
            As of <Ago timeMs={madeAt} />
          </>
        )}
        , {formatCount(sources)} {sources === 1 ? "source" : "sources"}, {formatCount(rows)} rows in{" "}
        {formatCount(units)} {units === 1 ? "unit" : "units"}, {formatBytes(bytes)}
      </p>
      {reason !== null && <p className="text-table break-words text-danger">{reason}</p>}
    </li>
  );
}
