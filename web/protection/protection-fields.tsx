import { Plus, X } from "lucide-react";
import { PROTECTIONS_MAX, type Protection } from "../../schema/wire/backtest.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { SelectField, TextField } from "../ui/field.tsx";
import {
  FIRST_PROTECTIONS,
  PROTECTION_NAMES,
  PROTECTION_TEXTS,
  type ProtectionRow,
  type ProtectionText,
  protectionField,
} from "./protection-draft.ts";

/** What each kind does, in one sentence. */
const EXPLAINED: Readonly<Record<Protection["kind"], string>> = {
  cooldown: "No entry in a market for a while after a trade in it ended.",
  "stop-loss-guard": "No entry after too many trades lost by their stops.",
  "low-profit": "No entry in a market whose last trades made too little.",
  "drawdown-guard": "No entry after equity fell too far from its highest, open positions included.",
};

const TEXTS: Readonly<
  Record<ProtectionText, { readonly label: string; readonly unit: string; readonly hint?: string }>
> = {
  trades: { label: "Trades", unit: "", hint: "How many such trades it takes." },
  profit: { label: "Made less than", unit: "%", hint: "Of the equity before the first of the trades." },
  drawdown: { label: "Fall of", unit: "%" },
  lookback: { label: "Within", unit: "h" },
  pause: { label: "Pause for", unit: "h", hint: "Exits and stops go on: only entries pause." },
};

const KINDS = Object.keys(PROTECTION_NAMES) as readonly Protection["kind"][];

interface ProtectionFieldsProps {
  readonly rows: readonly ProtectionRow[];
  readonly onChange: (rows: readonly ProtectionRow[]) => void;
  /** What is wrong with a field, by its name; see `protectionField`. */
  readonly problem: (field: string) => string | undefined;
}

/** Pauses of entries after losses, each added by name; none is on by itself. */
export function ProtectionFields({ rows, onChange, problem }: ProtectionFieldsProps) {
  return (
    <div className="grid gap-3">
      {rows.map((row, place) => (
        <ProtectionLine
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name but their place, and keep it while they are typed.
          key={place}
          row={row}
          onChange={(part) => onChange(rows.map((other, at) => (at === place ? { ...other, ...part } : other)))}
          onRemove={() => onChange(rows.filter((_, at) => at !== place))}
          problem={(text) => problem(protectionField(place, text))}
        />
      ))}
      {rows.length < PROTECTIONS_MAX && (
        <div className="flex flex-wrap gap-2">
          {KINDS.map((kind) => (
            <Button key={kind} title={EXPLAINED[kind]} onClick={() => onChange([...rows, FIRST_PROTECTIONS[kind]])}>
              <Plus size={14} aria-hidden /> {PROTECTION_NAMES[kind]}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}

interface ProtectionLineProps {
  readonly row: ProtectionRow;
  readonly onChange: (part: Partial<ProtectionRow>) => void;
  readonly onRemove: () => void;
  readonly problem: (text: ProtectionText) => string | undefined;
}

function ProtectionLine({ row, onChange, onRemove, problem }: ProtectionLineProps) {
  const name = PROTECTION_NAMES[row.kind];
  return (
    <fieldset aria-label={name} className="min-w-0 rounded-md border border-line px-4 pt-2 pb-3">
      <div className="mb-2 flex items-center justify-between gap-3">
        <p className="min-w-0">
          <span className="font-medium">{name}</span> <span className="text-muted">{EXPLAINED[row.kind]}</span>
        </p>
        <IconButton label={`Take the ${name.toLowerCase()} away`} onClick={onRemove}>
          <X size={15} aria-hidden />
        </IconButton>
      </div>
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
        {row.kind === "cooldown" && (
          <div className="max-sm:col-span-2">
            <SelectField
              label="After"
              value={row.after}
              choices={[
                { value: "loss", label: "A trade that lost" },
                { value: "trade", label: "Any trade" },
              ]}
              onChange={(after) => onChange({ after })}
            />
          </div>
        )}
        {row.kind === "stop-loss-guard" && (
          <div className="max-sm:col-span-2">
            <SelectField
              label="Counted in"
              hint="Whose trades are counted, and whose entries pause."
              value={row.scope}
              choices={[
                { value: "all", label: "All markets together" },
                { value: "instrument", label: "Each market for itself" },
              ]}
              onChange={(scope) => onChange({ scope })}
            />
          </div>
        )}
        {PROTECTION_TEXTS[row.kind].map((text) => {
          const { label, unit, hint } = TEXTS[text];
          return (
            <TextField
              key={text}
              label={label}
              {...(unit === "" ? {} : { unit })}
              {...(hint === undefined ? {} : { hint })}
              inputMode="decimal"
              autoComplete="off"
              value={row[text]}
              error={problem(text)}
              onChange={(event) => onChange({ [text]: event.target.value })}
            />
          );
        })}
      </div>
    </fieldset>
  );
}
