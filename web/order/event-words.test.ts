import { describe, expect, test } from "vitest";
import { eventWords } from "./event-words.ts";

describe("what an event of an order carries", () => {
  test("a fill is told by its parts, without the zeros that say nothing", () => {
    const fill = {
      tradeId: "t1",
      quantity: "0.500000000000000000",
      price: "69463.84",
      fee: "-1.20",
      at: 5,
      liquidity: "taker",
    };
    expect(eventWords(JSON.stringify({ type: "fill", fill }))).toBe(
      "trade id t1, quantity 0.5, price 69463.84, fee -1.2, liquidity taker",
    );
  });

  test("an event of nothing but its name says nothing more", () => {
    expect(eventWords('{"type":"submit"}')).toBe("");
  });

  test("words that somebody wrote stay as they are", () => {
    expect(eventWords("The venue calls it 88120417")).toBe("The venue calls it 88120417");
    expect(eventWords("100.0")).toBe("100.0");
  });
});
