import { describe, expect, it } from "vitest";
import { cashOf } from "../core/ledger/ledger.ts";
import { quantityOf } from "../core/ledger/position.ts";
import type { VenueFill } from "../core/ledger/venue-report.ts";
import { fillOf, money, quantity } from "../core/testing/orders.ts";
import { BTC } from "../core/testing/risk-books.ts";
import { ACCOUNT_SCOPE, EXTERNAL_BOT } from "./desk-account.ts";
import { newDesk, ScriptedBroker, told } from "./testing/scripted-desk.ts";

/** A trade of an order that nobody here placed. */
function outside(trade: string, parts: Partial<VenueFill> = {}): VenueFill {
  const whose = { clientOrderId: undefined, venueOrderId: "v-outside", instrument: BTC, quote: "USD" };
  return { ...fillOf(trade, "2"), ...whose, side: "buy", ...parts };
}

async function deskWith(fills: VenueFill[]) {
  const broker = new ScriptedBroker();
  const { desk, disk } = await newDesk({ broker });
  broker.fills = fills;
  await desk.sweepNow();
  const listed = () => [...disk.orders.values()].map(({ stored: { order } }) => order);
  const held = () => [...desk.books.scope(ACCOUNT_SCOPE).ledger.positions.values()].map(quantityOf);
  return { desk, broker, disk, listed, held };
}

describe("a trade that nobody here placed", () => {
  it("is booked and listed as an order that was placed elsewhere and is filled", async () => {
    const { desk, disk, listed, held } = await deskWith([outside("t1")]);
    expect(held()).toEqual([quantity("2")]);
    expect(listed()).toMatchObject([
      { bot: EXTERNAL_BOT, role: "external", state: "FILLED", side: "buy", filled: quantity("2"), instrument: BTC },
    ]);
    const [{ id } = { id: "" }] = listed();
    expect(disk.events.map(({ order, event }) => [order, event])).toEqual([
      [id, "submit"],
      [id, "fill"],
    ]);
    expect(desk.books.openOrders()).toEqual([]);
    expect(cashOf(desk.books.scope(ACCOUNT_SCOPE).ledger, "USD")).toBeLessThan(money("100000"));
  });

  it("is listed by itself where its order trades in parts: none of them fills another beyond its quantity", async () => {
    const { desk, listed, held } = await deskWith([
      outside("t1"),
      outside("t2"),
      outside("t3", { quantity: quantity("5") }),
    ]);
    expect(held()).toEqual([quantity("9")]);
    expect(listed().map(({ filled }) => filled)).toEqual([quantity("2"), quantity("2"), quantity("5")]);
    expect(desk.books.record.alerts).toEqual([]);
  });

  it("is listed once, whether events or reports tell of it, and how often they do", async () => {
    const { desk, listed, held } = await deskWith([outside("t1")]);
    const again = { type: "fill", fill: outside("t1") } as const;
    const events = [
      { ...again, sequence: 1 },
      { ...again, sequence: 2 },
    ];
    await desk.hear(told([...events, { type: "fill", fill: outside("t2"), sequence: 3 }]));
    await desk.sweepNow();
    expect(held()).toEqual([quantity("4")]);
    expect(listed()).toHaveLength(2);
  });
});
