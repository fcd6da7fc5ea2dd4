import { CircleCheck, CircleDashed, CircleX, TriangleAlert } from "lucide-react";
import type { Check, Overview } from "../../schema/wire/report.ts";
import { verdictWords } from "./verdict-words.ts";

/** What came out, and whether to believe it, in one sentence; below it the checks that failed, by name. */
export function Verdict({ overview, currency }: { overview: Overview; currency: string }) {
  const failed = overview.checks.filter((check) => check.passed === false);
  return (
    <div className="mb-5">
      <p className="num max-w-5xl text-[22px] leading-[30px] font-medium tracking-[-0.012em] max-sm:text-[18px] max-sm:leading-[26px]">
        {verdictWords(overview, currency)}
      </p>
      {failed.length > 0 && (
        <ul className="mt-3 grid gap-1.5" aria-label="Checks that failed">
          {failed.map((check) => (
            <li key={check.id} className="flex items-start gap-2">
              <CheckMark check={check} />
              <span>
                <a href="#real" className="font-medium underline-offset-2 hover:underline">
                  {check.title}
                </a>
                <span className="text-muted"> · {check.finding}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {overview.warnings.length > 0 && (
        <ul className="mt-3 grid gap-1.5" aria-label="Notes on this run">
          {overview.warnings.map((warning) => (
            <li key={warning} className="flex items-start gap-2 text-muted">
              <TriangleAlert size={15} aria-hidden className="mt-[3px] shrink-0 text-notice" />
              {warning}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Passed, failed or not run, by shape first and colour second. */
export function CheckMark({ check }: { check: Pick<Check, "passed"> }) {
  if (check.passed === null) {
    return <CircleDashed size={15} role="img" aria-label="Not run" className="mt-[3px] shrink-0 text-faint" />;
  }
  return check.passed ? (
    <CircleCheck size={15} role="img" aria-label="Passed" className="mt-[3px] shrink-0 text-accent" />
  ) : (
    <CircleX size={15} role="img" aria-label="Failed" className="mt-[3px] shrink-0 text-danger" />
  );
}
