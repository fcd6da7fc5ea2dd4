import { isTimeframe, TIMEFRAMES } from "../../candle/timeframe.ts";
import { INDICATORS } from "../../indicator/registry.ts";
import type { Diagnostics } from "./diagnostic.ts";
import { indicatorTerm } from "./indicator-checker.ts";
import type { KernelName } from "./kernels.ts";
import { type ArgumentKind, FIELDS, FUNCTIONS, type FunctionSpec, isField } from "./language.ts";
import { nearestName } from "./nearest-name.ts";
import type { CallNode, ChainNode, Expression, Operator, PrefixNode, Span } from "./syntax.ts";
import { makeTerm, type Range, type Term, type ValueType } from "./term.ts";

/** Longest chain of operations from a candle to a condition; keeps every walk over terms shallow. */
export const DEPTH_MAX = 256;
/** Furthest a rule may look back with `prev`, `rising` and `falling`, in candles: as far as any indicator's period. */
export const LENGTH_MAX = 10_000;

const KERNEL_OF: Readonly<Record<Operator, KernelName>> = {
  ...{ or: "or", and: "and", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne" },
  ...{ "+": "add", "-": "sub", "*": "mul", "/": "div" },
};
const LOGIC: ReadonlySet<Operator> = new Set(["or", "and"]);
const ARITHMETIC: ReadonlySet<Operator> = new Set(["+", "-", "*", "/"]);

/** What the statements before have named. */
export interface Scope {
  readonly parameters: ReadonlyMap<string, Range>;
  readonly names: ReadonlyMap<string, Term>;
  /** Names that were used, `$` in front of parameters. */
  readonly used: Set<string>;
  /** Names whose own expression is wrong: using them is no second error. */
  readonly broken: Set<string>;
}

/** Turns expressions into checked terms. A method that returns undefined has reported why. */
export class ExpressionChecker {
  readonly diagnostics: Diagnostics;
  private readonly scope: Scope;

  constructor(scope: Scope, diagnostics: Diagnostics) {
    this.scope = scope;
    this.diagnostics = diagnostics;
  }

  /** The term of an expression that must be of `type`. */
  typed(node: Expression, type: ValueType, place: string): Term | undefined {
    const term = this.check(node);
    return term !== undefined && this.expect(term, type, node.span, place) ? term : undefined;
  }

  check(node: Expression): Term | undefined {
    const term = this.build(node);
    if (term === undefined || term.depth <= DEPTH_MAX) return term;
    this.diagnostics.error(node.span, `an expression must be at most ${DEPTH_MAX} operations deep, was ${term.depth}`);
    return undefined;
  }

  private build(node: Expression): Term | undefined {
    switch (node.type) {
      case "number":
        return makeTerm({ op: "number", value: node.value, whole: node.whole }, "number");
      case "text":
        return this.fail(node.span, "a text in quotes belongs in tf() or of() only");
      case "parameter":
        return this.parameter(node.name, node.span);
      case "prefix":
        return this.prefix(node);
      case "chain":
        return this.chain(node);
      case "call":
        return this.call(node);
    }
  }

  private parameter(name: string, span: Span): Term | undefined {
    const range = this.scope.parameters.get(name);
    this.scope.used.add(`$${name}`);
    if (range !== undefined) return makeTerm({ op: "parameter", name, range }, "number");
    if (this.scope.broken.has(`$${name}`)) return undefined;
    const near = nearestName(name, this.scope.parameters.keys());
    return this.fail(span, `there is no parameter "$${name}"`, near && `$${near}`);
  }

  private prefix({ operator, operand }: PrefixNode): Term | undefined {
    const type = operator === "not" ? "condition" : "number";
    const input = this.typed(operand, type, `"${operator}"`);
    if (input === undefined) return undefined;
    return makeTerm({ op: "kernel", kernel: operator === "not" ? "not" : "neg", inputs: [input] }, type);
  }

  private chain({ first, rest }: ChainNode): Term | undefined {
    const operandType = (operator: Operator): ValueType => (LOGIC.has(operator) ? "condition" : "number");
    let left = this.typed(first, operandType(rest[0].operator), `"${rest[0].operator}"`);
    for (const { operator, right } of rest) {
      const other = this.typed(right, operandType(operator), `"${operator}"`);
      if (left === undefined || other === undefined) {
        left = undefined;
        continue;
      }
      const type = ARITHMETIC.has(operator) ? "number" : "condition";
      left = makeTerm({ op: "kernel", kernel: KERNEL_OF[operator], inputs: [left, other] }, type);
    }
    return left;
  }

  private call(node: CallNode): Term | undefined {
    const { value: name, span } = node.name;
    const named = this.scope.names.get(name);
    const spec = FUNCTIONS.get(name);
    const indicator = INDICATORS.get(name);
    if (named !== undefined || isField(name)) {
      this.scope.used.add(name);
      if (node.args !== null) return this.fail(node.span, `"${name}" is a value and takes no arguments`, name);
      if (node.output !== null) return this.fail(node.output.span, `"${name}" has no outputs`);
      return named ?? makeTerm({ op: "field", field: name as "close" }, "number");
    }
    if (this.scope.broken.has(name)) {
      this.scope.used.add(name);
      return undefined;
    }
    if (indicator !== undefined) return indicatorTerm(this, indicator, node);
    if (spec !== undefined) {
      if (node.output !== null) return this.fail(node.output.span, `"${name}" has no outputs`);
      return this.function(spec, node);
    }
    // Arguments are checked all the same, so that one slip does not hide another.
    for (const arg of node.args ?? []) if (arg.type !== "text") this.check(arg);
    const known = [...this.scope.names.keys(), ...FIELDS.keys(), ...FUNCTIONS.keys(), ...INDICATORS.keys()];
    if (this.scope.parameters.has(name)) {
      return this.fail(span, `a parameter is written with a dollar sign: "$${name}"`, `$${name}`);
    }
    return this.fail(span, `there is no "${name}"`, nearestName(name, known));
  }

  private function(spec: FunctionSpec, node: CallNode): Term | undefined {
    const args = node.args ?? [];
    const most = spec.repeats ? Number.POSITIVE_INFINITY : spec.arguments.length;
    const least = spec.arguments.length - spec.optional;
    if (args.length < least || args.length > most) {
      const wanted = spec.repeats ? `at least ${least}` : least === most ? `${least}` : `${least} or ${most}`;
      const noun = wanted === "1" ? "argument" : "arguments";
      return this.fail(node.span, `${spec.signature} takes ${wanted} ${noun}, was given ${args.length}`);
    }
    if (spec.name === "tf") return this.frame(args, node.span);
    if (spec.name === "of") return this.other(args, node.span);
    const terms = args.map((arg, index) => this.argument(spec, index, arg));
    if (terms.some((term) => term === undefined)) return undefined;
    const known = terms as readonly Term[];
    if (spec.name === "if" && known[1].type !== known[2].type) {
      return this.fail(
        args[2].span,
        `both results of if() must be of one kind, were a ${known[1].type} and a ${known[2].type}`,
      );
    }
    return spec.build(known);
  }

  private argument(spec: FunctionSpec, index: number, arg: Expression): Term | undefined {
    const kind: ArgumentKind = spec.arguments[Math.min(index, spec.arguments.length - 1)];
    if (kind === "any") return this.check(arg);
    if (kind === "length")
      return this.setting(arg, { place: `n of ${spec.name}`, min: 1, max: LENGTH_MAX, whole: true });
    return this.typed(arg, kind === "condition" ? "condition" : "number", `${spec.name}()`);
  }

  private frame([name, value]: readonly Expression[], span: Span): Term | undefined {
    if (name.type !== "text")
      return this.fail(name.span, 'tf() takes a timeframe in quotes first, such as "1h"', '"1h"');
    if (!isTimeframe(name.value)) {
      const near = nearestName(name.value, TIMEFRAMES) ?? "1h";
      return this.fail(name.span, `timeframe must be one of ${TIMEFRAMES.join(" ")}, was "${name.value}"`, `"${near}"`);
    }
    const inner = this.check(value);
    if (inner === undefined) return undefined;
    if (inner.usesAccount) return this.fail(span, "the position has no value inside tf()");
    if (inner.usesFrame) return this.fail(span, "tf() must not stand inside tf()");
    if (inner.usesOther) return this.fail(span, 'of() must not stand inside tf(): write of("…", tf("…", x))');
    return makeTerm({ op: "frame", timeframe: name.value, inputs: [inner] }, inner.type);
  }

  private other([name, value]: readonly Expression[], span: Span): Term | undefined {
    if (name.type !== "text" || name.value === "") {
      return this.fail(name.span, 'of() takes a symbol in quotes first, such as "ETH-USD"');
    }
    const inner = this.check(value);
    if (inner === undefined) return undefined;
    if (inner.usesAccount) return this.fail(span, "the position has no value inside of()");
    if (inner.usesOther) return this.fail(span, "of() must not stand inside of()");
    return makeTerm({ op: "other", symbol: name.value, inputs: [inner] }, inner.type);
  }

  /** A constant within bounds, for every value that its parameters may take. */
  setting(
    node: Expression,
    rule: { readonly place: string; readonly min: number; readonly max: number; readonly whole: boolean },
  ): Term | undefined {
    const term = this.typed(node, "number", rule.place);
    if (term === undefined) return undefined;
    const { range } = term;
    if (range === undefined) {
      return this.fail(node.span, `${rule.place} must be a constant: a number, a parameter or their sum and product`);
    }
    if (rule.whole && !range.whole) {
      const was = range.min === range.max ? `, was ${range.min}` : ": round() makes it so";
      return this.fail(node.span, `${rule.place} must be a whole number${was}`);
    }
    if (range.min >= rule.min && range.max <= rule.max) return term;
    const was = range.min === range.max ? `was ${range.min}` : `may be from ${range.min} to ${range.max}`;
    return this.fail(node.span, `${rule.place} must be from ${rule.min} to ${rule.max}, ${was}`);
  }

  fail(span: Span, message: string, suggestion?: string): undefined {
    this.diagnostics.error(span, message, suggestion);
    return undefined;
  }

  private expect(term: Term, type: ValueType, span: Span, place: string): boolean {
    if (term.type === type) return true;
    const help = type === "condition" ? ': compare it, as in "rsi(14) > 50"' : "";
    this.diagnostics.error(span, `${place} needs a ${type}, was a ${term.type}${help}`);
    return false;
  }
}
