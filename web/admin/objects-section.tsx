import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Boxes } from "lucide-react";
import { useDeferredValue, useState } from "react";
import type { AdminObject, AdminObjectDetail } from "../../schema/wire/admin.ts";
import { client } from "../api/runtime.ts";
import { formatBytes } from "../format/format.ts";
import { formatDuration } from "../format/time.ts";
import { useSubmission } from "../session/frame.tsx";
import { ActError } from "../settings/act-error.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { Moment } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { Empty, Failure, SkeletonRows } from "../ui/states.tsx";
import { objectQuery, objectsQuery } from "./admin-queries.ts";

/** A bot that is this late has missed its alarm. */
const LATE_MS = 90_000;

/** Finding a bot or an account, and what its object says of itself. */
export function ObjectsSection() {
  const [search, setSearch] = useState("");
  const deferred = useDeferredValue(search.trim());
  const found = useQuery(objectsQuery(deferred));
  const [open, setOpen] = useState<AdminObject | null>(null);
  return (
    <Section title="Bots and accounts" note="Those that are due first. What they trade is their owners' and not shown.">
      <TextField
        label="Find"
        className="mb-4 max-w-md"
        placeholder="Name, or the begin of an id or of an owner's"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      {found.isPending ? (
        <SkeletonRows rows={6} />
      ) : found.data === undefined ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : found.data.length === 0 ? (
        <Empty icon={Boxes} title={deferred === "" ? "There is none yet" : "Nothing is named so"}>
          Bots and accounts of everybody are found here.
        </Empty>
      ) : (
        <ul
          aria-label="Objects"
          className={classNames("card divide-y divide-line", found.isPlaceholderData && "opacity-60")}
        >
          {found.data.map((object) => (
            <ObjectRow key={object.id} object={object} onOpen={() => setOpen(object)} />
          ))}
        </ul>
      )}
      {open !== null && <ObjectDialog object={open} onClose={() => setOpen(null)} />}
    </Section>
  );
}

function ObjectRow({ object, onOpen }: { object: AdminObject; onOpen: () => void }) {
  const { kind, id, name, state, reason, lateMs, ownerId } = object;
  const isLate = lateMs !== null && lateMs > LATE_MS;
  return (
    <li>
      <button type="button" onClick={onOpen} className="block w-full px-5 py-3 text-left hover:bg-hover">
        <span className="flex flex-wrap items-center gap-2">
          <span className="min-w-0 font-medium break-words">{name}</span>
          <Badge>{kind}</Badge>
          <Badge tone={state === "running" ? "accent" : state === "error" || state === "halted" ? "danger" : "neutral"}>
            {state}
          </Badge>
          {isLate && <Badge tone="danger">{formatDuration(lateMs)} late</Badge>}
        </span>
        {reason !== null && <span className="block text-table break-words text-muted">{reason}</span>}
        <span className="block font-mono text-[11px] break-all text-faint">
          {id} of {ownerId}
        </span>
      </button>
    </li>
  );
}

function ObjectDialog({ object, onClose }: { object: AdminObject; onClose: () => void }) {
  const { kind, id, name } = object;
  const detail = useQuery(objectQuery(kind, id));
  const cache = useQueryClient();
  const submission = useSubmission();
  async function wake() {
    await submission.run(async () => {
      const now = await client.request<AdminObjectDetail>(`/admin/objects/${kind}/${id}/wake`, { method: "POST" });
      cache.setQueryData(objectQuery(kind, id).queryKey, now);
    });
  }
  return (
    <Dialog title={name} open onClose={onClose}>
      <div className="grid gap-4">
        {detail.isPending ? (
          <SkeletonRows rows={5} />
        ) : detail.data === undefined ? (
          <Failure error={detail.error} onRetry={() => void detail.refetch()} />
        ) : detail.data.live === null ? (
          <p role="alert" className="text-danger">
            Its object did not answer. The log says why.
          </p>
        ) : (
          <Live live={detail.data.live} />
        )}
        <ActError error={submission.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Close</Button>
          <Button busy={submission.busy} onClick={() => void wake()}>
            Wake it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Live({ live }: { live: NonNullable<AdminObjectDetail["live"]> }) {
  const { alarmAt, databaseBytes, sockets, facts } = live;
  return (
    <dl className="num divide-y divide-line text-table">
      <Fact name="Next alarm">{alarmAt === null ? "none" : <Moment timeMs={alarmAt} />}</Fact>
      <Fact name="Storage">{formatBytes(databaseBytes)}</Fact>
      <Fact name="Open sockets">{sockets}</Fact>
      {facts.map(({ name, value }) => (
        <Fact key={name} name={name.charAt(0).toUpperCase() + name.slice(1)}>
          {value}
        </Fact>
      ))}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4 py-1.5">
      <dt className="shrink-0 text-muted">{name}</dt>
      <dd className="min-w-0 text-right break-words">{children}</dd>
    </div>
  );
}
