import { INDICATORS } from "../../indicator/registry.ts";
import { ENTER_LONG, ENTER_SHORT, EXIT_LONG, EXIT_SHORT, type ParameterSpec } from "../strategy.ts";
import type { Diagnostics } from "./diagnostic.ts";
import { ExpressionChecker, type Scope } from "./expression-checker.ts";
import { FUNCTIONS, isField } from "./language.ts";
import { STATEMENT_WORDS } from "./scanner.ts";
import type {
  ActionStatement,
  LetStatement,
  ParamStatement,
  PriceKind,
  PriceStatement,
  Span,
  Statement,
} from "./syntax.ts";
import type { Range, Term } from "./term.ts";

/** Most parameters of a document: more is no longer a strategy that somebody understands. */
export const PARAMETERS_MAX = 32;

export interface CheckedAction {
  /** Bit of the flag column. */
  readonly flag: number;
  readonly condition: Term;
}

export interface CheckedPrice {
  readonly kind: PriceKind;
  readonly side: "long" | "short" | "both";
  readonly value: Term;
}

/** A document in which every name is known and every type fits. */
export interface CheckedRules {
  readonly parameters: readonly ParameterSpec[];
  readonly actions: readonly CheckedAction[];
  readonly prices: readonly CheckedPrice[];
}

const FLAG_OF = {
  enter: { long: ENTER_LONG, short: ENTER_SHORT },
  exit: { long: EXIT_LONG, short: EXIT_SHORT },
} as const;

const PRICE_TITLES: Readonly<Record<PriceKind, string>> = {
  ...{ stop: "stop", target: "target", limit: "limit", entryStop: "entry stop", trail: "trail", scale: "size" },
};
const RESERVED: ReadonlySet<string> = new Set([
  ...STATEMENT_WORDS,
  "and",
  "or",
  "not",
  "when",
  "long",
  "short",
  "at",
  "by",
  "step",
]);

/** Checks the statements of a document in their order; what is wrong is reported. Using a `broken` name is not. */
export function checkStatements(
  statements: readonly Statement[],
  broken: ReadonlySet<string>,
  diagnostics: Diagnostics,
): CheckedRules {
  const checker = new DocumentChecker(broken, diagnostics);
  for (const statement of statements) checker.take(statement);
  return checker.finish();
}

class DocumentChecker {
  private readonly diagnostics: Diagnostics;
  private readonly parameters: ParameterSpec[] = [];
  private readonly ranges = new Map<string, Range>();
  private readonly names = new Map<string, Term>();
  private readonly scope: Scope;
  private readonly expressions: ExpressionChecker;
  private readonly places = new Map<string, Span>();
  private readonly declared: { used: string; title: string; span: Span }[] = [];
  private readonly actions: (CheckedAction & { statement: ActionStatement })[] = [];
  private readonly prices: (CheckedPrice & { statement: PriceStatement })[] = [];
  private entries = 0;

  constructor(broken: ReadonlySet<string>, diagnostics: Diagnostics) {
    this.diagnostics = diagnostics;
    this.scope = { parameters: this.ranges, names: this.names, used: new Set(), broken: new Set(broken) };
    this.expressions = new ExpressionChecker(this.scope, diagnostics);
  }

  take(statement: Statement): void {
    switch (statement.type) {
      case "param":
        this.param(statement);
        break;
      case "let":
        this.define(statement);
        break;
      case "action":
        this.action(statement);
        break;
      case "price":
        this.price(statement);
        break;
    }
  }

  finish(): CheckedRules {
    const entered = (side: string) => this.actions.some(({ statement: s }) => s.verb === "enter" && s.side === side);
    if (this.entries === 0 && !this.diagnostics.failed) {
      this.diagnostics.error({ from: 0, to: 0 }, 'the rules must have at least one line that begins with "enter"');
    }
    for (const side of ["long", "short"] as const) if (!this.diagnostics.failed) this.warnSide(side, entered(side));
    for (const { used, title, span } of this.declared) {
      if (!this.scope.used.has(used)) this.diagnostics.warn(span, `${title} is never used`);
    }
    return { parameters: this.parameters, actions: this.actions, prices: this.prices };
  }

