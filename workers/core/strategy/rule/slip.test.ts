import { describe, expect, it } from "vitest";
import { checkRules } from "./rules.ts";

const EXIT = "\nexit long when close < 1";
const ENTER = "enter long when close > 1\n";

/** Text, line:column of the first error, what its span covers, a part of the message, and the suggestion. */
type Row = [text: string, place: string, covered: string, part: string, suggestion: string | null];

const DANGLING: Row[] = [
  [`enter long when close > 1 and${EXIT}`, "1:27", "and", '"and" must be followed by a condition, was the end', null],
  ["enter long when close > 1 and", "1:27", "and", 'add one, or take "and" away', null],
  [`enter long when close > 1 or # why\n\n${EXIT}`, "1:27", "or", '"or" must be followed by a condition', null],
  [`enter long when close > 1\n  and${EXIT}`, "2:3", "and", '"and" must be followed by a condition', null],
  [`enter long when (close > 1 and\n) or close > 3${EXIT}`, "1:28", "and", 'a condition, was ")"', null],
  [`enter long when close > 1 and or close < 2${EXIT}`, "1:27", "and or", 'a condition, was "or"', "and"],
  [`enter long when and close > 1${EXIT}`, "1:12", "when and", '"when" must be followed by a condition', "when"],
  [`enter long when${EXIT}`, "1:12", "when", '"when" must be followed by a condition', null],
  [`enter long when not${EXIT}`, "1:17", "not", '"not" must be followed by a condition', null],
  [`let x = 3 *\nlet y = x${EXIT}`, "1:11", "*", '"*" must be followed by a number', null],
  [`enter long when close > 1\nstop at${EXIT}`, "2:6", "at", '"at" must be followed by a number', null],
];

const STATEMENTS: Row[] = [
  [`buy when close > 1${EXIT}`, "1:1", "buy", 'a line must begin with "param"', "enter long"],
  [`Buy when close > 1${EXIT}`, "1:1", "Buy", 'was "Buy"', "enter long"],
  [`${ENTER}sell when close < 1`, "2:1", "sell", "a line must begin with", "exit long"],
  [`${ENTER}  short when close < 1`, "2:3", "short", "a line must begin with", "enter short"],
  [`${ENTER}cover when close < 1`, "2:1", "cover", "a line must begin with", "exit short"],
  [`sell short when close < 1${EXIT}`, "1:1", "sell short", "a line must begin with", "enter short"],
  [`go long when close > 1${EXIT}`, "1:1", "go long", "a line must begin with", "enter long"],
  [`${ENTER}close when close < 1`, "2:1", "close", "a line must begin with", "exit long"],
  [`if close > 1 then buy${EXIT}`, "1:1", "if", "a line must begin with", "enter long when"],
  [`close > 1${EXIT}`, "1:1", "close", "a line must begin with", "enter long when close"],
  [`fast = 20\n${ENTER}`, "1:1", "fast", "a line must begin with", "let fast"],
  [`var fast = 20\n${ENTER}`, "1:1", "var", "a line must begin with", "let"],
  [`input fast = 20 (1..50)\n${ENTER}`, "1:1", "input", "a line must begin with", "param"],
  [`take profit at close * 1.1${EXIT}`, "1:1", "take profit", "a line must begin with", "target"],
  [`${ENTER}stop loss at close * 0.9`, "2:1", "stop loss", '"stop" is written without "loss"', "stop"],
  [`xyzzy when close > 1${EXIT}`, "1:1", "xyzzy", "a line must begin with", null],
  [`${ENTER}exit when close < 1`, "2:6", "when", "expected long or short", "long when"],
  [`enter buy when close > 1${EXIT}`, "1:7", "buy", "expected long or short", "long"],
];

const BRACKETS: Row[] = [
  [`enter long when close[-1] > close${EXIT}`, "1:17", "close[-1]", "looks into the future", "prev(close, 1)"],
  [`enter long when close[ - 1 ] > 1${EXIT}`, "1:17", "close[ - 1 ]", "close[-1] looks into", "prev(close, 1)"],
  [`enter long when close[1] > close${EXIT}`, "1:17", "close[1]", "the candle before", "prev(close, 1)"],
  [`enter long when close > high[3]${EXIT}`, "1:25", "high[3]", "the value 3 candles before", "prev(high, 3)"],
  [`enter long when close[0] > open${EXIT}`, "1:17", "close[0]", "this candle's own value", "close"],
  [
    `enter long when sma(close, (2 + 3))[1] > 1${EXIT}`,
    "1:17",
    "sma(close, (2 + 3))[1]",
    "the candle before",
    "prev(sma(close, (2 + 3)), 1)",
  ],
  [`enter long when macd().line[2] > 1${EXIT}`, "1:17", "macd().line[2]", "2 candles before", "prev(macd().line, 2)"],
  [`enter long when not (close > 1)[1]${EXIT}`, "1:21", "(close > 1)[1]", "candle before", "prev((close > 1), 1)"],
  [`enter long when close[n] > 1${EXIT}`, "1:17", "close[n]", "prev(x, n)", null],
  [`enter long when close[ > 1${EXIT}`, "1:22", "[", "prev(x, n)", null],
  [`enter long when [1] > 1${EXIT}`, "1:17", "[", "prev(x, n)", null],
];

const SIGNS: Row[] = [
  [`enter long when close > 1 && open > 1${EXIT}`, "1:27", "&&", '"and" is written as a word', "and"],
  [`enter long when close > 1 || open > 1${EXIT}`, "1:27", "||", '"or" is written as a word', "or"],
  [`enter long when close > 1 AND open > 1${EXIT}`, "1:27", "AND", 'was "AND"', "and"],
  [`enter long when close = 1${EXIT}`, "1:23", "=", 'equality is written "=="', "=="],
];

describe("a slip that is known", () => {
  it.each([...DANGLING, ...STATEMENTS, ...BRACKETS, ...SIGNS])(
    "is answered at its place with what was meant: %s",
    (text, place, covered, part, suggestion) => {
      const { diagnostics, warmup } = checkRules(text);
      const [first] = diagnostics.filter((entry) => entry.severity === "error");
      expect(`${first.line}:${first.column}`).toBe(place);
      expect(text.slice(first.from, first.to)).toBe(covered);
      expect(first.message).toContain(part);
      expect(first.suggestion).toBe(suggestion);
      expect(warmup).toBe(null);
    },
  );

  it("is mended by its suggestion in the place of its span", () => {
    // Statements that need more than one change are left out.
    const whole = [...BRACKETS, ...SIGNS, ...STATEMENTS].filter(([text]) => !/then|xyzzy|^close >/.test(text));
    for (const [text, , , , suggestion] of whole) {
      const [first] = checkRules(text).diagnostics.filter((entry) => entry.severity === "error");
      if (suggestion === null) continue;
      const mended = text.slice(0, first.from) + suggestion + text.slice(first.to);
      const again = checkRules(mended).diagnostics.filter((entry) => entry.severity === "error");
      const same = again.filter((entry) => entry.message === first.message);
      expect([mended, same]).toEqual([mended, []]);
    }
  });
});
