import { type Timeframe, timeframeMs } from "../../candle/timeframe.ts";
import {
  ENTER_SHORT,
  type ParameterSpec,
  type ParameterValues,
  type Program,
  type ProgramContext,
  type Strategy,
} from "../strategy.ts";
import { type CheckedRules, checkStatements } from "./checker.ts";
import { ColumnRules } from "./column-rules.ts";
import { type Diagnostic, Diagnostics, RuleError } from "./diagnostic.ts";
import { HistoryMeter, smallestFrame } from "./history.ts";
import { parseRules } from "./parse.ts";
import { contextFor, Planner } from "./planner.ts";
import { RULE_CANDLE_NS_MAX } from "./rule-cost.ts";
import { scan } from "./scanner.ts";
import { SignalMaker } from "./signal-maker.ts";
import { SteppedRules } from "./stepped-rules.ts";
import { inputsOf, type Term } from "./term.ts";

export { RuleError } from "./diagnostic.ts";
export { LANGUAGE_WORDS } from "./words.ts";

/** What a rule text comes to. `warmup` is in candles with the default parameters; `null` for a text with errors. */
export interface RuleCheck {
  diagnostics: Diagnostic[];
  parameters: ParameterSpec[];
  warmup: number | null;
}

/**
 * Reads a rule text and says what is wrong with it; never throws for bad text. Where larger timeframes are used, the
 * warm-up counts candles of one hour, or of the smallest timeframe used where that is shorter.
 */
export function checkRules(text: string): RuleCheck {
  const diagnostics = new Diagnostics(text);
  const rules = analyse(text, diagnostics);
  const failed = diagnostics.failed;
  return {
    diagnostics: diagnostics.sorted(),
    parameters: [...rules.parameters],
    warmup: failed ? null : warmupOf(rules, defaultsOf(rules), undefined),
  };
}

/**
 * The strategy that a rule text describes. Throws RuleError, with all diagnostics, where the text has errors. Making a
 * program throws RangeError where the run lacks an instrument or timeframe that the rules name.
 */
export function compileRules(text: string, options: { id?: string; title?: string; summary?: string } = {}): Strategy {
  const diagnostics = new Diagnostics(text);
  const rules = analyse(text, diagnostics);
  if (diagnostics.failed) throw new RuleError(diagnostics.sorted());
  const { id = "rules", title = firstComment(text) ?? "Rules", summary = "Written in rules." } = options;
  const form = formOf(rules);
  return {
    id,
    title,
    summary,
    parameters: rules.parameters,
    scope: "each",
    pathSensitive: rules.prices.some((price) => price.kind !== "scale"),
    shorts: rules.actions.some((action) => action.flag === ENTER_SHORT),
    warmup: (values, timeframe) => warmupOf(rules, values, timeframe),
    cost: (values) => ({ form, candleNs: plan(rules, values).cost.candleNs(form) }),
    create: (values, context) => {
      const maker = new SignalMaker(rules, values, context);
      return form === "stepped" ? new SteppedRules(maker, context) : new ColumnRules(maker);
    },
  };
}

/** Whether rules without errors can ever go short: told from their words, without the work of checking them again. */
export function rulesGoShort(text: string): boolean {
  const scanned = scan(text, new Diagnostics(text));
  if (scanned === undefined) return false;
  const { tokens, statements } = scanned;
  const starts = new Set(statements.map(({ from }) => from));
  return tokens.some(
    ({ from, text: word }, index) => starts.has(from) && word === "enter" && tokens[index + 1]?.text === "short",
  );
}

/** The rules one candle at a time, as a bot runs them, whether they look at their position or not. */
export function stepRules(text: string, values: ParameterValues, context: ProgramContext): SteppedRules {
  const diagnostics = new Diagnostics(text);
  const rules = analyse(text, diagnostics);
  if (diagnostics.failed) throw new RuleError(diagnostics.sorted());
  return new SteppedRules(new SignalMaker(rules, values, context), context);
}

function analyse(text: string, diagnostics: Diagnostics): CheckedRules {
  const { statements, broken } = parseRules(text, diagnostics);
  const rules = checkStatements(statements, broken, diagnostics);
  if (!diagnostics.failed) tryBounds(rules, text, diagnostics);
  return rules;
}

/** Plans the rules with the defaults and with every parameter at either end: where a bound breaks, it does there. */
function tryBounds(rules: CheckedRules, text: string, diagnostics: Diagnostics): void {
  const ends = (["default", "min", "max"] as const).map((end) =>
    Object.fromEntries(rules.parameters.map((spec) => [spec.name, spec[end]])),
  );
  const form = formOf(rules);
  try {
    for (const values of ends) {
      const candleNs = plan(rules, values).cost.candleNs(form);
      if (candleNs <= RULE_CANDLE_NS_MAX) continue;
      throw new RangeError(`the rules must take at most ${RULE_CANDLE_NS_MAX} ns a candle, was about ${candleNs} ns`);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    diagnostics.error({ from: 0, to: text.length }, error.message);
  }
}

/** The nodes of the rules over candles of the smallest timeframe, whatever the run's will be. */
function plan(rules: CheckedRules, values: ParameterValues): Planner {
  const terms = termsOf(rules);
  const account = { position: 0, entry_price: Number.NaN, candles_held: 0 };
  const planner = new Planner(values, contextFor("1m", symbolsOf(terms)), account);
  for (const term of terms) planner.node(term);
  return planner;
}

/** Rules that look at their position must be asked candle by candle. */
function formOf(rules: CheckedRules): Program["form"] {
  return termsOf(rules).some((term) => term.usesAccount) ? "stepped" : "columns";
}

function warmupOf(rules: CheckedRules, values: ParameterValues, timeframe: Timeframe | undefined): number {
  const terms = termsOf(rules);
  const meter = new HistoryMeter(values, timeframe ?? assumedTimeframe(terms));
  // One candle more: decisions begin on the one after the last first value.
  return terms.reduce((most, term) => Math.max(most, meter.settle(term)), 0) + 1;
}

function assumedTimeframe(terms: readonly Term[]): Timeframe {
  const smallest = smallestFrame(terms);
  return smallest !== undefined && timeframeMs(smallest) < timeframeMs("1h") ? smallest : "1h";
}

function termsOf(rules: CheckedRules): Term[] {
  return [...rules.actions.map((action) => action.condition), ...rules.prices.map((price) => price.value)];
}

function symbolsOf(terms: readonly Term[]): string[] {
  const symbols = new Set<string>();
  const visited = new Set<Term>();
  const visit = (term: Term): void => {
    if (visited.has(term)) return;
    visited.add(term);
    if (term.body.op === "other") symbols.add(term.body.symbol);
    for (const input of inputsOf(term.body)) visit(input);
  };
  for (const term of terms) visit(term);
  return [...symbols];
}

function defaultsOf(rules: CheckedRules): ParameterValues {
  return Object.fromEntries(rules.parameters.map((spec) => [spec.name, spec.default]));
}

/** The text's first comment line, which titles it. */
function firstComment(text: string): string | undefined {
  const match = /^\s*#+[ \t]*([^\n]+)/.exec(text);
  const title = match?.[1].trim();
  return title === undefined || title === "" ? undefined : title.slice(0, 80);
}
