import { describe, expect, it } from "vitest";
import type { SendOutcome } from "../brokers/broker.ts";
import { parseDecimal } from "../core/ledger/decimal-text.ts";
import { price, quantity } from "../core/testing/orders.ts";
import { BTC } from "../core/testing/risk-books.ts";
import { dueFlattening } from "./desk-flatten.ts";
import { ReplaceDenied, replaceOrder } from "./desk-replace.ts";
import {
  ackOf,
  fillEvent,
  intent,
  NOW,
  newDesk,
  ScriptedBroker,
  told,
  until,
  withResting,
} from "./testing/scripted-desk.ts";

const TERMS = { quantity: quantity("5"), limit: price("99"), stop: undefined };
const UNKNOWN: SendOutcome = { outcome: "unknown", message: "time-out" };

describe("a change of an order", () => {
  it("is refused for an order that cannot be changed now, and neither halts its bot nor reaches the venue", async () => {
    const broker = new ScriptedBroker();
    broker.outcome = () => UNKNOWN;
    const { desk, id } = await withResting(broker);
    await expect(replaceOrder(desk, id, TERMS)).rejects.toThrow("replace-requested");
    expect(desk.books.scope("bot_1").trading.state).toBe("ACTIVE");
    expect(broker.replaced).toEqual([]);
  });

  it("is refused before the venue has told everything since the process began", async () => {
    const { disk, id, broker } = await withResting();
    const { desk } = await newDesk({ disk, broker });
    await expect(replaceOrder(desk, id, TERMS)).rejects.toThrow(ReplaceDenied);
    expect(broker.replaced).toEqual([]);
  });

  it("leaves the size of an order with legs as it is: they would no longer be as large", async () => {
    const { desk, broker } = await newDesk();
    const { order } = await desk.submit("bot_1", intent({ kind: "limit", limit: "99", protect: { stop: "95" } }));
    const { id, quantity: size } = order.order;
    const asked = { quantity: quantity("5"), limit: price("99"), stop: undefined };
    await expect(replaceOrder(desk, id, asked)).rejects.toThrow("LEGS");
    expect(broker.replaced).toEqual([]);
    await replaceOrder(desk, id, { ...asked, quantity: size, limit: price("98") });
    expect(broker.replaced).toHaveLength(1);
  });

  it("passes the gate as the whole that it becomes, in size and in price", async () => {
    const { desk, id, broker } = await withResting();
    const changed = (size: string, at: string) =>
      replaceOrder(desk, id, { quantity: quantity(size), limit: price(at), stop: undefined });
    // One order may be worth 10,000: ten more would be no more than the 101 that it comes to.
    await expect(changed("101", "99")).rejects.toThrow("ORDER_NOTIONAL");
    await expect(changed("10", "106")).rejects.toThrow("PRICE_COLLAR");
    await expect(changed("5", "99.001")).rejects.toThrow("OFF_TICK");
    expect(broker.replaced).toEqual([]);
    await changed("20", "98");
    expect(broker.replaced).toEqual([id]);
  });

  it("is not sent where the order was asked to go while the change was written down", async () => {
    const { desk, store, id, broker } = await withResting();
    const sync = store.sync.bind(store);
    store.sync = async () => {
      store.sync = sync;
      desk.cancels.request([id]);
    };
    const { order } = await replaceOrder(desk, id, TERMS);
    expect(broker.replaced).toEqual([]);
    expect(order).toMatchObject({ state: "PENDING_CANCEL", replacement: undefined });
  });
});

describe("asking the venue", () => {
  it("D7: sends nothing while only a part of the trades was told", async () => {
    const broker = new ScriptedBroker();
    broker.fillsComplete = false;
    const { desk } = await newDesk({ broker });
    const { order } = await desk.submit("bot_1", intent());
    expect(order.order).toMatchObject({ state: "DENIED", reason: "NOT_RECONCILED" });
    expect(broker.placed).toEqual([]);
  });

  it("asks again at once for an end that it passed over, since a venue shows it once", async () => {
    const { desk, id, broker } = await withResting();
    const [resting] = broker.placed;
    const ended = { ...resting, clientOrderId: id, venueOrderId: `v-${id}`, filled: quantity("0"), status: "canceled" };
    const report = broker.report.bind(broker);
    const cursors: string[] = [];
    let during: () => void = () => {
      desk.books.write(() => desk.books.hear(id, { type: "cancel-requested" }));
      during = () => undefined;
    };
    broker.report = async () => {
      cursors.push(desk.books.record.cursor);
      const answer = await report();
      during();
      const shown = desk.books.record.cursor === "seen" ? [] : [ended];
      return { report: { ...answer.report, orders: shown as typeof broker.orders }, cursor: "seen" };
    };
    await desk.sweepNow();
    expect(cursors).toHaveLength(2);
    expect(desk.books.order(id)?.order.state).toBe("CANCELED");
    expect(cursors).not.toContain("seen");
    await desk.sweepNow();
    expect(cursors.at(-1)).toBe("seen");
  });

  it("is done at once where a cancel was refused: the order has ended, and nobody knows how", async () => {
    const { desk, id, broker, clock } = await withResting();
    broker.cancel = async () => ({ outcome: "rejected", code: "NOT_OPEN", message: "it is not open" });
    expect(desk.nextTickAt()).toBeGreaterThan(clock.now);
    desk.cancels.request([id]);
    await desk.cancels.drain();
    expect(desk.nextTickAt()).toBe(clock.now);
    const { asked } = broker;
    await desk.tick();
    expect(broker.asked).toBe(asked + 1);
  });

  it("goes on where the clock is set back", async () => {
    const { desk, broker, clock } = await newDesk();
    await desk.sweepNow();
    const { asked } = broker;
    clock.now = NOW - 3_600_000;
    await desk.tick();
    expect(broker.asked).toBe(asked + 1);
  });
});

