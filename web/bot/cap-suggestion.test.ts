import { describe, expect, test } from "vitest";
import { suggestCaps } from "./cap-suggestion.ts";

const MONTH = { largestOrder: "23750", largestPosition: "24102.5", worstDay: "412.6" };

describe("caps that are suggested", () => {
  test("last month fits under them with room to spare, in round numbers", () => {
    const caps = suggestCaps({ preview: MONTH, capital: 25_000, leverage: 1, instruments: 1 });
    expect(caps).toEqual({ orderNotional: "30000", positionNotional: "31000", openOrders: "6", dailyLoss: "620" });
  });

  test("a month without trades takes the sizes from the capital", () => {
    const preview = { largestOrder: "0", largestPosition: "0", worstDay: "0" };
    const caps = suggestCaps({ preview, capital: 10_000, leverage: 2, instruments: 1 });
    expect(caps).toMatchObject({ orderNotional: "25000", positionNotional: "25000", dailyLoss: "200" });
  });

  test("a position is never capped under one order", () => {
    const preview = { ...MONTH, largestPosition: "10" };
    const caps = suggestCaps({ preview, capital: 25_000, leverage: 1, instruments: 1 });
    expect(Number(caps.positionNotional)).toBeGreaterThanOrEqual(Number(caps.orderNotional));
  });

  test("no suggestion lets a day take more than a fifth of the capital", () => {
    const preview = { ...MONTH, worstDay: "24000" };
    expect(suggestCaps({ preview, capital: 25_000, leverage: 1, instruments: 1 }).dailyLoss).toBe("5000");
  });

  test("each instrument has room for its orders, and small amounts stay exact", () => {
    const preview = { largestOrder: "0.00123", largestPosition: "0.00123", worstDay: "0.0001" };
    const caps = suggestCaps({ preview, capital: 0.01, leverage: 1, instruments: 3 });
    expect(caps).toMatchObject({ openOrders: "18", orderNotional: "0.0016", dailyLoss: "0.0002" });
  });
});
