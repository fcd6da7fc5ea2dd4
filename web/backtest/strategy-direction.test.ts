import { expect, test } from "vitest";
import type { LibraryStrategy } from "../../schema/wire/strategy.ts";
import { directionFor, withStrategy } from "./strategy-direction.ts";

const row = (id: string, shorts: boolean): LibraryStrategy => ({
  ...{ id, title: id, summary: "", scope: "each" as const, shorts, parameters: [], document: null },
});
const lists = { library: [row("trend", false), row("swing", true)], own: [] };
const draft = (strategy: string, direction: "long" | "short" | "both") => ({ strategy, direction });

test("a strategy that never goes short runs long only, whatever was chosen for another", () => {
  expect(withStrategy({ ...lists, draft: draft("library:swing", "both") }, "library:trend").direction).toBe("long");
  expect(directionFor(lists, draft("library:trend", "short"))).toBe("long");
});

test("what was chosen stays where the strategy can do it, and long only is not kept where it was no choice", () => {
  expect(directionFor(lists, draft("library:swing", "short"))).toBe("short");
  expect(withStrategy({ ...lists, draft: draft("library:trend", "long") }, "library:swing").direction).toBe("both");
  expect(withStrategy({ ...lists, draft: draft("rules", "long") }, "library:swing").direction).toBe("long");
});