describe("a clock that is set back", () => {
  it("to before the limits were set leaves the limits that were set last", async () => {
    const { desk, clock } = await newDesk();
    clock.now = NOW - 3_600_000;
    expect(desk.gate.limits("bot_1").bot.version).toBe(1);
    await desk.hear(told([]));
  });

  it("does not let limits that were raised hold at once", async () => {
    const { desk, clock } = await newDesk();
    const before = desk.gate.limits("bot_1").bot.caps;
    clock.now = NOW - 3_600_000;
    const raised = { ...before, orderNotional: parseDecimal("15000", "cap") };
    desk.books.write(() => desk.switches.setLimits("bot_1", { caps: raised, instruments: [BTC] }));
    expect(desk.gate.limits("bot_1").bot.caps.orderNotional).toBe(before.orderNotional);
  });

  it("does not keep a cancel from being sent again", async () => {
    const { desk, id, broker, clock } = await withResting();
    desk.cancels.request([id]);
    await desk.cancels.drain();
    clock.now = NOW - 3_600_000;
    await desk.cancels.drain();
    expect(broker.canceled).toEqual([id, id]);
  });
});

describe("a bot that trades too often and loses its day's limit at the same moment", () => {
  it("stays halted until a person arms it, also the next day", async () => {
    const { desk, clock } = await newDesk();
    const often = { ...desk.gate.limits("bot_1").bot.caps, executions: parseDecimal("1", "cap") };
    desk.books.write(() => desk.switches.setLimits("bot_1", { caps: often, instruments: [BTC] }));
    const { order } = await desk.submit("bot_1", intent({ quantity: "90" }));
    const fallen = { instrument: BTC, price: price("88"), at: NOW, heardAt: NOW, intervalMs: 1_000 };
    await desk.hear({ ...told([fillEvent(1, order.order.id, "90")]), marks: [fallen] });
    const halted = { state: "HALTED", reason: "REPEATED_EXECUTION" };
    expect(desk.books.scope("bot_1").trading).toMatchObject(halted);
    clock.now += 86_400_000;
    await desk.tick();
    expect(desk.books.scope("bot_1").trading).toMatchObject(halted);
  });
});

describe("legs", () => {
  it("I7: count as open orders with their entry", async () => {
    const { desk, broker } = await newDesk();
    const protect = { stop: "95", target: "110" };
    for (let ordinal = 0; ordinal < 4; ordinal++) {
      await desk.submit("bot_1", intent({ ordinal, signal: `s${ordinal}`, quantity: String(ordinal + 1), protect }));
    }
    expect(broker.placed).toHaveLength(3);
    const last = await desk.submit("bot_1", intent({ ordinal: 4, signal: "s4", protect }));
    expect(last.order.verdict).toMatchObject({ code: "OPEN_ORDERS", value: "12", limit: "10", level: "bot" });
  });
});

describe("closing after a kill switch", () => {
  const held = async () => {
    const parts = await newDesk();
    const { order } = await parts.desk.submit("bot_1", intent());
    await parts.desk.hear(told([fillEvent(1, order.order.id)]));
    return parts;
  };
  const scope = { kind: "bot", bot: "bot_1" } as const;

  it("uses up no attempt before the venue has told what is held", async () => {
    const { desk, disk, broker } = await held();
    desk.switches.kill(scope, { flatten: true, at: NOW });
    broker.answers = false;
    const { desk: next } = await newDesk({ disk, broker });
    expect(next.books.record.flatten).toMatchObject([{ attempts: 0 }]);
  });

  it("waits between attempts, and never gives up", async () => {
    const { desk, broker, clock } = await held();
    broker.outcome = () => ({ outcome: "rejected", code: "CLOSED", message: "" });
    desk.switches.kill(scope, { flatten: true, at: NOW });
    for (let second = 0; second < 200; second++) {
      clock.now += 1_000;
      await desk.hear({ ...told([]), marks: [{ ...broker.mark(), heardAt: clock.now }] });
    }
    const [{ attempts }] = desk.books.record.flatten;
    expect(attempts).toBeGreaterThan(20);
    expect(attempts).toBeLessThan(30);
    expect(desk.books.record.alerts.filter(({ code }) => code === "FLATTEN_FAILED")).toHaveLength(1);
  });

  it("closes what an order opens that was on its way at the kill", async () => {
    const broker = new ScriptedBroker();
    let answer: (outcome: SendOutcome) => void = () => undefined;
    broker.outcome = () => new Promise((resolve) => (answer = resolve));
    const { desk } = await newDesk({ broker });
    const sending = desk.submit("bot_1", intent());
    await until(() => broker.placed.length === 1);
    desk.switches.kill(scope, { flatten: true, at: NOW });
    await desk.tick();
    const [entry] = broker.placed;
    broker.outcome = ackOf;
    answer(ackOf(entry));
    await sending;
    await desk.hear(told([fillEvent(1, entry.id)]));
    expect(broker.placed.at(-1)).toMatchObject({ side: "sell", role: "flatten" });
  });

  it("ends when a person arms the bot again", async () => {
    const { desk } = await held();
    desk.switches.kill(scope, { flatten: true, at: NOW });
    desk.switches.set(scope, "ACTIVE", undefined);
    expect(dueFlattening(desk.books)).toEqual([]);
    expect(desk.books.record.flatten).toEqual([]);
  });
});
