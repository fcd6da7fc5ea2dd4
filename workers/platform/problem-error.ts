import type { ProblemIssue } from "../../schema/wire/primitive.ts";
import type { ProblemCode } from "./problem-catalogue.ts";

export interface ProblemFields {
  readonly status: number;
  readonly code: ProblemCode;
  /** What is wrong and what to do, for people. */
  readonly detail: string;
  readonly issues?: readonly ProblemIssue[];
  /** Seconds after which the same request may succeed. */
  readonly retryAfterSeconds?: number;
  /** Methods that the path does answer, with 405. */
  readonly allow?: readonly string[];
  readonly cause?: unknown;
}

/** A refusal that the caller may read: turned into an RFC 9457 document at the border, once. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: ProblemCode;
  readonly issues: readonly ProblemIssue[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly allow: readonly string[] | undefined;

  constructor(fields: ProblemFields) {
    super(fields.detail, { cause: fields.cause });
    this.name = "ProblemError";
    this.status = fields.status;
    this.code = fields.code;
    this.issues = fields.issues;
    this.retryAfterSeconds = fields.retryAfterSeconds;
    this.allow = fields.allow;
  }
}

/** 404 for what does not exist and, in the same words, for what belongs to somebody else. */
export function notFound(noun: string): ProblemError {
  return new ProblemError({ status: 404, code: "not_found", detail: `There is no such ${noun}.` });
}

export function conflict(code: ProblemCode, detail: string): ProblemError {
  return new ProblemError({ status: 409, code, detail });
}

/** 422 with one broken rule. `rule` reads after the field: "must be before to". */
export function invalid(field: string, rule: string, value?: unknown): ProblemError {
  return invalidIssues([value === undefined ? { field, rule } : { field, rule, value }]);
}

/** 422 with every broken rule; `detail` says the first in full. */
export function invalidIssues(issues: readonly ProblemIssue[]): ProblemError {
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  const first = issues[0];
  const detail = first === undefined ? "The request is not valid." : `${describeIssue(first)}${more}`;
  return new ProblemError({ status: 422, code: "invalid", detail, issues });
}

export function unauthorized(detail: string): ProblemError {
  return new ProblemError({ status: 401, code: "unauthorized", detail });
}

export function forbidden(code: ProblemCode, detail: string): ProblemError {
  return new ProblemError({ status: 403, code, detail });
}

export function tooLarge(detail: string): ProblemError {
  return new ProblemError({ status: 413, code: "too_large", detail });
}

export function tooMany(detail: string, retryAfterSeconds: number): ProblemError {
  return new ProblemError({ status: 429, code: "too_many_attempts", detail, retryAfterSeconds });
}

/** 503 for what works again by itself. */
export function unavailable(detail: string, retryAfterSeconds: number): ProblemError {
  return new ProblemError({ status: 503, code: "unavailable", detail, retryAfterSeconds });
}

function describeIssue(issue: ProblemIssue): string {
  const subject = issue.field === "" ? "the body" : issue.field;
  return `${subject} ${issue.rule}${issue.value === undefined ? "" : `, was ${JSON.stringify(issue.value)}`}`;
}
