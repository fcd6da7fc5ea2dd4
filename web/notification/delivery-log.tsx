import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useState } from "react";
import type { NoticeDelivery } from "../../schema/wire/notification.ts";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import { SelectField } from "../ui/field.tsx";
import { LoadedRows } from "../ui/loaded-rows.tsx";
import { Moment } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { type RecordColumn, RecordTable } from "../ui/record-table.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Empty } from "../ui/states.tsx";
import { KIND_WORDS, LEVEL_LOOKS } from "./notice-words.ts";
import { channelsQuery, deliveriesQuery, type Whose } from "./notification-queries.ts";

type Status = NoticeDelivery["status"];

const STATUSES = [
  { value: "all", label: "All" },
  { value: "sent", label: "Sent" },
  { value: "waiting", label: "Waiting" },
  { value: "failed", label: "Given up" },
] as const satisfies readonly { value: Status | "all"; label: string }[];

const LOOKS: Readonly<Record<Status, { word: string; tone: BadgeTone }>> = {
  sent: { word: "Sent", tone: "accent" },
  waiting: { word: "Waiting", tone: "notice" },
  failed: { word: "Given up", tone: "danger" },
};

const COLUMNS: readonly RecordColumn<NoticeDelivery>[] = [
  { title: "Notice", left: true, wrap: true, cell: (row) => <Title row={row} /> },
  { title: "Outcome", left: true, cell: (row) => <Outcome row={row} /> },
  { title: "Channel", left: true, wrap: true, cell: (row) => row.channel },
  { title: "Since", left: true, cell: (row) => <Moment timeMs={row.createdAt} /> },
  { title: "Attempts", cell: ({ attempts }) => attempts },
  { title: "Why", left: true, wrap: true, cell: (row) => <Why row={row} /> },
];

/** What became of each notice on each way, the newest first. */
export function DeliveryLog({ whose }: { whose: Whose }) {
  const [status, setStatus] = useState<Status | "all">("all");
  const [channelId, setChannelId] = useState("");
  const channels = (useQuery(channelsQuery(whose)).data ?? []).filter(({ kind }) => kind !== "in-app");
  const filter = {
    status: status === "all" ? undefined : status,
    channelId: channelId === "" ? undefined : channelId,
  };
  const query = useInfiniteQuery(deliveriesQuery(whose, filter));
  const isFiltered = status !== "all" || channelId !== "";
  return (
    <Section title="Delivery log" note="Kept for 30 days. What the app itself shows is under the bell.">
      <div className="mb-3 flex flex-wrap items-end gap-4">
        <Segmented label="Outcome" value={status} choices={STATUSES} onChange={setStatus} />
        {channels.length > 1 && (
          <SelectField
            label="Channel"
            className="w-56"
            value={channelId}
            choices={[
              { value: "", label: "All channels" },
              ...channels.map(({ id, label, kind }) => ({ value: id, label: `${label} (${KIND_WORDS[kind]})` })),
            ]}
            onChange={setChannelId}
          />
        )}
      </div>
      <div className="card overflow-hidden">
        <LoadedRows
          query={query}
          noun="notice"
          empty={
            <Empty icon={Send} title={isFiltered ? "Nothing of that kind" : "Nothing was sent yet"}>
              {isFiltered
                ? "No notice of the last 30 days has this outcome on this channel."
                : "What leaves over your channels is listed here, with the reason where it did not arrive."}
            </Empty>
          }
        >
          {(rows) => <RecordTable label="Deliveries" rows={rows} columns={COLUMNS} keyOf={({ id }) => id} />}
        </LoadedRows>
      </div>
    </Section>
  );
}

function Title({ row: { level, title } }: { row: NoticeDelivery }) {
  const { icon: Icon, tone, word } = LEVEL_LOOKS[level];
  return (
    <span className="flex gap-2">
      <Icon size={14} aria-label={word} className={`mt-0.5 shrink-0 ${tone}`} />
      <span className="min-w-0">{title}</span>
    </span>
  );
}

function Outcome({ row: { status } }: { row: NoticeDelivery }) {
  const { word, tone } = LOOKS[status];
  return <Badge tone={tone}>{word}</Badge>;
}

function Why({ row: { reason, nextAttemptAt } }: { row: NoticeDelivery }) {
  if (reason === null && nextAttemptAt === null) return <span className="text-faint">—</span>;
  return (
    <span className="text-muted">
      {reason}
      {nextAttemptAt !== null && (
        <>
          {reason === null ? "" : "; "}next <Moment timeMs={nextAttemptAt} />
        </>
      )}
    </span>
  );
}
