import { describe, expect, it } from "vitest";
import { parseMoney } from "../core/ledger/decimal-text.ts";
import { accountBalance } from "../core/ledger/ledger.ts";
import { BTC } from "../core/testing/risk-books.ts";
import { openBot } from "./account-bots.ts";
import type { AccountVenue } from "./account-venue.ts";
import { fillEvent, intent, NOW, newDesk, told } from "./testing/scripted-desk.ts";

const CAPS = { orderNotional: "10000", positionNotional: "10000", openOrders: "10", dailyLoss: "1000" };

/** What an object's storage keeps by name. */
function newKv(): SyncKvStorage {
  const values = new Map<string, unknown>();
  const kv = {
    get: (name: string) => values.get(name),
    put: (name: string, value: unknown) => values.set(name, value),
  };
  return kv as unknown as SyncKvStorage;
}

describe("the share of a bot", () => {
  it("is exactly a version's capital when the version begins, whatever the one before gained or lost", async () => {
    const { desk, broker } = await newDesk();
    const opened: string[] = [];
    const venue: AccountVenue = {
      broker,
      begin: async () => undefined,
      openBook: async ({ cash }) => void opened.push(cash),
      end: async () => undefined,
    };
    const parts = { desk, venue, kv: newKv(), at: NOW };
    const cash = () => accountBalance(desk.books.scope("bot_v").ledger, "cash", "USD");
    const open = (version: number, capital: string) =>
      openBot(parts, { botId: "bot_v", version, capital, leverage: 1, limits: { caps: CAPS }, instruments: [BTC] });
    await open(1, "10000");
    expect(cash()).toBe(parseMoney("10000", "cash"));
    const { order } = await desk.submit("bot_v", intent());
    await desk.hear(told([fillEvent(1, order.order.id)]));
    const exit = await desk.submit("bot_v", intent({ side: "sell", ordinal: 1, signal: "out", reduceOnly: true }));
    const sold = fillEvent(2, exit.order.order.id);
    if (sold.type === "fill") await desk.hear(told([{ ...sold, fill: { ...sold.fill, side: "sell" } }]));
    expect(cash()).toBeLessThan(parseMoney("10000", "cash"));
    await open(2, "8000");
    expect(cash()).toBe(parseMoney("8000", "cash"));
    await open(2, "8000");
    expect(cash()).toBe(parseMoney("8000", "cash"));
    expect(opened).toEqual(["10000", "8000", "8000"]);
  });
});
