import { describe, expect, it } from "vitest";
import { auditFilter, parseAuditSearch } from "./audit-search.ts";

describe("the address of the audit page", () => {
  it("keeps what it knows and leaves out what is damaged", () => {
    const good = { what: "api-key", who: "others", from: "2026-01-31", to: "2026-02-28", q: "eve", entry: 12 };
    expect(parseAuditSearch(good)).toEqual(good);
    const bad = { what: "x", who: 3, from: "2026-02-30", to: "soon", q: "", entry: -1, other: 1 };
    expect(parseAuditSearch(bad)).toEqual({});
  });

  it("asks for whole days of the person's zone, the last one too", () => {
    const { from, to, action, by } = auditFilter({
      from: "2026-01-31",
      to: "2026-01-31",
      what: "backtest",
      who: "owner",
    });
    expect(from).toBe(new Date(2026, 0, 31).getTime());
    expect(to).toBe(new Date(2026, 1, 1).getTime());
    expect([action, by]).toEqual(["backtest.", "owner"]);
  });
});
