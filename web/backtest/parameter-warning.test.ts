import { expect, test } from "vitest";
import type { ParameterSpec } from "../../schema/wire/strategy.ts";
import { parameterWarning } from "./parameter-warning.ts";

function spec(name: string, initial: number): ParameterSpec {
  return { name, title: name, kind: "integer", default: initial, min: 1, max: 500, step: 1 };
}
const CROSS = [spec("fast", 20), spec("slow", 50)];

test.each([
  [{}, undefined],
  [{ fast: "49" }, undefined],
  [{ fast: "50" }, /both 50/],
  [{ slow: "10" }, /Fast \(20\) is slower than slow \(10\)/],
  [{ fast: "x" }, undefined],
] as const)("a fast period that is no shorter than the slow one is pointed out: %o", (typed, words) => {
  const warning = parameterWarning(CROSS, typed);
  if (words === undefined) expect(warning).toBeUndefined();
  else expect(warning).toMatch(words);
});

test("a strategy without a fast and a slow period is never warned about", () => {
  expect(parameterWarning([spec("fast", 50)], {})).toBeUndefined();
  expect(parameterWarning([spec("period", 14)], { fast: "9", slow: "3" })).toBeUndefined();
});
