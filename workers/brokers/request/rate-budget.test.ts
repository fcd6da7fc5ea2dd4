import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RateBudget, type RateWindow } from "./rate-budget.ts";
import { sharedBudget } from "./shared-budget.ts";
import type { RequestKind } from "./venue-reply.ts";

const WEIGHT: RateWindow = { name: "weight", capacity: 100, windowMs: 60_000, counts: "weight" };
const ORDERS: RateWindow = { name: "orders", capacity: 10, windowMs: 10_000, counts: ["order"] };
const NOW = 1_700_000_000_000;

describe("a budget of requests", () => {
  it("never sends more in any stretch of a window than the venue allows", () => {
    const kinds: readonly RequestKind[] = ["order", "cancel", "query", "data"];
    const request = fc.record({
      waitMs: fc.nat(3_000),
      kind: fc.constantFrom(...kinds),
      weight: fc.integer({ min: 1, max: 30 }),
    });
    const property = fc.property(fc.array(request, { maxLength: 300 }), (requests) => {
      const budget = new RateBudget([WEIGHT, ORDERS]);
      const sent: { at: number; weight: number; kind: RequestKind }[] = [];
      let now = NOW;
      for (const { waitMs, kind, weight } of requests) {
        now += waitMs;
        if (budget.take(kind, weight, now) === undefined) sent.push({ at: now, weight, kind });
      }
      for (const { at } of sent) {
        const within = (ms: number) => sent.filter((each) => each.at >= at && each.at < at + ms);
        const weight = within(60_000).reduce((sum, each) => sum + each.weight, 0);
        expect(weight).toBeLessThanOrEqual(100);
        expect(within(10_000).filter((each) => each.kind === "order").length).toBeLessThanOrEqual(10);
      }
    });
    fc.assert(property, { numRuns: 200, seed: 7 });
  });

  it("F12: leaves a fifth to cancels, whatever else is asked for", () => {
    const budget = new RateBudget([WEIGHT]);
    for (const kind of ["data", "query", "order"] as const) {
      while (budget.take(kind, 1, NOW) === undefined);
    }
    let cancels = 0;
    while (budget.take("cancel", 1, NOW) === undefined) cancels++;
    expect(cancels).toBe(20);
  });

  it("says when a request would fit, and lets it through then", () => {
    const budget = new RateBudget([WEIGHT]);
    for (let sent = 0; sent < 5; sent++) budget.take("data", 10, NOW + sent * 1_000);
    const retryAt = budget.take("data", 20, NOW + 5_000);
    expect(retryAt).toBe(NOW + 1_000 + 60_000);
    expect(budget.take("data", 20, NOW + 1_000 + 60_000 - 1)).toBeDefined();
    expect(budget.take("data", 20, NOW + 1_000 + 60_000)).toBeUndefined();
  });

  it("counts what others behind the same address use, until the venue's window ends", () => {
    const budget = new RateBudget([WEIGHT]);
    const start = Math.ceil(NOW / 60_000) * 60_000;
    budget.take("data", 5, start);
    budget.hear({ used: { weight: 95 } }, start);
    expect(budget.take("order", 1, start + 1)).toBeDefined();
    expect(budget.take("cancel", 5, start + 1)).toBeUndefined();
    expect(budget.take("order", 1, start + 60_000)).toBeUndefined();
  });

  it("sends nothing at all while the venue asks to wait, cancels included", () => {
    const budget = new RateBudget([WEIGHT]);
    budget.hear({ pausedUntil: NOW + 5_000 }, NOW);
    expect(budget.take("cancel", 1, NOW + 4_999)).toBe(NOW + 5_000);
    // A later reply that asks for less does not shorten it.
    budget.hear({ pausedUntil: NOW + 1_000 }, NOW);
    expect(budget.take("cancel", 1, NOW + 4_999)).toBe(NOW + 5_000);
    expect(budget.take("cancel", 1, NOW + 5_000)).toBeUndefined();
  });

  it("follows a limit that the venue changed", () => {
    const budget = new RateBudget([WEIGHT]);
    budget.hear({ capacity: { weight: 10 } }, NOW);
    for (let sent = 0; sent < 5; sent++) expect(budget.take("data", 1, NOW)).toBeUndefined();
    expect(budget.take("data", 1, NOW)).toBeDefined();
  });

  it("F12: is one for everybody in a process who shares a limit", () => {
    const [one, other] = ["here", "here"].map((name) => sharedBudget(name, [WEIGHT]));
    while (one.take("data", 1, NOW) === undefined);
    expect(other.take("data", 1, NOW)).toBeDefined();
    expect(sharedBudget("elsewhere", [WEIGHT]).take("data", 1, NOW)).toBeUndefined();
  });

  it("F31: does not stay empty where the clock is set back", () => {
    const budget = new RateBudget([WEIGHT]);
    while (budget.take("data", 1, NOW) === undefined);
    expect(budget.take("data", 1, NOW - 3_600_000)).toBeUndefined();
  });
});
