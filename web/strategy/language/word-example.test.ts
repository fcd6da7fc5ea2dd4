import { expect, test } from "vitest";
import { checkRules, LANGUAGE_WORDS } from "../../../workers/core/strategy/rule/rules.ts";
import { WHOLE_STRATEGY, wordExample } from "./word-example.ts";

const STATEMENTS = new Set(["param", "let", "enter", "exit", "stop", "target", "trail", "limit", "entry", "size"]);
const BASE = "enter long when close > open\nexit long when close < open";

test("the whole strategy is one that can be run", () => {
  expect(checkRules(WHOLE_STRATEGY).diagnostics).toEqual([]);
});

test.each(LANGUAGE_WORDS.map((word) => [word.name, word] as const))(
  "the example of %s uses it and is taken by the checker of the rules",
  (name, word) => {
    const example = wordExample(word);
    expect(example.split(/[^A-Za-z0-9_]+/)).toContain(name);
    const text = STATEMENTS.has(name) ? `${example}\n${BASE}` : `let example = ${example}\n${BASE}`;
    expect(checkRules(text).diagnostics.filter((found) => found.severity === "error")).toEqual([]);
  },
);
