import { describe, expect, it } from "vitest";
import { csvCell } from "./trades-csv.ts";

describe("a cell of the table", () => {
  it.each(["=1+1", "+1", "-cmd", "@SUM(A1)", "\tx", "\rx"])(
    "S53 that begins like a formula (%j) is text to a spreadsheet",
    (text) => {
      expect(csvCell(text).replace(/^"/, "")).toMatch(/^'/);
    },
  );

  it.each([
    ["a,b", '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ["two\nlines", '"two\nlines"'],
    ["plain", "plain"],
    [-1.5, "-1.5"],
    [null, ""],
  ])("of %j is written as %j", (value, text) => {
    expect(csvCell(value)).toBe(text);
  });
});
