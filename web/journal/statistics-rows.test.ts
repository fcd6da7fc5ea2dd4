import { describe, expect, test } from "vitest";
import { statisticsRows } from "./statistics-rows.ts";

const of = (tag: string, profit: string) => ({
  ...{ tag, profit, trades: 1, winRate: 0, profitFactor: 0, averageProfit: profit },
});
const USD = { currency: "USD", all: of("", "-73"), tags: [of("early", "-73")] };
const BTC = { currency: "BTC", all: of("", "-373.59"), tags: [of("early", "-176.43")] };
const WHOLE = {
  all: { ...of("", "0"), currency: null, profit: null, profitFactor: null, averageProfit: null },
  tags: [],
};

describe("rows of the journal's statistics", () => {
  test("a tag in two currencies has a row in each, and no row has both", () => {
    const rows = statisticsRows({ ...WHOLE, currencies: [BTC, USD] });
    expect(rows.map(({ words, currency, profit }) => `${words}: ${profit} ${currency}`)).toEqual([
      "All trades in BTC: -373.59 BTC",
      "early: -176.43 BTC",
      "All trades in USD: -73 USD",
      "early: -73 USD",
    ]);
  });

  test("one currency alone is not named over its trades", () => {
    expect(statisticsRows({ ...WHOLE, currencies: [USD] }).map(({ words }) => words)).toEqual(["All trades", "early"]);
    expect(statisticsRows({ ...WHOLE, currencies: [] })).toEqual([]);
  });
});
