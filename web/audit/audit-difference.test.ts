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

  it("writes moments as such, and counts as they are", () => {
    const after = {
      until: Date.UTC(2026, 2, 1, 12),
      expiresAt: Date.UTC(2026, 2, 2),
      flatten: false,
      to: 5,
      total: 1_795_375_711_069,
    };
    expect(auditDifference(null, after).map((row) => row.after)).toEqual([
      "2026-03-01 12:00:00 UTC",
      "2026-03-02 00:00:00 UTC",
      "false",
      "5",
      "1795375711069",
    ]);
  });

  it("shows all of what was made or deleted, and nothing where nothing was told", () => {
    expect(auditDifference(null, { name: "a" })).toEqual([{ path: "name", before: undefined, after: "a" }]);
    expect(auditDifference(7, null)).toEqual([{ path: "", before: "7", after: undefined }]);
    expect(auditDifference(null, null)).toEqual([]);
  });
});
