import { describe, expect, test } from "vitest";
import { fullTrading } from "../../e2e/fixture/trading.ts";
import { arrangeBots } from "./bot-list.ts";

const { bots } = fullTrading();

describe("the list of bots", () => {
  test("a bot without the number that is sorted by comes last, whichever way", () => {
    for (const order of ["asc", "desc"] as const) {
      expect(arrangeBots(bots, { sort: "profit", order }).at(-1)?.profit).toBeNull();
    }
    expect(arrangeBots(bots, { sort: "profit" })[0]?.profit).toBe("1312.4");
  });

  test("words are found in name, strategy, market and timeframe, all of them", () => {
    expect(arrangeBots(bots, { q: "ether REVERSION" }).map(({ id }) => id)).toEqual(["b3"]);
    expect(arrangeBots(bots, { q: "btc-usd 1h" })).toHaveLength(bots.length);
    expect(arrangeBots(bots, { q: "ether breakout" })).toEqual([]);
  });

  test("a state lets through its own and leaves the list it was given as it was", () => {
    const before = [...bots];
    expect(arrangeBots(bots, { status: "halted", sort: "name" }).map(({ id }) => id)).toEqual(["b4"]);
    expect(bots).toEqual(before);
  });
});
