import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

export type ButtonKind = "primary" | "plain" | "quiet" | "danger";

const KINDS: Readonly<Record<ButtonKind, string>> = {
  primary: "bg-accent-solid text-[#fff] hover:brightness-110 border border-transparent",
  plain: "bg-raised text-ink border border-line hover:bg-hover hover:border-line-strong",
  quiet: "text-muted hover:text-ink hover:bg-hover border border-transparent",
  danger: "bg-raised text-danger border border-line hover:border-danger hover:bg-danger-soft",
};

/** The look of a button, for links that act as one. */
export function buttonClass(kind: ButtonKind = "plain", extra?: string): string {
  return classNames(
    "inline-flex min-h-8 shrink-0 items-center justify-center gap-1.5 rounded-md px-3 font-medium whitespace-nowrap",
    "transition-colors disabled:opacity-50 max-md:min-h-10 select-none",
    KINDS[kind],
    extra,
  );
}

/** A button; `busy` keeps its width, refuses presses and says so to screen readers. */
export function Button(props: ComponentProps<"button"> & { kind?: ButtonKind; busy?: boolean }) {
  const { kind, busy, className, disabled, type, ...rest } = props;
  return (
    <button
      type={type ?? "button"}
      className={buttonClass(kind, classNames(busy && "cursor-progress", className))}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    />
  );
}

/** A square button that shows an icon; `label` names it. */
export function IconButton(props: Omit<ComponentProps<"button">, "aria-label"> & { label: string; pressed?: boolean }) {
  const { label, pressed, className, type, ...rest } = props;
  return (
    <button
      type={type ?? "button"}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      className={classNames(
        "inline-flex size-8 shrink-0 items-center justify-center rounded-md text-muted transition-colors max-md:size-10",
        "hover:bg-hover hover:text-ink disabled:opacity-40 aria-pressed:bg-accent-soft aria-pressed:text-accent",
        className,
      )}
      {...rest}
    />
  );
}
