import { INDICATORS, type IndicatorSpec } from "../../indicator/registry.ts";
import { FIELDS, FUNCTIONS, stops } from "./language.ts";

/** A word of the rule language, for completion and hover. `insert` may hold `${}` tab stops. */
export interface LanguageWord {
  name: string;
  kind: "function" | "field" | "keyword";
  signature: string;
  summary: string;
  insert: string;
}

const KEYWORDS: readonly (readonly [string, string, string, string])[] = [
  [
    "param",
    'param name = 20 (5..100 step 5) "Title"',
    "A number to set before a run, with its range and step.",
    stops('param <name> = <20> (<5>..<100> step <5>) "<Title>"'),
  ],
  ["let", "let name = expression", "A name for an expression.", stops("let <name> = <expression>")],
  ["enter", "enter long when condition", "Open a position.", stops("enter <long> when <condition>")],
  ["exit", "exit long when condition", "Close the position.", stops("exit <long> when <condition>")],
  ["stop", "stop long at price", "Protective stop of an entry.", stops("stop <long> at <close * 0.98>")],
  ["target", "target long at price", "Take-profit of an entry.", stops("target <long> at <close * 1.04>")],
  ["trail", "trail by distance", "Distance of a trailing stop.", stops("trail by <3 * atr(14)>")],
  ["limit", "limit long at price", "Enter by a limit order.", stops("limit <long> at <close>")],
  ["entry", "entry stop long at price", "Enter by a stop order.", stops("entry stop <long> at <high>")],
  ["size", "size share", "Share of the sizing rule's size, 0..1.", stops("size <0.5>")],
  ["and", "a and b", "Both are true.", "and "],
  ["or", "a or b", "At least one is true.", "or "],
  ["not", "not a", "The opposite of a condition.", "not "],
];

/** Every word of the language: keywords, fields of a candle, functions and indicators. */
export const LANGUAGE_WORDS: readonly LanguageWord[] = [
  ...KEYWORDS.map(([name, signature, summary, insert]) => ({
    name,
    kind: "keyword" as const,
    signature,
    summary,
    insert,
  })),
  ...[...FIELDS].map(([name, summary]) => ({ name, kind: "field" as const, signature: name, summary, insert: name })),
  ...[...FUNCTIONS.values()].map(({ name, signature, summary, insert }) => ({
    name,
    kind: "function" as const,
    signature,
    summary,
    insert,
  })),
  ...[...INDICATORS.values()].map(indicatorWord),
];

function indicatorWord(spec: IndicatorSpec): LanguageWord {
  const many = spec.outputs.length > 1;
  const source = spec.input === "value" ? ["source = close"] : [];
  const settings = spec.parameters.map((entry) => `${entry.name} = ${entry.default}`);
  const places = [...(source.length > 0 ? ["close"] : []), ...spec.parameters.map((entry) => entry.default)];
  const call = `${spec.name}(${places.map((place) => `<${place}>`).join(", ")})`;
  return {
    name: spec.name,
    kind: "function",
    signature: `${spec.name}(${[...source, ...settings].join(", ")})${many ? ` .${spec.outputs.join(" .")}` : ""}`,
    summary: `${spec.title}. ${spec.summary}`,
    insert: stops(many ? `${call}.<${spec.outputs[0]}>` : call),
  };
}
