import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { NOTICE_TOPICS, type NoticeTopic, OPERATOR_TOPICS, PERSON_TOPICS } from "../../schema/wire/notice-event.ts";
import type { NoticeChannel, NoticeRule, PutNoticeRule, RuleLevel } from "../../schema/wire/notification.ts";
import { client } from "../api/runtime.ts";
import { ActError } from "../settings/act-error.tsx";
import { classNames } from "../ui/class-names.ts";
import { boxClass, SelectField } from "../ui/field.tsx";
import { Section } from "../ui/page.tsx";
import { Failure, SkeletonRows } from "../ui/states.tsx";
import { Exceptions } from "./exceptions.tsx";
import { RULE_CHOICES } from "./notice-words.ts";
import { channelsQuery, pathOf, rulesQuery, type Whose } from "./notification-queries.ts";

/** Sets one rule; resolves once the server has it. */
export type PutRule = (rule: PutNoticeRule) => Promise<void>;

/** Which topics are told on which channel, from which level on. */
export function RulesPart({ whose }: { whose: Whose }) {
  const channels = useQuery(channelsQuery(whose));
  const rules = useQuery(rulesQuery(whose));
  const cache = useQueryClient();
  const [error, setError] = useState<unknown>(null);
  const failed = channels.error ?? rules.error;
  const put: PutRule = async (rule) => {
    const { queryKey } = rulesQuery(whose);
    setError(null);
    // Shown at once; what the server says stands in the end.
    cache.setQueryData(queryKey, (before: readonly NoticeRule[] = []) => withRule([...before], rule));
    try {
      await client.request(`${pathOf(whose)}/rules`, { method: "PUT", body: rule });
    } catch (failure) {
      setError(failure);
      throw failure;
    } finally {
      await cache.invalidateQueries({ queryKey });
    }
  };
  return (
    <Section
      title="What is told where"
      note="Critical alerts leave at once, at any hour: they pass quiet hours and digests."
    >
      {failed !== null ? (
        <Failure error={failed} onRetry={() => void Promise.all([channels.refetch(), rules.refetch()])} />
      ) : channels.data === undefined || rules.data === undefined ? (
        <SkeletonRows rows={8} />
      ) : (
        <>
          <Matrix whose={whose} channels={channels.data} rules={rules.data} put={put} />
          <div className="mt-3 empty:hidden">
            <ActError error={error} />
          </div>
          {whose === "mine" && <Exceptions channels={channels.data} rules={rules.data} put={put} />}
        </>
      )}
    </Section>
  );
}

function withRule(rules: NoticeRule[], { channelId, topic, scope, level }: PutNoticeRule): NoticeRule[] {
  const at = rules.findIndex((rule) => rule.channelId === channelId && rule.topic === topic && sameScope(rule, scope));
  const id = rules[at]?.id ?? `new:${channelId}:${topic}`;
  const next = { id, channelId, topic, scope, level };
  return at === -1 ? [...rules, next] : rules.with(at, next);
}

function sameScope({ scope }: NoticeRule, other: NoticeRule["scope"]): boolean {
  return scope.kind === other.kind && (scope.kind === "all" || (other.kind !== "all" && scope.id === other.id));
}

interface MatrixProps {
  readonly whose: Whose;
  readonly channels: readonly NoticeChannel[];
  readonly rules: readonly NoticeRule[];
  readonly put: PutRule;
}

/** A row a topic and a column a channel; where there is no room, one channel at a time. */
function Matrix({ whose, channels, rules, put }: MatrixProps) {
  const [chosen, setChosen] = useState("");
  const shown = channels.find(({ id }) => id === chosen) ?? channels[0];
  const topics = whose === "mine" ? PERSON_TOPICS : OPERATOR_TOPICS;
  const levelOf = (channelId: string, topic: NoticeTopic) =>
    rules.find((rule) => rule.channelId === channelId && rule.topic === topic && rule.scope.kind === "all")?.level ??
    "off";
  const cell = (channel: NoticeChannel, topic: NoticeTopic) => (
    <LevelChoice
      label={`${NOTICE_TOPICS[topic].title} on ${channel.label}`}
      level={levelOf(channel.id, topic)}
      // A refusal is shown above the table.
      onChange={(level) => void put({ channelId: channel.id, topic, scope: { kind: "all" }, level }).catch(() => {})}
    />
  );
  return (
    <div className="card overflow-hidden">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard. */}
      <section tabIndex={0} aria-label="Rules" className="scroll-thin overflow-x-auto max-md:hidden">
        <table aria-label="What is told where" className="w-full text-table">
          <thead>
            <tr className="border-b border-line text-muted">
              <th scope="col" className="h-9 min-w-64 px-4 text-left font-medium">
                Topic
              </th>
              {channels.map((channel) => (
                <th key={channel.id} scope="col" className="max-w-40 px-2 text-left font-medium last:pr-4">
                  <span className={classNames("block truncate", !channel.enabled && "text-faint")}>
                    {channel.label}
                    {!channel.enabled && " (off)"}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {topics.map((topic) => (
              <tr key={topic} className="border-b border-line/70 last:border-b-0">
                <th scope="row" className="px-4 py-2 text-left font-normal">
                  <TopicWords topic={topic} />
                </th>
                {channels.map((channel) => (
                  <td key={channel.id} className="px-2 py-1.5 last:pr-4">
                    {cell(channel, topic)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div className="md:hidden">
        <div className="border-b border-line px-4 py-3">
          <SelectField
            label="Channel"
            value={shown?.id ?? ""}
            choices={channels.map(({ id, label, enabled }) => ({
              value: id,
              label: enabled ? label : `${label} (off)`,
            }))}
            onChange={setChosen}
          />
        </div>
        {shown !== undefined && (
          <ul aria-label={`What is told on ${shown.label}`}>
            {topics.map((topic) => (
              <li
                key={topic}
                className="flex items-center justify-between gap-3 border-b border-line/70 px-4 py-2.5 last:border-b-0"
              >
                <span className="min-w-0">
                  <TopicWords topic={topic} />
                </span>
                {cell(shown, topic)}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function TopicWords({ topic }: { topic: NoticeTopic }) {
  const { title, says } = NOTICE_TOPICS[topic];
  return (
    <>
      <span className="block text-base font-medium text-ink">{title}</span>
      <span className="block text-table text-muted">{says}</span>
    </>
  );
}

/** A level to choose; what is off stands back. */
export function LevelChoice(props: {
  readonly label: string;
  readonly level: RuleLevel;
  readonly onChange: (level: RuleLevel) => void;
}) {
  return (
    <select
      aria-label={props.label}
      value={props.level}
      onChange={(event) => props.onChange(event.target.value as RuleLevel)}
      className={classNames(boxClass, "select-arrow w-32 shrink-0 pr-7", props.level === "off" && "text-faint!")}
    >
      {RULE_CHOICES.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
