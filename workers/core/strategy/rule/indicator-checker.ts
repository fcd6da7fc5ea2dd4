import type { IndicatorSpec } from "../../indicator/registry.ts";
import type { ExpressionChecker } from "./expression-checker.ts";
import { nearestName } from "./nearest-name.ts";
import type { CallNode, Expression } from "./syntax.ts";
import { makeTerm, type Term } from "./term.ts";

/**
 * The term of an indicator: settings left out take their defaults. A value indicator's source comes first and is the
 * close where the arguments are settings only.
 */
export function indicatorTerm(checker: ExpressionChecker, spec: IndicatorSpec, node: CallNode): Term | undefined {
  const args = node.args ?? [];
  const settings = spec.parameters.length;
  const most = spec.input === "value" ? settings + 1 : settings;
  if (args.length > most) {
    const noun = most === 1 ? "argument" : "arguments";
    return checker.fail(node.span, `${spec.name} takes at most ${most} ${noun}, was given ${args.length}`);
  }
  const output = outputOf(checker, spec, node);
  const sourced = spec.input === "value" && args.length > 0 && (args.length === most || !isConstant(args[0]));
  const source = sourced ? checker.typed(args[0], "number", `${spec.name}()`) : undefined;
  const terms = settingTerms(checker, spec, sourced ? args.slice(1) : args);
  if (output === undefined || terms === undefined || (sourced && source === undefined)) return undefined;
  const inputs = spec.input === "candle" ? [] : [source ?? makeTerm({ op: "field", field: "close" }, "number")];
  return makeTerm({ op: "indicator", spec, settings: terms, inputs, output }, "number");
}

function settingTerms(
  checker: ExpressionChecker,
  spec: IndicatorSpec,
  given: readonly Expression[],
): readonly Term[] | undefined {
  if (given.length > spec.parameters.length) {
    const names = spec.parameters.map((entry) => entry.name).join(", ");
    return checker.fail(given[given.length - 1].span, `${spec.name} takes ${names || "no settings"} after its source`);
  }
  const terms = spec.parameters.map((entry, index) => {
    const whole = entry.kind === "integer";
    const node = given[index];
    if (node === undefined) return makeTerm({ op: "number", value: entry.default, whole }, "number");
    return checker.setting(node, { place: `${entry.name} of ${spec.name}`, min: entry.min, max: entry.max, whole });
  });
  return terms.some((term) => term === undefined) ? undefined : (terms as readonly Term[]);
}

function outputOf(checker: ExpressionChecker, spec: IndicatorSpec, node: CallNode): number | undefined {
  if (node.output === null) return 0;
  const { value, span } = node.output;
  const index = spec.outputs.indexOf(value);
  if (index >= 0) return index;
  const many = spec.outputs.length > 1;
  const rule = many ? `its outputs are ${spec.outputs.join(", ")}` : "it has one value only";
  return checker.fail(
    span,
    `${spec.name} has no output "${value}": ${rule}`,
    nearestName(value, many ? spec.outputs : []),
  );
}

/** Whether an argument is made of numbers and parameters only, so that it reads as a setting. */
function isConstant(node: Expression): boolean {
  switch (node.type) {
    case "number":
    case "parameter":
      return true;
    case "prefix":
      return node.operator === "-" && isConstant(node.operand);
    case "chain":
      return isConstant(node.first) && node.rest.every(({ right }) => isConstant(right));
    default:
      return false;
  }
}
