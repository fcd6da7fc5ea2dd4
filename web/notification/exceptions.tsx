import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { NOTICE_TOPICS, type NoticeTopic, PERSON_TOPICS } from "../../schema/wire/notice-event.ts";
import type { NoticeChannel, NoticeRule, RuleLevel } from "../../schema/wire/notification.ts";
import { client } from "../api/runtime.ts";
import { useSubmission } from "../session/frame.tsx";
import { ActError } from "../settings/act-error.tsx";
import { accountsQuery, botsQuery } from "../trading/queries.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { SelectField } from "../ui/field.tsx";
import { RULE_CHOICES } from "./notice-words.ts";
import { rulesQuery } from "./notification-queries.ts";
import type { PutRule } from "./rules-part.tsx";

interface ExceptionsProps {
  readonly channels: readonly NoticeChannel[];
  readonly rules: readonly NoticeRule[];
  readonly put: PutRule;
}

/** Rules for one account or one bot, which win over those above. */
export function Exceptions({ channels, rules, put }: ExceptionsProps) {
  const [adding, setAdding] = useState(false);
  const cache = useQueryClient();
  const removal = useSubmission();
  const names = useNames();
  const own = rules.filter(({ scope }) => scope.kind !== "all");
  async function remove(id: string) {
    await client.request(`/notifications/rules/${id}`, { method: "DELETE" });
    await cache.invalidateQueries({ queryKey: rulesQuery("mine").queryKey });
  }
  return (
    <div className="mt-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-muted">
          <span className="font-medium text-ink">Exceptions.</span> A rule for one bot wins over one for its account,
          and that over the table.
        </p>
        <Button onClick={() => setAdding(true)}>Add an exception</Button>
      </div>
      {own.length > 0 && (
        <ul className="card mt-3 divide-y divide-line" aria-label="Exceptions">
          {own.map(({ id, topic, channelId, scope, level }) => {
            const what = scope.kind === "all" ? "" : (names.get(scope.id) ?? `a ${scope.kind} that is gone`);
            const where = channels.find((channel) => channel.id === channelId)?.label ?? "";
            return (
              <li key={id} className="flex flex-wrap items-center justify-between gap-3 px-5 py-2.5">
                <span className="min-w-0">
                  <span className="font-medium">{what}</span>
                  <span className="text-muted">
                    {" "}
                    · {NOTICE_TOPICS[topic].title} on {where}: {wordOf(level)}
                  </span>
                </span>
                <Button
                  kind="quiet"
                  busy={removal.busy}
                  aria-label={`Remove the exception for ${what}, ${NOTICE_TOPICS[topic].title}`}
                  onClick={() => void removal.run(() => remove(id))}
                >
                  Remove
                </Button>
              </li>
            );
          })}
        </ul>
      )}
      <ActError error={removal.error} />
      {adding && <ExceptionDialog channels={channels} put={put} onClose={() => setAdding(false)} />}
    </div>
  );
}

function wordOf(level: RuleLevel): string {
  return RULE_CHOICES.find(({ value }) => value === level)?.label ?? level;
}

/** Names of the person's accounts and bots by their ids. */
function useNames(): ReadonlyMap<string, string> {
  const accounts = useQuery(accountsQuery).data ?? [];
  const bots = useQuery(botsQuery).data ?? [];
  return new Map([...accounts, ...bots].map(({ id, name }) => [id, name]));
}

function ExceptionDialog(props: Pick<ExceptionsProps, "channels" | "put"> & { readonly onClose: () => void }) {
  const { channels, put, onClose } = props;
  const accounts = useQuery(accountsQuery).data ?? [];
  const bots = useQuery(botsQuery).data ?? [];
  const subjects = [
    ...bots.map(({ id, name }) => ({ value: `bot ${id}`, label: `Bot ${name}` })),
    ...accounts.map(({ id, name }) => ({ value: `account ${id}`, label: `Account ${name}` })),
  ];
  const submission = useSubmission();
  const [chosen, setChosen] = useState("");
  const [topic, setTopic] = useState<NoticeTopic>("bot");
  const [channelId, setChannelId] = useState(channels[0]?.id ?? "");
  const [level, setLevel] = useState<RuleLevel>("off");
  const subject = chosen === "" ? (subjects[0]?.value ?? "") : chosen;
  async function save() {
    const [kind, id = ""] = subject.split(" ");
    await put({ channelId, topic, level, scope: { kind: kind === "bot" ? "bot" : "account", id } });
    onClose();
  }
  return (
    <Dialog title="Add an exception" open onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submission.run(save);
        }}
      >
        {subjects.length === 0 ? (
          <p className="text-muted">An exception is for one bot or one account. You have neither yet.</p>
        ) : (
          <SelectField label="For" value={subject} choices={subjects} onChange={setChosen} />
        )}
        <SelectField
          label="Topic"
          value={topic}
          choices={PERSON_TOPICS.map((value) => ({ value, label: NOTICE_TOPICS[value].title }))}
          onChange={setTopic}
        />
        <SelectField
          label="Channel"
          value={channelId}
          choices={channels.map(({ id, label }) => ({ value: id, label }))}
          onChange={setChannelId}
        />
        <SelectField label="Tell me" value={level} choices={RULE_CHOICES} onChange={setLevel} />
        <ActError error={submission.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={submission.busy} disabled={subjects.length === 0}>
            Add the exception
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
