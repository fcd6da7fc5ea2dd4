import { Link } from "@tanstack/react-router";
import type { ProblemIssue } from "../../schema/wire/primitive.ts";
import { ApiError } from "../api/api-error.ts";
import { InlineError } from "../ui/states.tsx";

interface ActErrorProps {
  readonly error: unknown;
  /** What was refused, in the words of the form. */
  readonly wordsOf?: (issues: readonly ProblemIssue[]) => string;
}

/** What a refused act says in place; a missing second factor comes with the way to set one up. */
export function ActError({ error, wordsOf = plainWords }: ActErrorProps) {
  if (!(error instanceof ApiError)) return <InlineError error={error} />;
  if (error.code === "mfa_required") return <NeedsSecondFactor />;
  if (error.issues.length === 0) return <InlineError error={error} />;
  return <InlineError error={wordsOf(error.issues)} />;
}

function plainWords(issues: readonly ProblemIssue[]): string {
  return issues.map((issue) => `${issue.field} ${issue.rule}`.trim()).join("; ");
}

/** Says that the account must have a second factor first, and where to get one. */
export function NeedsSecondFactor() {
  return (
    <p role="alert" className="rounded-md border border-line-strong px-3 py-2">
      This needs a second factor on your account.{" "}
      <Link
        to="/settings"
        search={{ section: "security" }}
        className="font-medium text-accent underline underline-offset-2"
      >
        Set one up under Security
      </Link>
    </p>
  );
}
