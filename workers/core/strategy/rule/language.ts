import type { KernelName } from "./kernels.ts";
import { type AccountReading, type ClockUnit, type Field, makeTerm, type Term, type ValueType } from "./term.ts";

/** What an argument must be. `length` is a constant whole number of candles; `any` is a number or a condition. */
export type ArgumentKind = "number" | "condition" | "any" | "length" | "timeframe" | "symbol";

/** A function of the language that is no indicator. */
export interface FunctionSpec {
  readonly name: string;
  readonly signature: string;
  readonly summary: string;
  readonly insert: string;
  readonly arguments: readonly ArgumentKind[];
  /** Arguments at the end that may be left out. */
  readonly optional: number;
  /** Whether the last argument may be repeated. */
  readonly repeats: boolean;
  readonly build: (args: readonly Term[]) => Term;
}

const ONE = makeTerm({ op: "number", value: 1, whole: true }, "number");

/** Marks the places to fill in: `<x>` becomes the tab stop that editors know. */
export function stops(text: string): string {
  return text.replaceAll(/<([^<>]*)>/g, (_, place: string) => `$\{${place}}`);
}

type Rest = Partial<Pick<FunctionSpec, "optional" | "repeats">>;

function define(
  signature: string,
  insert: string,
  summary: string,
  kinds: readonly ArgumentKind[],
  build: FunctionSpec["build"],
  rest: Rest = {},
): FunctionSpec {
  const name = signature.slice(0, signature.indexOf("("));
  return { name, signature, summary, insert, arguments: kinds, optional: 0, repeats: false, build, ...rest };
}

function kernel(name: KernelName, type: ValueType = "number"): FunctionSpec["build"] {
  return (inputs) => makeTerm({ op: "kernel", kernel: name, inputs }, type);
}

function math(name: KernelName, summary: string): FunctionSpec {
  return define(`${name}(x)`, stops(`${name}(<x>)`), summary, ["number"], kernel(name));
}

function clock(unit: ClockUnit, summary: string): FunctionSpec {
  return define(`${unit}()`, `${unit}()`, summary, [], () => makeTerm({ op: "clock", unit }, "number"));
}

function account(reading: AccountReading, summary: string): FunctionSpec {
  return define(`${reading}()`, `${reading}()`, summary, [], () => makeTerm({ op: "account", reading }, "number"));
}

const LIST: readonly FunctionSpec[] = [
  define(
    "cross_above(a, b)",
    stops("cross_above(<a>, <b>)"),
    "a was below b one candle ago and is above it now.",
    ["number", "number"],
    (inputs) => makeTerm({ op: "cross", side: "above", inputs }, "condition"),
  ),
  define(
    "cross_below(a, b)",
    stops("cross_below(<a>, <b>)"),
    "a was above b one candle ago and is below it now.",
    ["number", "number"],
    (inputs) => makeTerm({ op: "cross", side: "below", inputs }, "condition"),
  ),
  define(
    "rising(x, n = 1)",
    stops("rising(<x>, <3>)"),
    "x has risen on each of the last n candles.",
    ["number", "length"],
    ([x, length = ONE]) => makeTerm({ op: "streak", side: "rising", inputs: [x], length }, "condition"),
    { optional: 1 },
  ),
  define(
    "falling(x, n = 1)",
    stops("falling(<x>, <3>)"),
    "x has fallen on each of the last n candles.",
    ["number", "length"],
    ([x, length = ONE]) => makeTerm({ op: "streak", side: "falling", inputs: [x], length }, "condition"),
    { optional: 1 },
  ),
  define(
    "prev(x, n = 1)",
    stops("prev(<x>, <1>)"),
    "x as it was n candles ago.",
    ["any", "length"],
    ([x, length = ONE]) => makeTerm({ op: "prev", inputs: [x], length }, x.type),
    { optional: 1 },
  ),
  define(
    "since(condition)",
    stops("since(<condition>)"),
    "Candles since the condition was last true; 0 where it is true now.",
    ["condition"],
    (inputs) => makeTerm({ op: "since", inputs }, "number"),
  ),
  define(
    "if(condition, a, b)",
    stops("if(<condition>, <a>, <b>)"),
    "a where the condition is true, else b.",
    ["condition", "any", "any"],
    (inputs) => makeTerm({ op: "kernel", kernel: "choose", inputs }, inputs[1].type),
  ),
  define(
    'tf("1h", x)',
    stops('tf("<1h>", <x>)'),
    "x on larger candles, as known at the close of the last finished one.",
    ["timeframe", "any"],
    ([x]) => x,
  ),
  define(
    'of("ETH-USD", x)',
    stops('of("<ETH-USD>", <x>)'),
    "x on another instrument of the run, as known at this close.",
    ["symbol", "any"],
    ([x]) => x,
  ),
  clock("hour", "Hour of the candle's open, 0..23 UTC."),
  clock("minute", "Minute of the candle's open, 0..59."),
  clock("weekday", "Day of the candle's open in UTC: 1 for Monday to 7 for Sunday."),
  account("position", "1 while long, -1 while short, 0 while flat."),
  account("entry_price", "Mean price of the open position; no value while flat."),
  account("candles_held", "Candles since the position was opened; 0 while flat."),
  math("abs", "x without its sign."),
  define("min(a, b, …)", stops("min(<a>, <b>)"), "The smallest.", ["number", "number"], kernel("min"), {
    repeats: true,
  }),
  define("max(a, b, …)", stops("max(<a>, <b>)"), "The largest.", ["number", "number"], kernel("max"), {
    repeats: true,
  }),
  math("sqrt", "Square root."),
  math("log", "Natural logarithm."),
  math("round", "The nearest whole number."),
  math("floor", "The whole number below."),
  math("ceil", "The whole number above."),
];

/** Functions by name. */
export const FUNCTIONS: ReadonlyMap<string, FunctionSpec> = new Map(LIST.map((spec) => [spec.name, spec]));

/** Columns of a candle by name. */
export const FIELDS: ReadonlyMap<Field, string> = new Map([
  ["open", "First price of the candle."],
  ["high", "Highest price of the candle."],
  ["low", "Lowest price of the candle."],
  ["close", "Last price of the candle."],
  ["volume", "Quantity traded in the candle."],
  ["hl2", "(high + low) / 2"],
  ["hlc3", "(high + low + close) / 3"],
  ["ohlc4", "(open + high + low + close) / 4"],
]);

export function isField(name: string): name is Field {
  return FIELDS.has(name as Field);
}
