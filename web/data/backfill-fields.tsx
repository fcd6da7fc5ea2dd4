import type { RefObject } from "react";
import type { BackfillSource } from "../../schema/wire/backfill.ts";
import { TIMEFRAME_NAMES, timeframeWords } from "../format/timeframe.ts";
import { ActError } from "../settings/act-error.tsx";
import { Button } from "../ui/button.tsx";
import { SelectField, TextField } from "../ui/field.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { type BackfillDraft, dayBefore } from "./backfill-draft.ts";
import { InstrumentChoice } from "./instrument-choice.tsx";

interface BackfillFieldsProps {
  readonly form: RefObject<HTMLFormElement | null>;
  readonly draft: BackfillDraft;
  readonly fresh: BackfillDraft;
  readonly sources: readonly BackfillSource[];
  readonly source: BackfillSource | undefined;
  readonly problems: ReadonlyMap<keyof BackfillDraft, string>;
  readonly about: string;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onChange: (draft: BackfillDraft) => void;
  readonly onSubmit: () => void;
}

/** Months back from the last day, as they are called. */
const SPANS = [
  { value: "3", label: "3 months" },
  { value: "12", label: "1 year" },
  { value: "24", label: "2 years" },
  { value: "60", label: "5 years" },
] as const;

/** What a backfill has to be told. */
export function BackfillFields(props: BackfillFieldsProps) {
  const { draft, fresh, sources, source, problems, onChange } = props;
  const set = (change: Partial<BackfillDraft>) => onChange({ ...draft, ...change });
  const span = SPANS.find(({ value }) => dayBefore(draft.toDay || fresh.toDay, Number(value)) === draft.fromDay);
  return (
    <form
      ref={props.form}
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        props.onSubmit();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) props.onSubmit();
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label="From"
          hint="A venue whose key you keep under Settings, Venues, or prices that a venue gives to everybody."
          value={draft.sourceId}
          error={problems.get("sourceId")}
          onChange={(sourceId) => set({ sourceId, instrument: "" })}
          choices={sources.map(({ id, label, environment, needsKey }) => ({
            ...{ value: id, label: needsKey ? `${label} (${environment})` : label },
          }))}
        />
        <SelectField
          label="Timeframe"
          hint="Larger ones are made of these: minutes serve every backtest."
          value={draft.timeframe}
          error={problems.get("timeframe")}
          onChange={(timeframe) => set({ timeframe })}
          choices={TIMEFRAME_NAMES.filter((name) => source?.timeframes.includes(name) ?? true).map((value) => ({
            ...{ value, label: timeframeWords(value) },
          }))}
        />
      </div>
      <InstrumentChoice
        sourceId={draft.sourceId}
        chosen={draft.instrument}
        error={problems.get("instrument")}
        onChoose={(instrument) => set({ instrument })}
      />
      <div className="grid gap-4 sm:grid-cols-3">
        <TextField
          label="First day, UTC"
          type="date"
          value={draft.fromDay}
          max={draft.toDay}
          error={problems.get("fromDay")}
          onChange={(event) => set({ fromDay: event.target.value })}
        />
        <TextField
          label="Last day, UTC"
          type="date"
          value={draft.toDay}
          max={fresh.toDay}
          error={problems.get("toDay")}
          onChange={(event) => set({ toDay: event.target.value })}
        />
        <TextField
          label="Name of the dataset"
          placeholder="Symbol, timeframe and venue"
          maxLength={80}
          value={draft.name}
          error={problems.get("name")}
          onChange={(event) => set({ name: event.target.value })}
        />
      </div>
      <Segmented
        label="How far back"
        className="justify-self-start"
        value={span?.value}
        choices={SPANS}
        onChange={(months) => set({ fromDay: dayBefore(draft.toDay || fresh.toDay, Number(months)) })}
      />
      <ActError error={props.error} />
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="num text-table text-muted">{props.about}</p>
        <Button kind="primary" type="submit" busy={props.busy}>
          Bring them <kbd className="ml-1 font-mono text-[11px] max-md:hidden">Ctrl Enter</kbd>
        </Button>
      </div>
    </form>
  );
}
