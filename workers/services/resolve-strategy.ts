import { and, eq } from "drizzle-orm";
import { strategies, strategyVersions } from "../../schema/tables/strategy.ts";
import type { StrategyChoice } from "../../schema/wire/backtest.ts";
import type { BotStrategy } from "../../schema/wire/bot.ts";
import type { ProblemIssue } from "../../schema/wire/primitive.ts";
import { OUTSIDE_SIGNALS } from "../core/strategy/outside-signals.ts";
import type { ParameterSpec, ParameterValues, Program, ProgramContext, Strategy } from "../core/strategy/strategy.ts";
import { invalid, invalidIssues, ProblemError } from "../platform/problem-error.ts";
import type { ServiceContext } from "./service-context.ts";
import type { StrategyCatalogue } from "./strategy-catalogue.ts";

export interface ResolvedStrategy {
  readonly strategy: Strategy;
  readonly title: string;
  /** Every parameter, defaults filled in. */
  readonly parameters: ParameterValues;
  /** Rule text; null for a strategy of the library that is written in code. */
  readonly document: string | null;
}

const FIELD = "settings.strategy";

/** The strategy of a run with its parameters checked. Throws 422 with the field that is wrong. */
export async function resolveStrategy(ctx: ServiceContext, choice: BotStrategy): Promise<ResolvedStrategy> {
  if (choice.kind === "signals") {
    const parameters = checkParameters([], choice.parameters, `${FIELD}.parameters`);
    return { strategy: OUTSIDE_SIGNALS, title: OUTSIDE_SIGNALS.title, parameters, document: null };
  }
  if (choice.kind === "library") {
    const strategy = ctx.strategies.find(choice.id);
    if (strategy === undefined) {
      const known = ctx.strategies.library.map((entry) => entry.id).join(", ");
      throw invalid(`${FIELD}.id`, `must be one of ${known}`, choice.id);
    }
    const parameters = checkParameters(strategy.parameters, choice.parameters, `${FIELD}.parameters`);
    return { strategy, title: strategy.title, parameters, document: null };
  }
  const { document, title } = await documentOf(ctx, choice);
  const strategy = compileDocument(ctx.strategies, document, choice.kind === "rules" ? `${FIELD}.document` : FIELD);
  const parameters = checkParameters(strategy.parameters, choice.parameters, `${FIELD}.parameters`);
  return { strategy, title: title ?? strategy.title, parameters, document };
}

/** The strategy of a rule text. Throws 422 with every error in it, each at its line and column. */
export function compileDocument(catalogue: StrategyCatalogue, document: string, field: string): Strategy {
  const errors = catalogue.check(document).diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  if (errors.length > 0) {
    throw invalidIssues(
      errors.map(({ line, column, message }) => ({ field, rule: `line ${line}, column ${column}: ${message}` })),
    );
  }
  return catalogue.compile(document);
}

/** The given values over the defaults. Throws 422 for an unknown name, a value out of range or off a whole number. */
export function checkParameters(
  specs: readonly ParameterSpec[],
  given: ParameterValues,
  field: string,
): ParameterValues {
  const issues: ProblemIssue[] = [];
  for (const name of Object.keys(given)) {
    if (specs.some((spec) => spec.name === name)) continue;
    const known = specs.map((spec) => spec.name).join(", ");
    issues.push({
      field: `${field}.${name}`,
      rule: known === "" ? "is not a parameter; there are none" : `is not a parameter; they are ${known}`,
    });
  }
  for (const spec of specs) {
    const value = given[spec.name];
    if (value === undefined) continue;
    const rule = brokenRule(spec, value);
    if (rule !== undefined) issues.push({ field: `${field}.${spec.name}`, rule, value });
  }
  if (issues.length > 0) throw invalidIssues(issues);
  return Object.fromEntries(specs.map((spec) => [spec.name, given[spec.name] ?? spec.default]));
}

/** The strategy's program. Throws 422 where it names an instrument or timeframe that the run lacks. */
export function createProgram(strategy: Strategy, parameters: ParameterValues, context: ProgramContext): Program {
  try {
    return strategy.create(parameters, context);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ProblemError({
      ...{ status: 422, code: "invalid", detail: cause.message, cause },
      issues: [{ field: FIELD, rule: cause.message }],
    });
  }
}

function brokenRule(spec: ParameterSpec, value: number): string | undefined {
  if (!Number.isFinite(value)) return "must be a finite number";
  if (spec.kind === "integer" && !Number.isInteger(value)) return "must be a whole number";
  if (value < spec.min) return `must be at least ${spec.min}`;
  if (value > spec.max) return `must be at most ${spec.max}`;
  return undefined;
}

async function documentOf(
  ctx: ServiceContext,
  choice: Exclude<StrategyChoice, { kind: "library" }>,
): Promise<{ document: string; title: string | undefined }> {
  if (choice.kind === "rules") {
    return { document: choice.document, title: undefined };
  }
  const saved = await ctx.owned.find(strategies, eq(strategies.id, choice.id));
  if (saved === undefined) throw invalid(`${FIELD}.id`, "must be one of your strategies", choice.id);
  if (choice.version === undefined || choice.version === saved.version) {
    return { document: saved.document, title: saved.name };
  }
  const version = and(eq(strategyVersions.strategyId, saved.id), eq(strategyVersions.version, choice.version));
  const row = version === undefined ? undefined : await ctx.owned.find(strategyVersions, version);
  if (row === undefined) throw invalid(`${FIELD}.version`, `must be from 1 to ${saved.version}`, choice.version);
  return { document: row.document, title: saved.name };
}
