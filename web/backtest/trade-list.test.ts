import fc from "fast-check";
import { expect, test } from "vitest";
import type { Backtest } from "../../schema/wire/backtest.ts";
import type { Trade } from "../../schema/wire/report.ts";
import { arrangeRuns } from "./run-list.ts";
import { arrangeTrades, sumTrades, type TRADE_SHOWS, TRADE_SORTS } from "./trade-list.ts";

const trades: readonly Trade[] = Array.from({ length: 300 }, (_, index) => tradeOf(index + 1));

/** A trade whose numbers follow from its own, so that every order differs. */
function tradeOf(id: number): Trade {
  const profit = ((id * 37) % 101) - 50;
  const entryTime = 1_700_000_000_000 + id * 3_600_000;
  return {
    ...{ id, symbol: id % 3 === 0 ? "ETH-USD" : "BTC-USD", side: id % 2 === 0 ? "long" : "short" },
    ...{ quantity: (id * 13) % 17, entryTime, entryPrice: 100, exitPrice: 101, entryTag: "", candles: (id * 7) % 23 },
    ...{
      exitTime: id === 300 ? null : entryTime + ((id * 11) % 29) * 60_000,
      exitReason: id === 300 ? "open" : "signal",
    },
    ...{
      fees: id % 5,
      profit,
      profitShare: profit / 1_000,
      mae: -(id % 7),
      mfe: id % 9,
      r: id % 4 === 0 ? null : id % 6,
    },
  };
}

/** A run with as much of it as the list reads. */
function runOf(id: string, change: Partial<Backtest>): Backtest {
  const headline = { totalReturn: 0.1, maxDrawdown: 0.2, sharpe: 1, trades: 3 };
  const run = {
    id,
    name: "",
    strategyTitle: "SMA cross",
    symbols: ["BTC-USD"],
    settings: { timeframe: "1h", strategy: { parameters: {} } },
  };
  return { ...run, status: "done", headline, createdAt: 0, ...change } as Backtest;
}

test("whatever is sorted by, no trade is lost or made, and the order holds", () => {
  fc.assert(
    fc.property(fc.constantFrom(...TRADE_SORTS), fc.constantFrom("asc" as const, "desc" as const), (sort, order) => {
      const arranged = arrangeTrades(trades, { sort, order });
      expect(new Set(arranged.map((trade) => trade.id)).size).toBe(trades.length);
      const keys = arranged.map((trade) => trade[sort]).filter((key) => key !== null);
      const expected = keys.toSorted((a, b) => (order === "asc" ? a - b : b - a));
      expect(keys).toEqual(expected);
    }),
  );
});

test("trades that have no value to sort by come last both ways", () => {
  for (const order of ["asc", "desc"] as const) {
    expect(arrangeTrades(trades, { sort: "exitTime", order }).at(-1)?.exitTime).toBeNull();
  }
});

test("the filters part the trades without loss", () => {
  const count = (show: (typeof TRADE_SHOWS)[number]) =>
    arrangeTrades(trades, { sort: "id", order: "asc", show }).length;
  expect(count("long") + count("short")).toBe(trades.length);
  expect(count("wins") + count("losses")).toBe(trades.filter((trade) => trade.profit !== 0).length);
  expect(count("open")).toBe(1);
});

test("the sums over the trades shown are those of the trades", () => {
  const sum = sumTrades(trades);
  expect(sum.profit).toBeCloseTo(
    trades.reduce((total, trade) => total + trade.profit, 0),
    6,
  );
  expect(sumTrades([]).winShare).toBeNull();
});

test("runs are found by every word, and runs without numbers come last", () => {
  const runs = [
    runOf("a", { name: "Alpha on gold", headline: null, status: "failed" }),
    runOf("b", { name: "Beta on gold" }),
    runOf("c", { name: "Gamma", status: "queued", headline: null }),
  ];
  expect(arrangeRuns(runs, { q: "gold beta" }).map((run) => run.id)).toEqual(["b"]);
  expect(arrangeRuns(runs, { sort: "return", order: "asc" })[0].id).toBe("b");
  expect(arrangeRuns(runs, { sort: "return", order: "desc" })[0].id).toBe("b");
  expect(arrangeRuns(runs, { status: "running" }).map((run) => run.id)).toEqual(["c"]);
});