  private param({ name, value, min, max, step, title, span }: ParamStatement): void {
    if (!this.introduce(name.value, `$${name.value}`, "parameter", name.span)) return;
    // Values come as an object, on which these names would find what every object has.
    if (name.value in Object.prototype) {
      this.diagnostics.error(name.span, `a parameter cannot be named ${name.value}, which every object has`);
      return;
    }
    const whole = value.whole && min.whole && max.whole && (step === null || step.whole);
    const size = step === null ? (whole ? 1 : (max.value - min.value) / 10) : step.value;
    const rule = (holds: boolean, at: Span, message: string) => {
      if (!holds) this.diagnostics.error(at, message);
      return holds;
    };
    const place = `parameter ${name.value}`;
    rule(min.value < max.value, max.span, `range of ${place} must rise, was ${min.value} to ${max.value}`) &&
      rule(
        value.value >= min.value && value.value <= max.value,
        value.span,
        `${place} must be from ${min.value} to ${max.value}, was ${value.value}`,
      ) &&
      rule(
        size > 0 && size <= max.value - min.value,
        step?.span ?? span,
        `step of ${place} must be above 0 and within its range, was ${size}`,
      );
    if (this.parameters.length >= PARAMETERS_MAX) {
      this.diagnostics.error(span, `the rules must have at most ${PARAMETERS_MAX} parameters`);
    }
    this.ranges.set(name.value, { min: min.value, max: max.value, whole });
    this.parameters.push({
      name: name.value,
      title: title ?? titleOf(name.value),
      kind: whole ? "integer" : "number",
      ...{ default: value.value, min: min.value, max: max.value, step: size },
    });
  }

  private define({ name, value }: LetStatement): void {
    const term = this.expressions.check(value);
    const free = this.introduce(name.value, name.value, "name", name.span);
    if (term === undefined) this.scope.broken.add(name.value);
    else if (free) this.names.set(name.value, term);
  }

  private action(statement: ActionStatement): void {
    const { verb, side } = statement;
    if (verb === "enter") this.entries++;
    const condition = this.expressions.typed(statement.condition, "condition", `"${verb} ${side} when"`);
    if (condition !== undefined) this.actions.push({ flag: FLAG_OF[verb][side], condition, statement });
  }

  private price(statement: PriceStatement): void {
    const { kind, side } = statement;
    const title = PRICE_TITLES[kind];
    for (const one of side === "both" ? ["long", "short"] : [side]) {
      const before = this.places.get(`${kind} ${one}`);
      if (before !== undefined) {
        const line = this.diagnostics.lineOf(before.from);
        this.diagnostics.error(
          statement.span,
          `"${title}" for ${one} positions must be given once, was given on line ${line}`,
        );
        return;
      }
      this.places.set(`${kind} ${one}`, statement.span);
    }
    const value = this.expressions.typed(statement.value, "number", `"${title}"`);
    if (value === undefined) return;
    const range = kind === "scale" ? value.range : undefined;
    if (range !== undefined && (range.min < 0 || range.max > 1)) {
      this.diagnostics.error(
        statement.value.span,
        `size must be from 0 to 1, was ${range.min < 0 ? range.min : range.max}`,
      );
    }
    this.prices.push({ kind, side, value, statement });
  }

  private warnSide(side: "long" | "short", entered: boolean): void {
    const of = (verb: string, on: string) =>
      this.actions.find(({ statement: s }) => s.verb === verb && s.side === on)?.statement.span;
    const exit = of("exit", side);
    const enter = of("enter", side);
    const protects = this.prices.some(
      (price) => ["stop", "target", "trail"].includes(price.kind) && price.side !== other(side),
    );
    if (enter !== undefined && exit === undefined && !protects && of("enter", other(side)) === undefined) {
      this.diagnostics.warn(
        enter,
        `nothing ever leaves a ${side} position: there is no "exit ${side}", stop or target`,
      );
    }
    if (exit !== undefined && !entered)
      this.diagnostics.warn(exit, `there is no "enter ${side}" that this could leave`);
    for (const { statement } of this.prices) {
      if (statement.side === side && !entered)
        this.diagnostics.warn(statement.span, `there is no "enter ${side}" for this`);
    }
  }

  /** Notes a new name; reports one that is taken. */
  private introduce(name: string, used: string, noun: string, span: Span): boolean {
    const title = `${noun} ${used}`;
    const taken =
      noun === "name" && (RESERVED.has(name) || isField(name) || FUNCTIONS.has(name) || INDICATORS.has(name));
    if (taken) this.diagnostics.error(span, `"${name}" is a word of the language`, `my_${name}`);
    const twice = noun === "name" ? this.names.has(name) : this.ranges.has(name);
    if (twice) this.diagnostics.error(span, `"${used}" is already there`);
    if (taken || twice) return false;
    this.declared.push({ used, title, span });
    return true;
  }
}

function other(side: "long" | "short"): "long" | "short" {
  return side === "long" ? "short" : "long";
}

/** `fast_period` read as "Fast period". */
function titleOf(name: string): string {
  const words = name.replaceAll("_", " ").trim();
  return words === "" ? name : words[0].toUpperCase() + words.slice(1);
}
