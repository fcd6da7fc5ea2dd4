import { expect, test } from "vitest";
import { sizingNote, withMarkets } from "./market-sizing.ts";
import { FIRST_DRAFT, type RunDraft } from "./run-draft.ts";

const draft = (change: Partial<RunDraft>): RunDraft => ({ ...FIRST_DRAFT, ...change });

test.each([
  ["a second market halves the equity", { datasetIds: ["a"] }, ["a", "b"], { sizing: "percent", size: "50" }],
  [
    "shares follow the number of markets and never add up to more than all",
    { datasetIds: ["a", "b"], sizing: "percent", size: "50" },
    ["a", "b", "c"],
    { sizing: "percent", size: "33.33" },
  ],
  [
    "the last market alone has all the cash again",
    { datasetIds: ["a", "b"], sizing: "percent", size: "50" },
    ["b"],
    { sizing: "all" },
  ],
  [
    "a size that somebody chose stays, whatever the markets",
    { datasetIds: ["a", "b"], sizing: "percent", size: "10" },
    ["a", "b", "c"],
    { sizing: "percent", size: "10" },
  ],
  [
    "so does another kind of size",
    { datasetIds: ["a"], sizing: "risk", size: "1" },
    ["a", "b"],
    { sizing: "risk", size: "1" },
  ],
] as const)("%s", (_, before, markets, after) => {
  const start = draft(before);
  expect({ ...start, ...withMarkets(start, markets) }).toMatchObject({ datasetIds: markets, ...after });
});

test("several markets are told who gets the cash, one market is told nothing", () => {
  const two = { datasetIds: ["a", "b"] };
  expect(sizingNote(draft(two))).toContain("first takes all the cash");
  expect(sizingNote(draft({ ...two, sizing: "percent", size: "50" }))).toContain("50 % each");
  expect(sizingNote(draft({ ...two, sizing: "percent", size: "20" }))).toBeUndefined();
  expect(sizingNote(draft({ datasetIds: ["a"] }))).toBeUndefined();
});
