import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INDICATORS } from "../../indicator/registry.ts";
import { checkRules, compileRules, LANGUAGE_WORDS, RuleError } from "./rules.ts";

const EXIT = "\nexit long when close < 1";

/** Text, line:column of the first finding, what its span covers, a part of the message, and the suggestion. */
const WRONG: [string, string, string, string, string | null][] = [
  ["", "1:1", "", 'at least one line that begins with "enter"', null],
  ["entre long when close > 3", "1:1", "entre", "a line must begin with", "enter"],
  ["enter lnog when close > 3", "1:7", "lnog", 'expected long or short, was "lnog"', "long"],
  ["enter long if close > 3", "1:12", "if", 'expected "when", was "if"', "when"],
  ["enter long when close > 3 exit", "1:27", "exit", 'was "exit"', null],
  ["enter long when 3 < 4 < 5", "1:23", "<", 'was "<"', null],
  ["enter long when (close > 3", "1:26", "3", "was the end of the statement", null],
  ["enter long when close >", "1:23", ">", '">" must be followed by a number', null],
  ["enter long when smaa(close, 20) > 3", "1:17", "smaa", 'there is no "smaa"', "sma"],
  ["enter long when colse > 3", "1:17", "colse", 'there is no "colse"', "close"],
  ["param fast = 3 (1..5)\nenter long when close > $fats", "2:25", "$fats", 'no parameter "$fats"', "$fast"],
  ["param fast = 3 (1..5)\nenter long when close > fast", "2:25", "fast", "with a dollar sign", "$fast"],
  ["enter long when close", "1:17", "close", "needs a condition, was a number", null],
  ["enter long when close > 3 and rsi(14)", "1:31", "rsi(14)", '"and" needs a condition', null],
  ["enter long when (close > 3) + 1 > 2", "1:17", "(close > 3)", '"+" needs a number', null],
  ["enter long when sma(close, 0) > 1", "1:28", "0", "period of sma must be from 1 to 10000, was 0", null],
  ["enter long when sma(close, 2.5) > 1", "1:28", "2.5", "period of sma must be a whole number, was 2.5", null],
  ["enter long when sma(close, close) > 1", "1:28", "close", "period of sma must be a constant", null],
  ["param n = 5 (0..9)\nenter long when sma($n) > 1", "2:21", "$n", "may be from 0 to 9", null],
  ["enter long when prev(close, 10001) > 1", "1:29", "10001", "n of prev must be from 1 to 10000", null],
  ["enter long when macd(12, 26, 9).signl > 0", "1:33", "signl", "outputs are line, signal, histogram", "signal"],
  ["enter long when sma(close, 20).upper > 0", "1:32", "upper", "one value only", null],
  ["enter long when cross_above(close) ", "1:17", "cross_above(close)", "takes 2 arguments, was given 1", null],
  ["enter long when adx(14, 3) > 1", "1:17", "adx(14, 3)", "adx takes at most 1 argument", null],
  ['enter long when tf("1x", close) > 1', "1:20", '"1x"', "timeframe must be one of", '"1m"'],
  ['enter long when tf("1h", tf("4h", close)) > 1', "1:17", 'tf("1h", tf("4h", close))', "inside tf()", null],
  ['enter long when of("A", position()) > 1', "1:17", 'of("A", position())', "no value inside of()", null],
  ['enter long when close > "abc"', "1:25", '"abc"', "belongs in tf() or of() only", null],
  ["let close = 3\nenter long when close > 1", "1:5", "close", "is a word of the language", "my_close"],
  ["let a = 3\nlet a = 4\nenter long when close > a", "2:5", "a", '"a" is already there', null],
  ["param a = 9 (1..5)\nenter long when close > $a", "1:11", "9", "must be from 1 to 5, was 9", null],
  ["param a = 3 (5..1)\nenter long when close > $a", "1:17", "1", "must rise", null],
  [`size 3\nenter long when close > 1${EXIT}`, "1:6", "3", "size must be from 0 to 1, was 3", null],
  [`stop at 1\nstop long at 2\nenter long when close > 1${EXIT}`, "2:1", "stop long at 2", "given on line 1", null],
  ["enter long when if(close > 1, 2, close > 3) > 1", "1:34", "close > 3", "a number and a condition", null],
];

