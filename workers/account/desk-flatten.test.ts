import { describe, expect, it } from "vitest";
import type { Decimal, Money } from "../core/ledger/decimal.ts";
import { parseDecimal } from "../core/ledger/decimal-text.ts";
import type { VenueFill } from "../core/ledger/venue-report.ts";
import { money, quantity } from "../core/testing/orders.ts";
import { BTC } from "../core/testing/risk-books.ts";
import { ACCOUNT_SCOPE, KILL_REASON } from "./desk-account.ts";
import { fillEvent, intent, NOW, newDesk, told } from "./testing/scripted-desk.ts";

describe("a kill switch that closes", () => {
  /** A desk whose bot holds 20 in two orders, of which one more would be too many or too large. */
  async function holding(caps: Readonly<Record<string, string>>, instruments = [BTC]) {
    const parts = await newDesk();
    const { desk, broker, clock } = parts;
    for (const [ordinal, sequence] of [1, 2].entries()) {
      const { order } = await desk.submit("bot_1", intent({ ordinal, signal: `signal ${ordinal}` }));
      await desk.hear(told([fillEvent(sequence, order.order.id)]));
    }
    const limits = desk.gate.limits("bot_1").bot;
    const narrow = Object.fromEntries(Object.entries(caps).map(([name, text]) => [name, parseDecimal(text, name)]));
    desk.books.write(() => desk.switches.setLimits("bot_1", { caps: { ...limits.caps, ...narrow }, instruments }));
    await desk.hear({ events: [], marks: [{ ...broker.mark(), at: clock.now }], marketAt: clock.now });
    return parts;
  }

  it.each([
    ["the throttle halted it", { executions: "2" }],
    ["it holds more than one order may be", { orderQuantity: "10" }],
    ["it holds more than one order may be worth", { orderNotional: "1500" }],
    ["its instrument may be traded no more", {}, ["SIM:ETH-USD"]],
    ["its open orders would be worth more than they may", { openOrderNotional: "1500" }],
  ])("closes what is held also where %s", async (_, caps, instruments?: string[]) => {
    const { desk, broker } = await holding(caps, instruments);
    const denied = await desk.submit("bot_1", intent({ leg: "exit", side: "sell", quantity: "20", reduceOnly: true }));
    expect(denied.order.order.state).toBe("DENIED");
    desk.switches.kill({ kind: "bot", bot: "bot_1" }, { flatten: true, at: NOW });
    await desk.followKill();
    expect(broker.placed.at(-1)).toMatchObject({
      role: "flatten",
      side: "sell",
      reduceOnly: true,
      quantity: quantity("20"),
    });
  });
});

describe("a kill switch of the whole account that closes", () => {
  /** A desk with bots that hold so much each; below zero is short. */
  async function withBots(sizes: readonly string[], fee: Partial<VenueFill> = {}) {
    const parts = await newDesk();
    const { desk } = parts;
    const caps = { orderNotional: "10000", positionNotional: "20000", openOrders: "10", dailyLoss: "1000" };
    const set = Object.fromEntries(Object.entries(caps).map(([name, text]) => [name, parseDecimal(text, name)]));
    for (const [index, size] of sizes.entries()) {
      const bot = `many_${index}`;
      parts.clock.now += 1_000;
      const at = parts.clock.now;
      await desk.hear({ events: [], marks: [{ ...parts.broker.mark(), at, heardAt: at }], marketAt: at });
      desk.books.write(() => {
        desk.switches.setLimits(bot, { caps: set, instruments: [BTC] });
        desk.switches.allot(bot, { capital: money("5000"), id: `capital:${bot}`, at: NOW });
      });
      const side = size.startsWith("-") ? "sell" : "buy";
      const { order } = await desk.submit(bot, intent({ side, quantity: size.replace("-", ""), signal: `of ${bot}` }));
      const event = fillEvent(index + 1, order.order.id, size.replace("-", ""));
      if (event.type === "fill") await desk.hear(told([{ ...event, fill: { ...event.fill, ...fee, side } }]));
    }
    const closed = () =>
      parts.broker.placed.filter(({ role }) => role === "flatten").map(({ side, quantity: size }) => [side, size]);
    return { ...parts, closed };
  }

  it("closes as much of many bots at once, however equal they are and whatever rate orders may have", async () => {
    const { desk, closed } = await withBots(Array.from({ length: 12 }, () => "1"));
    desk.switches.kill({ kind: "account" }, { flatten: true, at: NOW });
    await desk.followKill();
    expect(closed()).toEqual(Array.from({ length: 12 }, () => ["sell", quantity("1")]));
  });

  it.each([
    ["after the day's loss", { dailyLoss: "0" }],
    ["past the exposure that was allowed since", { grossExposure: "1" }],
  ])("closes bots that hold opposite sides, also %s", async (_, caps) => {
    const { desk, closed } = await withBots(["20", "-15"]);
    const narrow = Object.fromEntries(Object.entries(caps).map(([name, text]) => [name, parseDecimal(text, name)]));
    desk.books.write(() => desk.switches.setLimits(ACCOUNT_SCOPE, { caps: narrow }));
    desk.switches.kill({ kind: "account" }, { flatten: true, at: NOW });
    await desk.followKill();
    expect(closed()).toEqual([
      ["sell", quantity("20")],
      ["buy", quantity("15")],
    ]);
  });

  it("closes whole lots, and is done where what a fee has left of the coins is less than a lot", async () => {
    const inKind = { fee: quantity("0.0015") as Decimal as Money, feeCurrency: "BTC", feeInKind: true };
    const { desk, closed } = await withBots(["1"], inKind);
    desk.switches.kill({ kind: "account" }, { flatten: true, at: NOW });
    await desk.followKill();
    expect(closed()).toEqual([["sell", quantity("0.998")]]);
    const [last] = desk.books.openOrders().filter(({ order }) => order.role === "flatten");
    const event = fillEvent(2, last.order.id, "0.998");
    if (event.type === "fill") await desk.hear(told([{ ...event, fill: { ...event.fill, side: "sell" } }]));
    await desk.followKill();
    expect(closed()).toHaveLength(1);
    expect(desk.books.record.flatten).toEqual([]);
  });

  it("closes outside of the hours in which the account may trade", async () => {
    const { desk, closed } = await withBots(["1"]);
    desk.books.write(() => desk.switches.setLimits(ACCOUNT_SCOPE, { caps: {}, windows: [] }));
    desk.switches.kill({ kind: "account" }, { flatten: true, at: NOW });
    await desk.followKill();
    expect(closed()).toEqual([["sell", quantity("1")]]);
  });

  it("goes on where somebody halts again what is halted", async () => {
    const { desk, closed } = await withBots(["1"]);
    desk.switches.kill({ kind: "account" }, { flatten: true, at: NOW });
    desk.switches.set({ kind: "account" }, "HALTED", "by hand");
    expect(desk.books.scope(ACCOUNT_SCOPE).trading.reason).toBe(KILL_REASON);
    await desk.followKill();
    expect(closed()).toEqual([["sell", quantity("1")]]);
  });
});
