import { describe, expect, it } from "vitest";
import { auditDifference } from "./audit-difference.ts";

describe("the difference of an entry", () => {
  it("names each value that changed, appeared or went, and none that stayed", () => {
    const before = { name: "a", fees: { taker: 1, maker: 2 }, tags: ["x", "y"], gone: true };
    const after = { name: "b", fees: { taker: 1, maker: 3 }, tags: ["x"], fresh: null };
    expect(auditDifference(before, after)).toEqual([
      { path: "name", before: "a", after: "b" },
      { path: "fees.maker", before: "2", after: "3" },
      { path: "tags.1", before: "y", after: undefined },
      { path: "gone", before: "true", after: undefined },
      { path: "fresh", before: undefined, after: "none" },
    ]);
  });

  it("shows all of what was made or deleted, and nothing where nothing was told", () => {
    expect(auditDifference(null, { name: "a" })).toEqual([{ path: "name", before: undefined, after: "a" }]);
    expect(auditDifference(7, null)).toEqual([{ path: "", before: "7", after: undefined }]);
    expect(auditDifference(null, null)).toEqual([]);
  });
});
