import { describe, expect, it } from "vitest";
import { checkRules, compileRules, RuleError } from "./rules.ts";

// What an editor may wait for while somebody types; the slowest of these takes a few milliseconds.
const ANSWER_MS_MAX = 100;

/** Programs that try to leave the language: towards the host's objects, its code, its files, its time or its memory. */
const ESCAPES: readonly [name: string, text: string][] = [
  ["the constructor of a value", "enter long when close.constructor > 1"],
  ["the constructor's constructor", 'enter long when close.constructor.constructor("return process")() > 1'],
  ["the prototype of a value", "enter long when close.__proto__ > 1"],
  ["an output named like a member of all objects", "enter long when macd(12, 26, 9).toString > 1"],
  ["an output named like the prototype", "enter long when macd(12, 26, 9).__proto__ > 1"],
  ["a member in brackets", 'enter long when close["constructor"] > 1'],
  ["an index", "enter long when close[0] > 1"],
  ["a function named constructor", "enter long when constructor(close) > 1"],
  ["a function named __proto__", "enter long when __proto__(close) > 1"],
  ["a function named hasOwnProperty", 'enter long when hasOwnProperty("close") > 1'],
  ["a value named toString", "enter long when toString > 1"],
  ["a value named __defineGetter__", "enter long when __defineGetter__ > 1"],
  ["a parameter nobody made, named __proto__", "enter long when $__proto__ > 1"],
  ["a parameter nobody made, named constructor", "enter long when $constructor > 1"],
  ["the global object", "enter long when globalThis > 1"],
  ["the object at hand", "enter long when this > 1"],
  ["eval", 'enter long when eval("1") > 0'],
  ["a function made of text", 'enter long when Function("return 1")() > 0'],
  ["an import", 'enter long when import("node:fs") > 0'],
  ["a module", 'enter long when require("node:child_process") > 0'],
  ["the process", "enter long when process.exit() > 0"],
  ["an assignment", "enter long when close = 1"],
  ["an arrow", "enter long when (() => 1)() > 0"],
  ["a text with code", "enter long when `close` > 0"],
  ["a statement of the host", "while (true) {}\nenter long when close > 1"],
  ["a name for itself", "let a = a + 1\nenter long when a > 1"],
  ["two names for each other", "let a = b + 1\nlet b = a + 1\nenter long when a > 1"],
  ["a window of a thousand million", "enter long when sma(close, 1000000000) > 1"],
  ["a look back without end", "enter long when prev(close, 1e300) > 1"],
  ["a window of no number", "enter long when sma(close, 0 / 0) > 1"],
  ["another strategy's candles by a path", 'enter long when tf("../../1d", close) > 1'],
  ["another symbol than the run's words allow", 'enter long when symbol("../../secrets", close) > 1'],
  ["a line that ends the script", "enter long when close > 1 </script><script>alert(1)</script>"],
  ["a sign of the end of text", "enter long when close > 1\0; process.exit()"],
  ["letters that only look like ours", "enter long when сlose > 1"],
];

/** Names that every object of the host has; in the language they are names like any other. */
const BORROWED = [
  "constructor",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "__proto__",
  "__lookupGetter__",
  "isPrototypeOf",
];

/** Everything that a program could have hung onto what all objects share. */
function shared(): string[] {
  const holders = [
    Object.prototype,
    Array.prototype,
    Function.prototype,
    String.prototype,
    Number.prototype,
    globalThis,
  ];
  return holders.flatMap((holder) => Object.getOwnPropertyNames(holder));
}

describe("a rule text that would leave the language", () => {
  it.each(ESCAPES)("S67 through %s is refused at once", (_name, text) => {
    const program = `${text}\nexit long when close < 1`;
    const before = shared();
    const times = [0, 0].map(() => {
      const started = performance.now();
      checkRules(program);
      return performance.now() - started;
    });
    // The better of two: a machine that does something else meanwhile says nothing about the program.
    expect(Math.min(...times)).toBeLessThan(ANSWER_MS_MAX);
    const { diagnostics } = checkRules(program);
    expect(diagnostics.some(({ severity }) => severity === "error")).toBe(true);
    expect(() => compileRules(program)).toThrow(RuleError);
    expect(shared()).toEqual(before);
  });

  it.each(BORROWED)("S67 may call a value of its own %s, which then is that and nothing of the host's", (name) => {
    const before = shared();
    const text = `let ${name} = sma(close, 3)\nenter long when ${name} > 1\nexit long when ${name} < 1`;
    expect(checkRules(text)).toEqual({ diagnostics: [], parameters: [], warmup: 3 });
    expect(shared()).toEqual(before);
  });

  it.each(BORROWED)("S67 cannot call a parameter %s, since values come by name", (name) => {
    const text = `param ${name} = 5 (1..9)\nenter long when sma(close, $${name}) > 1\nexit long when close < 1`;
    expect(checkRules(text).diagnostics[0]).toMatchObject({
      severity: "error",
      message: `a parameter cannot be named ${name}, which every object has`,
    });
  });
});
