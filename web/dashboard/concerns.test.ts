import { describe, expect, it } from "vitest";
import type { DashboardAccount, DashboardState, OrderInDoubt } from "../../schema/wire/bot.ts";
import { besidesConcerns, concernsOf } from "./concerns.ts";

const NOW = 1_700_000_000_000;

function accountOf(change: Partial<DashboardAccount>): DashboardAccount {
  return {
    ...{ accountId: "acc_1", name: "Spot", mode: "paper", currency: "USDT", state: "ACTIVE", halt: null },
    ...{ equity: "1000", profitToday: "0", drawdown: "0", marketAt: null, connection: "connected", silentSince: null },
    ...{ differences: [], doubts: { count: 0, orders: [] }, openOrders: 0, orderChanges: null, positions: [] },
    venue: { name: "BINANCE", environment: "testnet" },
    stream: { state: "live", since: null, reason: "" },
    ...change,
  };
}

function of(change: Partial<DashboardAccount>) {
  return concernsOf({ accounts: { acc_1: accountOf(change) } }, NOW);
}

const BALANCE = {
  ...{ instrument: null, code: "BALANCE_DIFFERS", ours: "10000 USDT", theirs: "9000 USDT", at: NOW - 60_000 },
  figures: { unit: "USDT", ours: "9990", theirs: "8990", difference: "-1000", shares: [] },
};
const LOST: OrderInDoubt = {
  ...{ id: "o1", instrument: "BINANCE:BTCUSDT", side: "buy", quantity: "0.5", state: "LOST", sentAt: NOW - 90_000 },
};

describe("what is not as it should be", () => {
  it("is nothing of an account that hears its venue and agrees with it", () => {
    expect(of({})).toEqual([]);
    expect(of({ venue: null, stream: null })).toEqual([]);
  });

  it("is a venue that does not answer, since when, and where its key is", () => {
    const [away] = of({ connection: "disconnected", silentSince: NOW - 30_000 });
    expect(away).toMatchObject({ since: NOW - 30_000, place: { to: "settings", section: "venues" } });
    expect(away?.message).toBe("Binance spot does not answer.");
    expect(of({ connection: "disconnected", venue: { name: "MT5", environment: "demo" } })[0]?.message).toBe(
      "The terminal does not answer.",
    );
  });

  it("is a difference, with both sides as they are now", () => {
    const [differs] = of({ differences: [BALANCE] });
    expect(differs).toMatchObject({ level: "critical", since: BALANCE.at, place: { to: "risk" } });
    expect(differs?.message).toBe("The balance in USDT differs from the venue's.");
    expect(differs?.advice).toContain("9,990.00");
    expect(differs?.advice).toContain("8,990.00");
    expect(differs?.advice).toContain("1,000.00");
  });

  it("is an order that is lost, by its name, and how many there are besides those that are named", () => {
    const [lost, rest] = of({ doubts: { count: 3, orders: [LOST] } });
    expect(lost).toMatchObject({ level: "critical", since: LOST.sentAt, place: { to: "orders", order: "o1" } });
    expect(lost?.message).toContain("Buy 0.5 BTCUSDT");
    expect(rest?.message).toBe("2 more orders without a certain end.");
    expect(of({ doubts: { count: 1, orders: [{ ...LOST, state: "UNKNOWN" }] } })[0]).toMatchObject({
      level: "warning",
    });
  });

  it("is a stream that is refused, or away for longer than a break takes", () => {
    const reconnecting = (since: number) => of({ stream: { state: "reconnecting", since, reason: "" } });
    expect(reconnecting(NOW - 10_000)).toEqual([]);
    expect(reconnecting(NOW - 20_000)).toHaveLength(1);
    expect(of({ stream: { state: "refused", since: NOW, reason: "the key is wrong" } })[0]?.advice).toContain(
      "The key is wrong",
    );
  });

  it("tells what waits for a person before what is asked for again by itself", () => {
    const levels = of({ connection: "disconnected", differences: [BALANCE] }).map(({ level }) => level);
    expect(levels).toEqual(["critical", "warning"]);
  });

  it("stands for the alert that told of the same, and for no other", () => {
    const alert = (id: string, code: string, accountId: string): DashboardState["alerts"][number] => ({
      ...{ id, at: NOW, level: "critical", accountId, botId: null, code, message: "" },
    });
    const alerts = [
      alert("1", "BALANCE_DIFFERS", "acc_1"),
      alert("2", "KILL_SWITCH", "acc_1"),
      alert("3", "BALANCE_DIFFERS", "acc_2"),
    ];
    expect(besidesConcerns(alerts, of({ differences: [BALANCE] })).map(({ id }) => id)).toEqual(["2", "3"]);
  });
});
