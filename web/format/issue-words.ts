interface Issue {
  readonly code: string;
  readonly message: string;
  readonly origin?: string;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly inclusive?: boolean | undefined;
}

/** An issue of a schema in words about what was typed; the form's number is `scale` times the schema's. */
export function issueWords(issue: Issue, { typed, scale }: { typed: string; scale: number }): string {
  if (issue.origin === "array")
    return issue.code === "too_small" ? "choose at least one" : `choose at most ${issue.maximum}`;
  const limit = (value: unknown) => String(Number((Number(value) * scale).toPrecision(10)));
  if (issue.code === "too_small") {
    return `must be ${issue.inclusive === false ? "more than" : "at least"} ${limit(issue.minimum)}, was ${quoted(typed)}`;
  }
  if (issue.code === "too_big") return `must be at most ${limit(issue.maximum)}, was ${quoted(typed)}`;
  if (issue.code === "invalid_type") return `must be a number, was ${quoted(typed)}`;
  return issue.message.startsWith("must") ? `${issue.message}, was ${quoted(typed)}` : issue.message;
}

/** A text as it was typed, to be named in a sentence. */
export function quoted(text: string): string {
  const plain = text.trim();
  if (plain === "") return "empty";
  return Number.isNaN(Number(plain)) ? `“${plain}”` : plain;
}
