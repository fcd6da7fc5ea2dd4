import { expect, test } from "vitest";
import { datasetOf } from "../../e2e/fixture/candles.ts";
import { openingDraft } from "./opening-draft.ts";
import { FIRST_DRAFT, type RunDraft } from "./run-draft.ts";

const IMPORTED_MS = 2_000;
const simulated = datasetOf("sim", { createdAt: 1_000 });
const imported = datasetOf("mine", { source: "import", createdAt: IMPORTED_MS });
const datasets = [simulated, imported];
const nothing = { stored: undefined, savedAt: 0, search: {}, earlier: undefined, datasets, library: [], own: [] };
const typed: RunDraft = { ...FIRST_DRAFT, datasetIds: ["sim"], cash: "500", from: "2024-01-01" };

test("a first visit begins with the newest candles", () => {
  expect(openingDraft(nothing)).toMatchObject({ datasetIds: ["mine"], cash: "10000" });
});

test("what was typed is kept, but candles imported since are what the next run is about", () => {
  const later = { ...nothing, stored: typed, savedAt: IMPORTED_MS + 1 };
  expect(openingDraft(later)).toMatchObject({ datasetIds: ["sim"], cash: "500", from: "2024-01-01" });
  const before = { ...later, savedAt: IMPORTED_MS - 1 };
  expect(openingDraft(before)).toMatchObject({ datasetIds: ["mine"], cash: "500", from: "" });
});

test("the address decides the candles before anything else, and one that is gone decides nothing", () => {
  const stored = { ...nothing, stored: typed, savedAt: IMPORTED_MS + 1 };
  expect(openingDraft({ ...stored, search: { dataset: "mine" } }).datasetIds).toEqual(["mine"]);
  expect(openingDraft({ ...stored, search: { dataset: "gone" } }).datasetIds).toEqual(["sim"]);
  expect(openingDraft({ ...stored, datasets: [imported] }).datasetIds).toEqual(["mine"]);
});

test("several markets that were chosen with all cash stay as they were chosen", () => {
  const both: RunDraft = { ...FIRST_DRAFT, datasetIds: ["sim", "mine"], sizing: "all" };
  expect(openingDraft({ ...nothing, stored: both, savedAt: IMPORTED_MS + 1 })).toMatchObject({
    datasetIds: ["sim", "mine"],
    sizing: "all",
  });
});
