import type { Hook } from "@hono/zod-openapi";
import type { z } from "zod";
import type { ProblemIssue } from "../../schema/wire/primitive.ts";
import { isSecretName } from "../audit/without-secrets.ts";
import { invalidIssues } from "../platform/problem-error.ts";
import type { ApiEnv } from "./api-types.ts";

// A reply lists this many broken rules: enough to mend a form at once, bounded for hostile input.
const ISSUES_MAX = 50;
// Values are shown so that a person finds them again; longer ones are cut.
const VALUE_CHARACTERS_MAX = 100;

/** Turns a schema's refusal into 422 with each field, rule and value. */
// biome-ignore lint/suspicious/noExplicitAny: the library's own default hook is typed this way.
export const refuseInvalid: Hook<any, ApiEnv, any, any> = async (result, c) => {
  if (result.success) return;
  const input = await inputOf(result.target, c);
  throw invalidIssues(issuesOf(result.error as z.ZodError, input));
};

/** Broken rules of a zod error, with the values that broke them read from `input`. */
export function issuesOf(error: z.ZodError, input: unknown): ProblemIssue[] {
  const issues: ProblemIssue[] = [];
  for (const issue of error.issues) {
    if (issues.length >= ISSUES_MAX) break;
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys.slice(0, ISSUES_MAX)) {
        issues.push({ field: pathText([...issue.path, key]), rule: "is not a known field" });
      }
      continue;
    }
    const value = valueAt(input, issue.path);
    const field = pathText(issue.path);
    const rule = value === undefined ? "is required" : ruleText(issue);
    // A key that was mistyped is a key all the same: replies are kept in logs and histories.
    const isSecret = issue.path.some((part) => typeof part === "string" && isSecretName(part));
    issues.push(value === undefined || isSecret ? { field, rule } : { field, rule, value: shown(value) });
  }
  return issues;
}

interface Source {
  req: {
    json(): Promise<unknown>;
    query(): Record<string, string>;
    param(): Record<string, string>;
    header(): Record<string, string>;
  };
}

async function inputOf(target: string, c: unknown): Promise<unknown> {
  const { req } = c as Source;
  if (target === "json") return req.json().catch(() => undefined);
  if (target === "header") return req.header();
  return target === "query" ? req.query() : target === "param" ? req.param() : undefined;
}

function ruleText(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${article(issue.expected)}`;
    case "too_small":
      return `must be ${bound(issue.inclusive === false ? "more than" : "at least", issue.minimum, issue.origin)}`;
    case "too_big":
      return `must be ${bound(issue.inclusive === false ? "less than" : "at most", issue.maximum, issue.origin)}`;
    case "invalid_value":
      return `must be one of ${issue.values.join(", ")}`;
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    default:
      return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  }
}

function bound(words: string, limit: number | bigint, origin: string): string {
  if (origin === "string") return `${words} ${limit} characters long`;
  return origin === "array" ? `a list of ${words} ${limit}` : `${words} ${limit}`;
}

function article(type: string): string {
  if (type === "int") return "a whole number";
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`,
    "",
  );
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

function shown(value: unknown): unknown {
  const text = JSON.stringify(value) ?? "";
  if (text.length <= VALUE_CHARACTERS_MAX) return value;
  return `${text.slice(0, VALUE_CHARACTERS_MAX)}…`;
}