const DOUBTFUL: [string, string, string][] = [
  [`param a = 3 (1..5)\nenter long when close > 1${EXIT}`, "1:7", "parameter $a is never used"],
  [`let a = close\nenter long when close > 1${EXIT}`, "1:5", "name a is never used"],
  ["enter long when close > 1", "1:1", "nothing ever leaves a long position"],
  [`enter long when close > 1${EXIT}\nexit short when close > 2`, "3:1", 'there is no "enter short"'],
  [`enter long when close > 1${EXIT}\nstop short at 5`, "3:1", 'there is no "enter short" for this'],
];

describe("a rule text", () => {
  it.each(WRONG)(
    "with a slip is answered by place, rule and what would be right: %s",
    (text, place, covered, part, suggestion) => {
      const [first] = checkRules(text).diagnostics.filter((entry) => entry.severity === "error");
      expect(`${first.line}:${first.column}`).toBe(place);
      expect(text.slice(first.from, first.to)).toBe(covered);
      expect(first.message).toContain(part);
      expect(first.suggestion).toBe(suggestion);
      expect(checkRules(text).warmup).toBe(null);
      expect(() => compileRules(text)).toThrow(RuleError);
    },
  );

  it.each(DOUBTFUL)("that runs but is doubtful is warned about: %s", (text, place, part) => {
    const { diagnostics, warmup } = checkRules(text);
    expect(diagnostics.map(({ severity, line, column }) => [severity, `${line}:${column}`])).toEqual([
      ["warning", place],
    ]);
    expect(diagnostics[0].message).toContain(part);
    expect(warmup).not.toBe(null);
    expect(() => compileRules(text)).not.toThrow();
  });

  it("reports every wrong statement, and none that only uses a name of a wrong one", () => {
    const text = "let a = (1 +\nlet b = foo\nenter long when a > b and clse > 1\nexit long wehn close < 1";
    const { diagnostics } = checkRules(text);
    expect(diagnostics.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
  });

  it("lists its parameters with titles, kinds, ranges and steps", () => {
    const text = `param fast_period = 20 (5..100 step 5)
param width = 1.5 (0.5..3) "Width"
param risk = 2% (1%..5%)
enter long when close * $risk > sma($fast_period) * $width${EXIT}`;
    const { parameters, diagnostics } = checkRules(text);
    expect(diagnostics).toEqual([]);
    expect(parameters).toEqual([
      { name: "fast_period", title: "Fast period", kind: "integer", default: 20, min: 5, max: 100, step: 5 },
      { name: "width", title: "Width", kind: "number", default: 1.5, min: 0.5, max: 3, step: 0.25 },
      { name: "risk", title: "Risk", kind: "number", default: 0.02, min: 0.01, max: 0.05, step: 0.004 },
    ]);
  });

  it("counts its warm-up in candles of the run where it looks at larger ones", () => {
    const strategy = compileRules(`enter long when close > tf("1d", sma(close, 10))${EXIT}`);
    expect(strategy.warmup({}, "1d")).toBeGreaterThanOrEqual(10);
    expect(strategy.warmup({}, "1h")).toBeGreaterThanOrEqual(240);
    expect(strategy.warmup({}, "1h")).toBeLessThan(320);
  });

  it("says whether the path inside a candle matters to it", () => {
    expect(compileRules(`enter long when close > 1${EXIT}`).pathSensitive).toBe(false);
    expect(compileRules(`enter long when close > 1${EXIT}\nsize 0.5`).pathSensitive).toBe(false);
    expect(compileRules(`enter long when close > 1${EXIT}\ntrail by 2`).pathSensitive).toBe(true);
  });
});

describe("a hostile rule text", () => {
  const deep = "(".repeat(9_000);
  it.each([
    ["nested parentheses", `enter long when ${deep}close${")".repeat(9_000)} > 1`, /nested at most 64 deep/],
    ["unclosed parentheses", `enter long when ${deep}`, /nested at most 64 deep/],
    ["negations in a row", `enter long when ${"not ".repeat(4_000)}close > 1`, /nested at most 64 deep/],
    ["minus signs in a row", `enter long when close > ${"-".repeat(9_000)}1`, /nested at most 64 deep/],
    ["calls in calls", `enter long when ${"abs(".repeat(3_000)}`, /nested at most 64 deep/],
    ["a text that is too long", `enter long when close > 1 #${"x".repeat(20_000)}`, /at most 20000 characters/],
    ["too many words", `enter long when close > 1${"+1".repeat(6_000)}`, /at most 6000 words/],
    ["a long sum", `enter long when close > 1${"+close".repeat(2_000)}`, /at most 256 operations deep/],
    [
      "names that double each other",
      `let a0 = close + open\n${Array.from({ length: 200 }, (_, i) => `let a${i + 1} = a${i} * a${i}`).join("\n")}\nenter long when a200 > 1${EXIT}`,
      undefined,
    ],
    [
      "windows that hold too much",
      Array.from({ length: 30 }, (_, i) => `enter long when sma(${9_999 - i}) > 1`).join("\n"),
      /remember at most 200000 values/,
    ],
    [
      "too many expressions",
      Array.from({ length: 700 }, (_, i) => `enter long when close > ${i}`).join("\n"),
      /at most 500 distinct expressions/,
    ],
    ["a window too long to be read at each candle", "enter long when cci(5000) > 1", /from 1 to 1000, was 5000/],
    [
      "thirty windows that are read at each candle",
      Array.from({ length: 30 }, (_, i) => `enter long when cci(${1_000 - i}) > 1`).join("\n"),
      /the rules must take at most 50000 ns a candle, was about 15\d{4} ns/,
    ],
    [
      "windows that only the upper end of a parameter makes long",
      `param n = 20 (10..900)\n${Array.from({ length: 12 }, (_, i) => `enter long when cci($n + ${i}) > 1`).join("\n")}`,
      /at most 50000 ns a candle/,
    ],
  ])("S67 with %s is answered within a second, without overflowing", (_name, text, message) => {
    const started = performance.now();
    const { diagnostics } = checkRules(text);
    expect(performance.now() - started).toBeLessThan(1_000);
    const errors = diagnostics.filter((entry) => entry.severity === "error");
    if (message === undefined) expect(errors).toEqual([]);
    else expect(errors[0].message).toMatch(message);
  });

  it("S67 of any characters never throws and reports spans within the text", () => {
    const piece = fc.constantFrom(
      ...'enter exit long short when let param stop at trail by size a b = ( ) , . .. $a 1 2.5 3% < > == and or not + - * / \n # " sma rsi tf macd close'.split(
        " ",
      ),
    );
    const texts = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.array(piece, { maxLength: 80 }).map((parts) => parts.join(" ")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const { from, to } of checkRules(text).diagnostics) {
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeGreaterThanOrEqual(from);
          expect(to).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});

it("every word of the language is listed once, with something to insert", () => {
  const names = LANGUAGE_WORDS.map((word) => word.name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of INDICATORS.keys()) expect(names).toContain(name);
});

it("what completion inserts for a function with its places filled in compiles", () => {
  for (const { kind, insert } of LANGUAGE_WORDS) {
    if (kind !== "function") continue;
    const filled = insert
      .replace(/\$\{condition\}/g, "close > 1")
      .replace(/\$\{[abx]\}/g, "close")
      .replace(/\$\{([^}]*)\}/g, "$1");
    const text = [`let value = ${filled}`, `enter long when close > 1${EXIT}`].join("\n");
    expect(checkRules(text).diagnostics.filter((entry) => entry.severity === "error")).toEqual([]);
  }
});
