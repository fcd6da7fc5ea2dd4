import { Plus, X } from "lucide-react";
import { useId } from "react";
import { Button, IconButton } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { boxClass } from "../ui/field.tsx";
import { FIRST_HOURS, type HoursRow, WEEKDAYS } from "./hours-draft.ts";

/** As many as the API takes. */
const HOURS_MAX = 20;

interface HoursFieldsProps {
  readonly rows: readonly HoursRow[];
  readonly onChange: (rows: readonly HoursRow[]) => void;
  readonly problem: (place: number) => string | undefined;
}

/** The hours in which orders may be sent, a row for each stretch of the day; no row is any time. */
export function HoursFields({ rows, onChange, problem }: HoursFieldsProps) {
  const change = (place: number, part: Partial<HoursRow>) =>
    onChange(rows.map((row, at) => (at === place ? { ...row, ...part } : row)));
  return (
    <div className="grid gap-3">
      {rows.length === 0 && <p className="text-muted">Orders may be sent at any time that the market is open.</p>}
      {rows.map((row, place) => (
        <HoursLine
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name but their place, and keep it while they are typed.
          key={place}
          name={`Hours ${place + 1}`}
          row={row}
          error={problem(place)}
          onChange={(part) => change(place, part)}
          onRemove={() => onChange(rows.filter((_, at) => at !== place))}
        />
      ))}
      {rows.length < HOURS_MAX && (
        <Button className="justify-self-start" onClick={() => onChange([...rows, FIRST_HOURS])}>
          <Plus size={14} aria-hidden /> {rows.length === 0 ? "Only at certain hours" : "More hours"}
        </Button>
      )}
    </div>
  );
}

interface HoursLineProps {
  readonly name: string;
  readonly row: HoursRow;
  readonly error: string | undefined;
  readonly onChange: (part: Partial<HoursRow>) => void;
  readonly onRemove: () => void;
}

function HoursLine({ name, row, error, onChange, onRemove }: HoursLineProps) {
  const errorId = useId();
  const described = error === undefined ? {} : { "aria-invalid": true as const, "aria-describedby": errorId };
  return (
    <fieldset aria-label={name} className="min-w-0 rounded-md border border-line px-3 py-2">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="flex flex-wrap gap-1 max-sm:grid max-sm:w-full max-sm:grid-cols-7">
          {WEEKDAYS.map(({ day, short, name: whole }) => {
            const on = row.weekdays.includes(day);
            return (
              <button
                key={day}
                type="button"
                aria-label={whole}
                aria-pressed={on}
                onClick={() =>
                  onChange({ weekdays: on ? row.weekdays.filter((one) => one !== day) : [...row.weekdays, day] })
                }
                className="min-h-8 rounded-md border border-line px-2 text-table max-sm:px-0 font-medium text-muted hover:border-line-strong hover:text-ink aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent max-md:min-h-10"
              >
                {short}
              </button>
            );
          })}
        </div>
        <span className="num flex flex-wrap items-center gap-2 whitespace-nowrap">
          <span className="flex items-center gap-2">
            <input
              type="time"
              aria-label={`${name}, from`}
              value={row.from}
              onChange={(event) => onChange({ from: event.target.value })}
              className={classNames(boxClass, "w-36 shrink-0")}
              {...described}
            />
            to
          </span>
          <span className="flex items-center gap-2">
            <input
              type="time"
              aria-label={`${name}, to`}
              value={row.to}
              onChange={(event) => onChange({ to: event.target.value })}
              className={classNames(boxClass, "w-36 shrink-0")}
              {...described}
            />
            <span className="text-muted">UTC</span>
          </span>
        </span>
        <IconButton label={`Take ${name.toLowerCase()} away`} className="ml-auto" onClick={onRemove}>
          <X size={15} aria-hidden />
        </IconButton>
      </div>
      {error !== undefined && (
        <p id={errorId} className="mt-1 text-table text-danger">
          {error}
        </p>
      )}
    </fieldset>
  );
}
