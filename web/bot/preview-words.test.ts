import { describe, expect, test } from "vitest";
import { previewKind, previewTradesWords } from "./preview-words.ts";

const LINE = [{ at: 1, equity: 10_000 }];

describe("last month in words", () => {
  test("what was bought and never sold counts as traded, and is said to be held still", () => {
    expect(previewKind({ equity: LINE, largestOrder: "466.41" })).toBe("traded");
    const words = previewTradesWords({ trades: 0, entries: 214, holding: 1 });
    expect(words).toBe("in 0 closed trades after 214 entries; it still holds a position");
    expect(previewTradesWords({ trades: 1, entries: 1, holding: 2 })).toBe(
      "in 1 closed trade after 1 entry; it still holds 2 positions",
    );
  });

  test("only trades are counted where nothing is held, or where an older server does not say", () => {
    expect(previewTradesWords({ trades: 12, entries: 12, holding: 0 })).toBe("in 12 trades");
    expect(previewTradesWords({ trades: 1 })).toBe("in 1 trade");
  });

  test("a month without candles is told from one in which nothing traded", () => {
    expect(previewKind({ equity: [], largestOrder: "0.00" })).toBe("no-candles");
    expect(previewKind({ equity: LINE, largestOrder: "0.00" })).toBe("no-trade");
  });
});
