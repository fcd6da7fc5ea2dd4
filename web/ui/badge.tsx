import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

export type BadgeTone = "neutral" | "accent" | "danger" | "notice" | "live";

const TONES: Readonly<Record<BadgeTone, string>> = {
  neutral: "text-muted border-line-strong",
  accent: "text-accent border-transparent bg-accent-soft",
  danger: "text-danger border-transparent bg-danger-soft",
  notice: "text-notice border-current/40",
  live: "text-live border-current/40",
};

/** A word that marks a row or a page. */
export function Badge({ tone = "neutral", children }: { tone?: BadgeTone; children: ReactNode }) {
  return (
    <span
      className={classNames(
        "inline-flex h-5 shrink-0 items-center gap-1 rounded-sm border px-1.5 text-[11px] font-medium whitespace-nowrap",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}

/** Said wherever data were made by the simulated market. */
export function SimulatedBadge() {
  return (
    <span title="These candles were made by the simulated market. They look like a market and are none.">
      <Badge tone="notice">SIMULATED</Badge>
    </span>
  );
}
