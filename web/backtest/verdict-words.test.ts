import { expect, test } from "vitest";
import { verdictWords } from "./verdict-words.ts";

const verdict = "\u2212104.2 % in 3.1 years, worst fall 104.2 %. A loss, whose figures pass 4 of 6 checks.";
const judged = (finalEquity: number, trades = 12) => ({ verdict, statistics: { finalEquity, trades, years: 3.1 } });

test("an account that lost everything is called ruined, with what is owed beyond it", () => {
  expect(verdictWords(judged(0), "USD")).toBe(
    "Ruined: all of the cash was lost within 3.1 years. No check makes up for that.",
  );
  expect(verdictWords(judged(-420.5), "USD")).toContain("420.50\u00a0USD more is owed");
});

test("any other account has the verdict of its report", () => {
  expect(verdictWords(judged(0.01), "USD")).toBe(verdict);
  expect(verdictWords(judged(0, 0), "USD")).toBe(verdict);
});
