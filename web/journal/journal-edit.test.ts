import { describe, expect, test } from "vitest";
import { draftOfTrade, editOfDraft, tagsIn } from "./journal-edit.ts";

describe("what a person writes about a trade", () => {
  test("tags are kept once, without the spaces around them", () => {
    expect(tagsIn(" trend, ,Trend,  break  out ,")).toEqual(["trend", "break out"]);
  });

  test("what was stored comes back from the form unchanged", () => {
    const trade = { notes: "late\nentry", tags: ["trend", "patient"], rating: 4 };
    expect(editOfDraft(draftOfTrade(trade)).edit).toEqual(trade);
  });

  test("too many tags and one that is too long are said with their numbers", () => {
    const many = Array.from({ length: 13 }, (_, index) => `t${index}`).join(",");
    expect(editOfDraft({ notes: "", tags: many, rating: null }).problems.get("tags")).toBe(
      "must be at most 12 tags, were 13",
    );
    const { edit, problems } = editOfDraft({ notes: "", tags: "x".repeat(41), rating: null });
    expect(edit).toBeNull();
    expect(problems.get("tags")).toContain("at most 40 characters");
  });
});
