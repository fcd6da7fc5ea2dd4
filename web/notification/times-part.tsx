import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { NoticeSettings } from "../../schema/wire/notification.ts";
import { client } from "../api/runtime.ts";
import { userZone } from "../format/time.ts";
import { useSubmission } from "../session/frame.tsx";
import { ActError } from "../settings/act-error.tsx";
import { Button } from "../ui/button.tsx";
import { CheckField, SelectField, TextField } from "../ui/field.tsx";
import { Section } from "../ui/page.tsx";
import { Failure, SkeletonRows } from "../ui/states.tsx";
import { clockOf, minuteOf } from "./notice-words.ts";
import { pathOf, settingsQuery, type Whose } from "./notification-queries.ts";

/** From ten in the evening to seven in the morning: what most people begin with. */
const NIGHT = { from: 22 * 60, to: 7 * 60 };
const REPEATS = [
  { value: "0", label: "Tell me each time" },
  { value: "5", label: "Once in 5 minutes" },
  { value: "15", label: "Once in 15 minutes" },
  { value: "60", label: "Once an hour" },
  { value: "1440", label: "Once a day" },
];

/** When somebody is not rung, when digests leave, and how often the same is told. */
export function TimesPart({ whose }: { whose: Whose }) {
  const settings = useQuery(settingsQuery(whose));
  return (
    <Section
      title="Quiet hours and repeats"
      note="In quiet hours only what is critical is told; the rest comes together at their end."
    >
      {settings.isPending ? (
        <SkeletonRows rows={2} />
      ) : settings.isError ? (
        <Failure error={settings.error} onRetry={() => void settings.refetch()} />
      ) : (
        <TimesForm key={JSON.stringify(settings.data)} whose={whose} settings={settings.data} />
      )}
    </Section>
  );
}

/** Every zone that the browser knows; the one that is set is among them, whatever it is. */
function zonesWith(zone: string): string[] {
  const known = Intl.supportedValuesOf("timeZone");
  return [...new Set(["UTC", userZone(), zone, ...known])];
}

function TimesForm({ whose, settings }: { whose: Whose; settings: NoticeSettings }) {
  const submission = useSubmission();
  const cache = useQueryClient();
  const [zone, setZone] = useState(settings.timeZone);
  const [isQuiet, setQuiet] = useState(settings.quiet !== null);
  const [from, setFrom] = useState(clockOf(settings.quiet?.from ?? NIGHT.from));
  const [to, setTo] = useState(clockOf(settings.quiet?.to ?? NIGHT.to));
  const [daily, setDaily] = useState(clockOf(settings.dailyAt));
  const [repeats, setRepeats] = useState(String(settings.repeatMinutes));
  const [saved, setSaved] = useState(false);
  const choices = REPEATS.some(({ value }) => value === repeats)
    ? REPEATS
    : [...REPEATS, { value: repeats, label: `Once in ${repeats} minutes` }];
  const isSame = isQuiet && from === to;
  async function save() {
    const quiet = isQuiet ? { from: minuteOf(from) ?? 0, to: minuteOf(to) ?? 0 } : null;
    const body = { timeZone: zone, quiet, repeatMinutes: Number(repeats), dailyAt: minuteOf(daily) ?? 0 };
    const next = await client.request<NoticeSettings>(`${pathOf(whose)}/settings`, { method: "PUT", body });
    setSaved(true);
    cache.setQueryData(settingsQuery(whose).queryKey, next);
  }
  return (
    <form
      className="card grid gap-4 px-5 py-4"
      onChange={() => setSaved(false)}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isSame) void submission.run(save);
      }}
    >
      <CheckField label="Keep quiet hours" checked={isQuiet} onChange={setQuiet} />
      <div className="grid gap-4 sm:grid-cols-3">
        <TextField
          label="Quiet from"
          type="time"
          required
          disabled={!isQuiet}
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
        <TextField
          label="Until"
          type="time"
          required
          disabled={!isQuiet}
          value={to}
          error={isSame ? "must differ from the beginning" : undefined}
          onChange={(event) => setTo(event.target.value)}
        />
        <SelectField
          label="Time zone"
          value={zone}
          choices={zonesWith(settings.timeZone).map((value) => ({ value, label: value.replaceAll("_", " ") }))}
          onChange={setZone}
        />
        <TextField
          label="Daily digests leave at"
          hint="For channels that are told together each day. Those of each hour leave at the full hour."
          type="time"
          required
          value={daily}
          onChange={(event) => setDaily(event.target.value)}
        />
        <SelectField
          label="The same again"
          hint="The same event of the same bot for the same reason. The kill switch, fills and security are told each time."
          value={repeats}
          choices={choices}
          onChange={setRepeats}
        />
      </div>
      <ActError error={submission.error} />
      <div className="flex items-center justify-end gap-3">
        <span role="status" className="text-accent">
          {saved ? "Saved." : ""}
        </span>
        <Button kind="primary" type="submit" busy={submission.busy}>
          Save
        </Button>
      </div>
    </form>
  );
}
