import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { DataExport, ExportLink } from "../../schema/wire/privacy.ts";
import { client } from "../api/runtime.ts";
import { formatBytes } from "../format/format.ts";
import { useSubmission } from "../session/frame.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Moment } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { Progress } from "../ui/progress.tsx";
import { Failure, SkeletonRows } from "../ui/states.tsx";
import { ActError } from "./act-error.tsx";
import { exportsQuery, isBeingMade } from "./privacy-queries.ts";
import { withProof } from "./prove.ts";

/** Archives of everything about the person: asking for one, how far it is, fetching it. */
export function ExportsSection() {
  const archives = useQuery(exportsQuery);
  const cache = useQueryClient();
  const submission = useSubmission();
  const isMaking = archives.data?.some(isBeingMade) ?? false;
  async function make() {
    await withProof(() => client.request<DataExport>("/account/exports", { method: "POST" }));
    await cache.invalidateQueries({ queryKey: exportsQuery.queryKey });
  }
  return (
    <Section
      title="Take your data along"
      actions={
        <Button
          kind="primary"
          busy={submission.busy}
          disabled={isMaking || !archives.isSuccess}
          onClick={() => void submission.run(make)}
        >
          Make an archive
        </Button>
      }
    >
      <div className="card">
        <p className="p-5 text-muted">
          One file with everything that is kept about you: profile, sessions, strategies with every version, runs with
          their reports, candles you imported, and your audit trail. Passwords and secrets are not in it. A letter tells
          you when it is ready; it can be fetched for seven days.
        </p>
        {submission.error !== null && (
          <div className="px-5 pb-5">
            <ActError error={submission.error} />
          </div>
        )}
        <ArchiveList />
      </div>
    </Section>
  );
}

function ArchiveList() {
  const archives = useQuery(exportsQuery);
  if (archives.isPending) return <SkeletonRows rows={1} />;
  if (archives.isError) return <Failure error={archives.error} onRetry={() => void archives.refetch()} />;
  if (archives.data.length === 0) return null;
  return (
    <ul aria-label="Archives" className="divide-y divide-line border-t border-line">
      {archives.data.map((archive) => (
        <ArchiveRow key={archive.id} archive={archive} />
      ))}
    </ul>
  );
}

function ArchiveRow({ archive }: { archive: DataExport }) {
  const submission = useSubmission();
  async function fetchIt() {
    const path = `/account/exports/${archive.id}/link`;
    const { url } = await withProof(() => client.request<ExportLink>(path, { method: "POST" }));
    // The reply is an attachment: the page stays where it is.
    location.assign(url);
  }
  return (
    <li className="grid gap-3 px-5 py-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-2 font-medium">
            <span>
              Archive of <Moment timeMs={archive.createdAt} />
            </span>
            {archive.status === "failed" && <Badge tone="danger">Failed</Badge>}
            {isBeingMade(archive) && <Badge tone="accent">Being made</Badge>}
          </div>
          <p className="text-table text-muted">
            <ArchiveDetail archive={archive} />
          </p>
        </div>
        {archive.status === "done" && (
          <Button busy={submission.busy} onClick={() => void submission.run(fetchIt)}>
            <Download size={14} aria-hidden />
            Download
          </Button>
        )}
      </div>
      {isBeingMade(archive) && <Progress share={archive.progress} label="Archive" />}
      {submission.error !== null && <ActError error={submission.error} />}
    </li>
  );
}

function ArchiveDetail({ archive }: { archive: DataExport }) {
  if (archive.status === "failed") return archive.error;
  if (archive.expiresAt === null) return "You may leave this page; a letter tells you when it is ready.";
  return (
    <>
      {archive.bytes !== null && <span className="num">{formatBytes(archive.bytes)}</span>}, there until{" "}
      <Moment timeMs={archive.expiresAt} />
    </>
  );
}
