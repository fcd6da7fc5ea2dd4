import { classNames } from "./class-names.ts";

interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly value: T | undefined;
  readonly choices: readonly { value: T; label: string; hint?: string }[];
  readonly onChange: (value: T) => void;
  readonly className?: string;
}

/** A row of buttons of which one is chosen. */
export function Segmented<T extends string>({ label, value, choices, onChange, className }: SegmentedProps<T>) {
  return (
    <fieldset
      aria-label={label}
      className={classNames("inline-flex min-w-0 rounded-md border border-line bg-surface p-0.5", className)}
    >
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          title={choice.hint}
          onClick={() => onChange(choice.value)}
          className={classNames(
            "min-h-6.5 rounded-sm px-2 text-table font-medium whitespace-nowrap text-muted transition-colors max-md:min-h-9 max-md:px-3",
            "hover:text-ink aria-pressed:bg-hover aria-pressed:text-ink",
          )}
        >
          {choice.label}
        </button>
      ))}
    </fieldset>
  );
}
