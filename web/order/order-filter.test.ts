import { describe, expect, test } from "vitest";
import { parseOrdersSearch } from "../app/trading-search.ts";
import { fillFilter, hasOrderFilter, orderFilter } from "./order-filter.ts";

describe("filters of orders", () => {
  test("the last day is shown to its end", () => {
    const { from, to } = orderFilter(parseOrdersSearch({ from: "2026-02-01", to: "2026-02-01" }));
    expect((to ?? 0) - (from ?? 0)).toBe(86_400_000);
  });

  test("what an address says that makes no sense is left out", () => {
    const search = parseOrdersSearch({ state: "SOMETHING", from: "2026-02-31", open: "yes", q: "", order: 12 });
    expect(hasOrderFilter(search)).toBe(false);
    expect(search.order).toBe("12");
  });

  test("words are looked for no further than the API takes them", () => {
    expect(orderFilter({ q: "x".repeat(90) }).search).toHaveLength(60);
  });

  test("the market of executions is looked for as it is written, in part too, not as a whole id", () => {
    expect(fillFilter({ q: " eth " })).toEqual({ search: "eth" });
    expect(fillFilter({ q: "x".repeat(90) }).search).toHaveLength(60);
  });

  test("a state narrows orders and leaves executions as they are", () => {
    const search = parseOrdersSearch({ state: "DENIED", open: true, account: "a1" });
    expect(orderFilter(search)).toMatchObject({ state: "DENIED", open: "true", accountId: "a1" });
    expect(fillFilter(search)).toEqual({ accountId: "a1", search: undefined, from: undefined, to: undefined });
  });
});
