import { describe, expect, test } from "vitest";
import { JournalStatistics } from "../../../schema/wire/journal.ts";
import { parseMoney } from "../../core/ledger/decimal-text.ts";
import { summariseTrades } from "./journal-statistics.ts";

const trade = (currency: string, profit: string, ...tags: string[]) => ({
  ...{ currency, profit: parseMoney(profit, "profit"), tags },
});

describe("the statistics of the journal", () => {
  test("add no money of one currency to that of another: each has its own sums, all and by tag", () => {
    const statistics = summariseTrades([
      trade("USD", "-73", "early", "reversion"),
      trade("BTC", "-176.43", "early", "breakout"),
      trade("BTC", "266.86"),
    ]);
    expect(statistics.currencies).toEqual([
      {
        currency: "BTC",
        all: {
          ...{ tag: "", trades: 2, profit: "90.43", winRate: 0.5, averageProfit: "45.215" },
          profitFactor: expect.closeTo(266.86 / 176.43, 12),
        },
        tags: [
          { tag: "early", trades: 1, profit: "-176.43", winRate: 0, profitFactor: 0, averageProfit: "-176.43" },
          { tag: "breakout", trades: 1, profit: "-176.43", winRate: 0, profitFactor: 0, averageProfit: "-176.43" },
        ],
      },
      {
        currency: "USD",
        all: { tag: "", trades: 1, profit: "-73", winRate: 0, profitFactor: 0, averageProfit: "-73" },
        tags: [
          { tag: "early", trades: 1, profit: "-73", winRate: 0, profitFactor: 0, averageProfit: "-73" },
          { tag: "reversion", trades: 1, profit: "-73", winRate: 0, profitFactor: 0, averageProfit: "-73" },
        ],
      },
    ]);
    const none = { currency: null, profit: null, profitFactor: null, averageProfit: null };
    expect(statistics.all).toEqual({ tag: "", trades: 3, winRate: 1 / 3, ...none });
    expect(statistics.tags[0]).toEqual({ tag: "early", trades: 2, winRate: 0, ...none });
    expect(statistics.tags.slice(1)).toMatchObject([
      { tag: "reversion", currency: "USD", profit: "-73" },
      { tag: "breakout", currency: "BTC", profit: "-176.43" },
    ]);
    expect(JournalStatistics.parse(statistics)).toEqual(statistics);
  });

  test("of one currency are what they were, and name it", () => {
    const { all, currencies } = summariseTrades([trade("USD", "30"), trade("USD", "-10")]);
    expect(all).toEqual({
      ...{ tag: "", currency: "USD", trades: 2, profit: "20", winRate: 0.5, profitFactor: 3, averageProfit: "10" },
    });
    expect(currencies).toHaveLength(1);
  });

  test("without a trade are zeros, and of no currency", () => {
    expect(summariseTrades([])).toEqual({
      all: { tag: "", currency: null, trades: 0, profit: "0", winRate: null, profitFactor: null, averageProfit: "0" },
      ...{ tags: [], currencies: [] },
    });
  });
});
