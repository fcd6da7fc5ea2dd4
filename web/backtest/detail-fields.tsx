import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { CheckField, SelectField, TextField } from "../ui/field.tsx";
import type { RunDraft } from "./run-draft.ts";
import { useRunForm } from "./run-form.ts";

type TextName = {
  [K in keyof RunDraft]: RunDraft[K] extends string ? (string extends RunDraft[K] ? K : never) : never;
}[keyof RunDraft];

/** How orders fill inside a candle, margin, and what the checks use. Good as it stands for most runs. */
export function DetailFields() {
  const { draft, set, currency } = useRunForm();
  return (
    <div className="grid gap-5">
      <Group title="Fills">
        <SelectField
          label="Market orders fill"
          hint="A decision is made at the close. The next open is what a real order would get; the same close is a little too kind."
          value={draft.fill}
          onChange={(fill) => set({ fill })}
          choices={[
            { value: "open", label: "At the next open" },
            { value: "close", label: "At the same close" },
          ]}
        />
        <SelectField
          label="Path inside a candle"
          hint="Whether the high or the low came first. The report shows the worst and the best beside the one chosen."
          value={draft.path}
          onChange={(path) => set({ path })}
          choices={[
            { value: "nearest", label: "Nearest extreme first" },
            { value: "worst", label: "Worst for the position" },
            { value: "best", label: "Best for the position" },
          ]}
        />
        <SelectField
          label="Not enough cash"
          value={draft.whenShort}
          onChange={(whenShort) => set({ whenShort })}
          choices={[
            { value: "shrink", label: "Shrink the order" },
            { value: "refuse", label: "Refuse the order" },
          ]}
        />
        <Text
          name="volumeLimit"
          label="Share of volume, at most"
          unit="%"
          hint="Orders take at most this share of a candle's volume. Empty: no limit."
        />
        {draft.volumeLimit.trim() !== "" && (
          <SelectField
            label="What does not fit"
            value={draft.remainder}
            onChange={(remainder) => set({ remainder })}
            choices={[
              { value: "carry", label: "Waits for the next candle" },
              { value: "cancel", label: "Is cancelled" },
            ]}
          />
        )}
        <SelectField
          label="At the end"
          value={draft.end}
          onChange={(end) => set({ end })}
          choices={[
            { value: "close", label: "Close what is open" },
            { value: "keep", label: "Keep what is open" },
          ]}
        />
        <CheckField
          label="Limits fill when touched"
          hint="Off, the price must trade through the limit: safer, because a touch may fill others first."
          className="sm:pt-5"
          checked={draft.touch}
          onChange={(touch) => set({ touch })}
        />
        <CheckField
          label="Walk finer candles"
          hint="Uses smaller candles inside each one, where the dataset has them, instead of a guessed path."
          className="sm:pt-5"
          checked={draft.magnifier}
          onChange={(magnifier) => set({ magnifier })}
        />
      </Group>
      <Group title="Margin and further fees">
        <Text name="leverage" label="Leverage" unit="×" hint="1 trades with own cash only." />
        <Text
          name="maintenance"
          label="Maintenance margin"
          unit="%"
          hint="Equity below this share of the position is liquidated."
        />
        <Text
          name="fundingRate"
          label="Funding, each 8 h"
          unit="%"
          hint="Longs pay it to shorts at 00:00, 08:00 and 16:00 UTC."
        />
        <Text name="perUnit" label="Fee a unit" unit={currency} />
        <Text name="minimum" label="Least fee of an order" unit={currency} />
      </Group>
      <Group title="Checks">
        <Text name="monteCarloPaths" label="Monte Carlo runs" hint="0 leaves them out." />
        <Text name="seed" label="Seed" hint="The same seed gives the same shuffles." />
        <Text
          name="riskFree"
          label="Risk-free rate a year"
          unit="%"
          hint="What cash would have earned; counts in Sharpe and Sortino."
        />
      </Group>
    </div>
  );
}

/** A part of the form that stays folded until it is asked for. */
export function Fold({
  title,
  note,
  open,
  children,
}: {
  title: string;
  note: string;
  open: boolean;
  children: ReactNode;
}) {
  return (
    <details open={open} className="group card">
      <summary className="flex min-h-12 list-none items-center gap-2 rounded-lg px-5 hover:bg-hover">
        <ChevronRight size={15} aria-hidden className="shrink-0 text-faint transition-transform group-open:rotate-90" />
        <span className="font-semibold">{title}</span>
        <span className="truncate text-muted">{note}</span>
      </summary>
      <div className="border-t border-line p-5">{children}</div>
    </details>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset>
      <legend className="mb-2 text-table font-semibold text-faint">{title}</legend>
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-3">{children}</div>
    </fieldset>
  );
}

function Text({ name, label, unit, hint }: { name: TextName; label: string; unit?: string; hint?: string }) {
  const { draft, set, problem } = useRunForm();
  return (
    <TextField
      label={label}
      {...(unit === undefined ? {} : { unit })}
      {...(hint === undefined ? {} : { hint })}
      inputMode="decimal"
      autoComplete="off"
      value={draft[name]}
      error={problem(name)}
      onChange={(event) => set({ [name]: event.target.value })}
    />
  );
}
