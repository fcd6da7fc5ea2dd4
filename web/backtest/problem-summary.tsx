import type { RefObject } from "react";
import type { RunProblems } from "./run-problems.ts";

const NAMES: Readonly<Record<string, string>> = {
  datasetIds: "Candles",
  timeframe: "Timeframe",
  from: "First day",
  to: "Last day",
  strategy: "Strategy",
  cash: "Cash",
  size: "Size of a trade",
  sizePeriod: "Candles of the estimate",
  maker: "Maker fee",
  taker: "Taker fee",
  perUnit: "Fee a unit",
  minimum: "Least fee",
  slip: "Slippage",
  volumeLimit: "Share of volume",
  leverage: "Leverage",
  maintenance: "Maintenance margin",
  fundingRate: "Funding",
  riskFree: "Risk-free rate",
  seed: "Seed",
  monteCarloPaths: "Monte Carlo runs",
  name: "Name",
};

interface ProblemSummaryProps {
  readonly problems: RunProblems;
  readonly error: unknown;
  /** Takes the focus once Run was pressed in vain. */
  readonly place: RefObject<HTMLDivElement | null>;
}

/** Everything that keeps the run from starting, in one place at the top. */
export function ProblemSummary({ problems, error, place }: ProblemSummaryProps) {
  const message = error instanceof Error && problems.size === 0 ? error.message : null;
  if (problems.size === 0 && message === null) return null;
  return (
    <div
      ref={place}
      role="alert"
      tabIndex={-1}
      className="scroll-mt-20 rounded-lg border border-danger/50 bg-danger-soft px-5 py-3"
    >
      <h2 className="font-semibold text-danger">The run did not start</h2>
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

function nameOf(field: string): string {
  if (field.startsWith("protections.")) return "Pauses after losses:";
  return NAMES[field] ?? (field.startsWith("parameters.") ? field.replace("parameters.", "") : "Settings:");
}
