import { expect, it } from "vitest";
import { readPending } from "./pending-migrations.ts";

const FILES = ["0000_first.sql", "0014_with-a-dash.sql"];

it("migrations still to be applied are those that the tool names", () => {
  const table = "Migrations to be applied:\n┌──────┐\n│ Name │\n├──────┤\n│ 0014_with-a-dash.sql │\n└──────┘";
  expect(readPending(table, FILES)).toEqual(["0014_with-a-dash.sql"]);
  expect(readPending("✅ No migrations to apply!", FILES)).toEqual([]);
});

it.each([
  ["│ 0015_of-elsewhere.sql │", "not in the tree: 0015_of-elsewhere.sql"],
  ["", "not understood"],
  ["Migrations to be applied:\n│ 0014_wi", "not understood"],
])("are not taken for none where that is not said: %j", (told, words) => {
  expect(() => readPending(told, FILES)).toThrow(words);
});
