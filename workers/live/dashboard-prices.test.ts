import { describe, expect, it } from "vitest";
import type { DashboardAccount } from "../../schema/wire/bot.ts";
import { DashboardPrices } from "./dashboard-prices.ts";

const ACCOUNT: DashboardAccount = {
  ...{ accountId: "acc_1", name: "Paper", mode: "paper", currency: "USD", state: "ACTIVE", halt: null },
  ...{ equity: "1000", profitToday: "0", drawdown: "0", marketAt: 1, connection: "connected", stream: null },
  ...{ venue: null, silentSince: null, differences: [], doubts: { count: 0, orders: [] }, openOrders: 0 },
  orderChanges: { desk: 1, lists: 1 },
  positions: [{ instrument: "BTC", quantity: "1", averagePrice: "100", mark: "100", unrealised: "0" }],
};
const NOW = 1_700_000_000_000;

describe("reports of an account to the dashboard", () => {
  const moved: DashboardAccount = {
    ...{ ...ACCOUNT, equity: "1001", profitToday: "1", drawdown: "0.1", marketAt: 2 },
    orderChanges: { desk: 2, lists: 2 },
    positions: [{ ...ACCOUNT.positions[0], mark: "101", unrealised: "1" }],
  };

  it("that differ in prices alone are stored ten seconds after the last", () => {
    const prices = new DashboardPrices();
    expect(prices.isToStore(ACCOUNT, undefined, NOW)).toBe(true);
    expect(prices.isToStore(moved, ACCOUNT, NOW + 9_999)).toBe(false);
    expect(prices.isToStore(moved, ACCOUNT, NOW + 10_000)).toBe(true);
    expect(prices.isToStore(ACCOUNT, moved, NOW + 10_001)).toBe(false);
  });

  it.each([
    ["a stop", { state: "HALTED" }],
    ["an order", { openOrders: 1 }],
    ["a position that is closed", { positions: [] }],
    ["another quantity", { positions: [{ ...moved.positions[0], quantity: "2" }] }],
    ["another name", { name: "Mine" }],
  ] as const)("that tell of %s are stored at once", (_, change) => {
    const prices = new DashboardPrices();
    prices.isToStore(ACCOUNT, undefined, NOW);
    expect(prices.isToStore({ ...moved, ...change } as DashboardAccount, moved, NOW + 1)).toBe(true);
  });
});
