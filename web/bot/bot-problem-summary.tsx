import type { RefObject } from "react";
import type { ProblemIssue } from "../../schema/wire/primitive.ts";
import type { CapName } from "../../schema/wire/risk.ts";
import { ApiError } from "../api/api-error.ts";
import { CAP_WORDS } from "../risk/cap-words.ts";
import { InlineError } from "../ui/states.tsx";
import { type BotProblems, botFieldOf } from "./bot-problems.ts";

const NAMES: Readonly<Record<string, string>> = {
  name: "Name:",
  strategy: "Strategy",
  account: "Account",
  newDataset: "Data:",
  newSpeed: "Speed",
  newCash: "Paper money",
  instruments: "Markets:",
  timeframe: "Timeframe",
  capital: "Capital",
  size: "Size of a trade",
  sizePeriod: "Candles of the estimate",
  leverage: "Leverage",
  delayMs: "Wait after the close",
  shadowBound: "Behind its backtest",
};

interface BotProblemSummaryProps {
  readonly title: string;
  readonly problems: BotProblems;
  readonly error: unknown;
  /** Takes the focus once the button was pressed in vain. */
  readonly place: RefObject<HTMLDivElement | null>;
}

/** Everything that keeps the bot from starting, in one place at the top. */
export function BotProblemSummary({ title, problems, error, place }: BotProblemSummaryProps) {
  const message = error instanceof Error && problems.size === 0 ? error.message : null;
  if (problems.size === 0 && message === null) return null;
  return (
    <div
      ref={place}
      role="alert"
      tabIndex={-1}
      className="scroll-mt-20 rounded-lg border border-danger/50 bg-danger-soft px-5 py-3"
    >
      <h2 className="font-semibold text-danger">{title}</h2>
      {message !== null && <p>{message}</p>}
      <ul className="mt-1 grid gap-0.5">
        {[...problems].map(([field, problem]) => (
          <li key={field}>
            {nameOf(field)} {problem}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What the server refused of what the form asked for, each field by the name that it has there. */
export function RefusalList({ error }: { error: unknown }) {
  if (!(error instanceof ApiError) || error.issues.length === 0) return <InlineError error={error} />;
  return <InlineError error={error.issues.map(refusalWords).join(" ")} />;
}

function refusalWords({ field, rule }: ProblemIssue): string {
  return `${nameOf(botFieldOf(field).field)} ${rule}.`;
}

function nameOf(field: string): string {
  if (field.startsWith("caps.")) return `${CAP_WORDS[field.slice(5) as CapName]?.label ?? field}`;
  if (field.startsWith("protections.")) return "Pauses after losses:";
  if (field.startsWith("hours.")) return "Hours:";
  return NAMES[field] ?? (field.startsWith("parameters.") ? field.replace("parameters.", "") : "Settings:");
}
