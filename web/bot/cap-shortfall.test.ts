import { expect, test } from "vitest";
import type { CapName } from "../../schema/wire/risk.ts";
import { capShortfall } from "./cap-shortfall.ts";

const MONTH = { largestOrder: "9521.88", largestPosition: "12000", worstDay: "2490.9" };

function wordsOf(cap: CapName, text: string, month: typeof MONTH | null = MONTH) {
  return capShortfall({ cap, text, currency: "USD" }, month);
}

test("a cap below what last month needed says what would be denied or paused", () => {
  expect(wordsOf("orderNotional", "100")).toMatch(/^Orders above this are denied: .*9,521\.88/);
  expect(wordsOf("positionNotional", "11999")).toMatch(/^Orders that lead above this are denied: .*12,000/);
  expect(wordsOf("dailyLoss", "500")).toMatch(/^It would have been paused .*2,490\.9/);
});

test("a day's loss that just reaches its limit pauses, and an order of just its cap's size passes", () => {
  expect(wordsOf("dailyLoss", "2490.9")).not.toBeNull();
  expect(wordsOf("orderNotional", "9521.88")).toBeNull();
  expect(wordsOf("positionNotional", "12000")).toBeNull();
});

test("nothing is said of a cap that leaves room, of an empty or unreadable one, and where last month is not known", () => {
  expect(wordsOf("dailyLoss", "2500")).toBeNull();
  expect(wordsOf("openOrders", "1")).toBeNull();
  expect(wordsOf("orderNotional", " ")).toBeNull();
  expect(wordsOf("orderNotional", "x")).toBeNull();
  expect(wordsOf("orderNotional", "100", null)).toBeNull();
  const still = { largestOrder: "0", largestPosition: "0", worstDay: "0" };
  for (const cap of ["orderNotional", "positionNotional", "dailyLoss"] as const)
    expect(wordsOf(cap, "0", still)).toBeNull();
});
