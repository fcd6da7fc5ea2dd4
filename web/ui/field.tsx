import { type ComponentProps, type ReactNode, useId } from "react";
import { classNames } from "./class-names.ts";
import { Hint } from "./hint.tsx";

/** The look of every box that text goes into, its width apart. */
export const boxClass = classNames(
  "h-8 min-w-0 rounded-md border border-line-strong bg-surface px-2.5 text-ink num max-md:h-10 max-md:text-[16px]",
  "hover:border-faint focus-visible:outline-offset-0 aria-invalid:border-danger disabled:opacity-60",
);

const inputClass = `${boxClass} w-full`;

interface FieldProps {
  readonly label: string;
  /** One sentence on what the field decides, on hover and focus. */
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly className?: string;
  /** Gets the attributes that tie the box to its label and error. */
  readonly children: (attributes: { id: string; "aria-invalid"?: true; "aria-describedby"?: string }) => ReactNode;
}

/** A labelled box with its hint and, under it, what is wrong with it. */
export function Field({ label, hint, error, className, children }: FieldProps) {
  const id = useId();
  const errorId = `${id}-error`;
  return (
    <div className={classNames("min-w-0", className)}>
      <div className="mb-1 flex items-center gap-1">
        <label htmlFor={id} className="text-table font-medium text-muted">
          {label}
        </label>
        {hint !== undefined && <Hint label={label}>{hint}</Hint>}
      </div>
      {children(error === undefined ? { id } : { id, "aria-invalid": true, "aria-describedby": errorId })}
      {error !== undefined && (
        <p id={errorId} className="mt-1 text-table text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

type TextFieldProps = Omit<FieldProps, "children"> &
  Omit<ComponentProps<"input">, "children" | "className"> & { unit?: string };

/** A box for one line of text or a number, with its unit at the end. */
export function TextField({ label, hint, error, className, unit, ...input }: TextFieldProps) {
  const field = {
    label,
    ...(hint === undefined ? {} : { hint }),
    ...(className === undefined ? {} : { className }),
    error,
  };
  return (
    <Field {...field}>
      {(attributes) => (
        <div className="relative">
          <input {...attributes} {...input} className={classNames(inputClass, unit !== undefined && "pr-14")} />
          {unit !== undefined && (
            <span className="pointer-events-none absolute inset-y-0 right-2.5 flex items-center text-table text-faint">
              {unit}
            </span>
          )}
        </div>
      )}
    </Field>
  );
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}

type SelectFieldProps<T extends string> = Omit<FieldProps, "children"> & {
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChange: (value: T) => void;
  readonly name?: string;
  readonly disabled?: boolean;
};

/** One of a few values. The browser's own list: it works by keyboard and thumb everywhere. */
export function SelectField<T extends string>(props: SelectFieldProps<T>) {
  const { value, choices, onChange, name, disabled, ...field } = props;
  return (
    <Field {...field}>
      {(attributes) => (
        <select
          {...attributes}
          name={name}
          disabled={disabled}
          value={value}
          onChange={(event) => onChange(event.target.value as T)}
          className={classNames(inputClass, "select-arrow pr-7")}
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A box to tick, with its words beside it. */
export function CheckField(props: {
  label: string;
  hint?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  className?: string;
}) {
  const id = useId();
  return (
    <div className={classNames("flex min-h-8 items-center gap-2", props.className)}>
      <input
        id={id}
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.target.checked)}
        className="size-4 accent-accent-solid"
      />
      <label htmlFor={id}>{props.label}</label>
      {props.hint !== undefined && <Hint label={props.label}>{props.hint}</Hint>}
    </div>
  );
}
