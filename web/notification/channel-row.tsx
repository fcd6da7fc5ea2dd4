import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { ChangeNoticeChannel, ChannelTest, NoticeChannel } from "../../schema/wire/notification.ts";
import { client } from "../api/runtime.ts";
import { ActError } from "../settings/act-error.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { boxClass } from "../ui/field.tsx";
import { Ago } from "../ui/moment.tsx";
import { DIGEST_CHOICES, KIND_WORDS } from "./notice-words.ts";
import { keyOf, pathOf, type Whose } from "./notification-queries.ts";

interface ChannelRowProps {
  readonly whose: Whose;
  readonly channel: NoticeChannel;
  readonly onCode: () => void;
  readonly onRemove: () => void;
  readonly onSigning: () => void;
}

/** A way out: where it leads, whether the last notice arrived, and what became of a test just now. */
export function ChannelRow({ whose, channel, onCode, onRemove, onSigning }: ChannelRowProps) {
  const cache = useQueryClient();
  const [busy, setBusy] = useState<"test" | "change" | null>(null);
  const [tested, setTested] = useState<ChannelTest | null>(null);
  const [error, setError] = useState<unknown>(null);
  const path = `${pathOf(whose)}/channels/${channel.id}`;
  async function run(what: "test" | "change", act: () => Promise<unknown>) {
    setBusy(what);
    setError(null);
    setTested(null);
    try {
      await act();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(null);
      void cache.invalidateQueries({ queryKey: keyOf(whose) });
    }
  }
  const change = (body: ChangeNoticeChannel) =>
    void run("change", () => client.request(path, { method: "PATCH", body }));
  const test = () =>
    void run("test", async () => setTested(await client.request<ChannelTest>(`${path}/test`, { method: "POST" })));
  const { label, kind, enabled, verifiedAt } = channel;
  const isApp = kind === "in-app";
  return (
    <li className="grid gap-2 px-5 py-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0 flex-1 basis-64">
          <div className="flex flex-wrap items-center gap-2 font-medium">
            <span className="min-w-0 break-words">{label}</span>
            <Badge>{KIND_WORDS[kind]}</Badge>
            <StateBadge channel={channel} />
          </div>
          <About channel={channel} />
        </div>
        <div className="flex flex-wrap items-center gap-2">
          {verifiedAt === null && (
            <Button kind="primary" onClick={onCode}>
              Enter the code
            </Button>
          )}
          {!isApp && verifiedAt !== null && <DigestChoice channel={channel} onChange={change} />}
          {!isApp && verifiedAt !== null && (
            <Button busy={busy === "test"} aria-label={`Test ${label}`} onClick={test}>
              Test
            </Button>
          )}
          {kind === "webhook" && (
            <Button aria-label={`How to verify ${label}`} onClick={onSigning}>
              Verify
            </Button>
          )}
          <Button
            busy={busy === "change"}
            aria-label={`Turn ${enabled ? "off" : "on"} ${label}`}
            onClick={() => change({ enabled: !enabled })}
          >
            {enabled ? "Turn off" : "Turn on"}
          </Button>
          {!isApp && (
            <Button kind="danger" aria-label={`Remove ${label}`} onClick={onRemove}>
              Remove
            </Button>
          )}
        </div>
      </div>
      {tested !== null && <Tested test={tested} />}
      {tested === null && channel.problem !== null && (
        <p className="text-table text-danger">The last attempt failed: {channel.problem}.</p>
      )}
      <ActError error={error} />
    </li>
  );
}

function StateBadge({ channel: { enabled, verifiedAt, problem } }: { channel: NoticeChannel }) {
  if (!enabled) return <Badge>Off</Badge>;
  if (verifiedAt === null) return <Badge tone="notice">Not confirmed</Badge>;
  return problem === null ? <Badge tone="accent">On</Badge> : <Badge tone="danger">Failing</Badge>;
}

function About({ channel: { kind, target, lastSentAt } }: { channel: NoticeChannel }) {
  return (
    <p className="text-table break-words text-muted">
      {kind === "in-app" ? "The bell at the top of each page." : target}
      {kind !== "in-app" && (lastSentAt === null ? ", nothing sent yet" : <LastSent timeMs={lastSentAt} />)}
    </p>
  );
}

function LastSent({ timeMs }: { timeMs: number }) {
  return (
    <>
      , last sent <Ago timeMs={timeMs} />
    </>
  );
}

function DigestChoice(props: { channel: NoticeChannel; onChange: (change: ChangeNoticeChannel) => void }) {
  const { channel, onChange } = props;
  const id = useId();
  return (
    <>
      <label htmlFor={id} className="sr-only">
        When notices leave on {channel.label}
      </label>
      <select
        id={id}
        value={channel.digest}
        onChange={(event) => onChange({ digest: event.target.value as NoticeChannel["digest"] })}
        className={`${boxClass} select-arrow pr-7`}
      >
        {DIGEST_CHOICES.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </>
  );
}

function Tested({ test: { outcome, reason, elapsedMs } }: { test: ChannelTest }) {
  if (outcome === "sent") {
    return (
      <p role="status" className="num text-table text-accent">
        It arrived, after {elapsedMs} ms. Look whether you can read it there.
      </p>
    );
  }
  const again = outcome === "again" ? " A notice would be tried again for about a day." : "";
  return (
    <p role="alert" className="text-table text-danger">
      It did not arrive: {reason}.{again}
    </p>
  );
}
