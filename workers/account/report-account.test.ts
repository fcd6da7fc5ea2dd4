import { expect, it } from "vitest";
import { DOUBTS_SHOWN_MAX } from "../../schema/wire/bot.ts";
import type { AccountState } from "../../schema/wire/trading.ts";
import { dashboardAccount } from "./report-account.ts";

function told(state: Partial<AccountState>) {
  const known = {
    connection: { state: "connected", since: 1, reconciledAt: 1 },
    openOrders: [],
    positions: [],
    halts: [],
  };
  const account = { name: "Spot", market: { kind: "sim" } } as const;
  const whole = { ...known, ...state } as unknown as AccountState;
  return dashboardAccount(account, { state: whole, halt: null, orderChanges: null });
}

it("tells since when a venue is silent, and nothing of it while it answers", () => {
  expect(told({}).silentSince).toBeNull();
  expect(told({ connection: { state: "disconnected", since: 7, reconciledAt: 1 } }).silentSince).toBe(7);
});

it("names orders without a certain end, those that were sent first, and counts the others", () => {
  const order = (id: number, change: object = {}) => ({
    id: `o${id}`,
    state: "UNKNOWN",
    released: false,
    createdAt: id,
    ...change,
  });
  const doubtful = Array.from({ length: DOUBTS_SHOWN_MAX + 2 }, (_, index) => order(100 - index));
  const others = [order(1, { state: "ACCEPTED" }), order(2, { state: "LOST", released: true })];
  const { doubts } = told({ openOrders: [...doubtful, ...others, order(3, { state: "LOST" })] as never });
  expect(doubts.count).toBe(DOUBTS_SHOWN_MAX + 3);
  expect(doubts.orders.map(({ id }) => id)).toEqual(["o3", "o94", "o95", "o96", "o97"]);
});
