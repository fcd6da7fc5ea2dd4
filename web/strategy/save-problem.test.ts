import { expect, test } from "vitest";
import { ApiError } from "../api/api-error.ts";
import { saveProblemApplies } from "./save-problem.ts";

const SENT = { name: "Cross", document: "enter long when close > sma(9)", version: 3 };
const problem = (status: number) =>
  new ApiError({ title: "Refused", status, code: "refused", detail: "why", requestId: "req_1" });

test("a refusal stands beside the text that was refused and goes with the first change of it", () => {
  for (const error of [problem(422), new TypeError("the network is down")]) {
    expect(saveProblemApplies(error, SENT, SENT)).toBe(true);
    expect(saveProblemApplies(error, SENT, { ...SENT, document: "enter long when close > sma(10)" })).toBe(false);
    expect(saveProblemApplies(error, SENT, { ...SENT, name: "Crossing" })).toBe(false);
  }
});

test("a newer version stored elsewhere stays a problem however the text changes, until that version is taken", () => {
  const changed = { ...SENT, document: "enter short when close < sma(9)" };
  expect(saveProblemApplies(problem(409), SENT, changed)).toBe(true);
  expect(saveProblemApplies(problem(409), SENT, { ...changed, version: 4 })).toBe(false);
});

test("where nothing failed nothing is said", () => {
  expect(saveProblemApplies(null, SENT, SENT)).toBe(false);
  expect(saveProblemApplies(undefined, undefined, SENT)).toBe(false);
});
