import { expect, it } from "vitest";
import { wholeNumber } from "./whole-number.ts";

it.each([
  ["200", 1, 200],
  ["0", 0, 0],
  ["-7", undefined, -7],
])("takes %s where at least %s is asked for", (text, least, expected) => {
  expect(wholeNumber({ name: "cycles", text, ...(least === undefined ? {} : { least }) })).toBe(expected);
});

it.each([
  ["0", "0"],
  ["2.5", "2.5"],
  ["x", "x"],
  ["1e3", "1e3"],
  ["9007199254740993", "9007199254740993"],
  ["", "empty"],
])("refuses %j, and says so", (text, told) => {
  const refused = () => wholeNumber({ name: "cycles", text, least: 1 });
  expect(refused).toThrow(new RangeError(`cycles must be a whole number of at least 1, was ${told}`));
});
