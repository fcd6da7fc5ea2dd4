import { describe, expect, it } from "vitest";
import type { SendOutcome } from "../brokers/broker.ts";
import { DAY_MS } from "../core/candle/timeframe.ts";
import { price, quantity } from "../core/testing/orders.ts";
import { BTC } from "../core/testing/risk-books.ts";
import { releaseOrder } from "./desk-release.ts";
import { wireOrder } from "./desk-view.ts";
import type { DeskDisk } from "./testing/desk-disk.ts";
import { ackOf, fillEvent, intent, NOW, newDesk, ScriptedBroker, told, until } from "./testing/scripted-desk.ts";

/** What was stored of the price of the instrument that tests trade. */
function storedPrice(disk: DeskDisk): string | undefined {
  const record = JSON.parse(disk.documents.get("desk") ?? "{}") as { marks?: Record<string, { price: string }> };
  return record.marks?.[BTC]?.price;
}

describe("the prices of a desk", () => {
  const hearPrice = async (parts: Awaited<ReturnType<typeof newDesk>>, text: string, laterMs: number) => {
    const at = NOW + laterMs;
    parts.clock.now = at;
    const mark = { ...parts.broker.mark(), price: price(text), at, heardAt: at };
    await parts.desk.hear({ events: [], marks: [mark], marketAt: at });
  };

  it("count at once, and are stored at the latest after ten seconds", async () => {
    const parts = await newDesk();
    await hearPrice(parts, "100", 10_000);
    expect(storedPrice(parts.disk)).toBe("100");
    await hearPrice(parts, "101", 11_000);
    expect(parts.desk.books.marks().get(BTC)).toBe(price("101"));
    await hearPrice(parts, "102", 19_999);
    expect(storedPrice(parts.disk)).toBe("100");
    await hearPrice(parts, "103", 20_000);
    expect(storedPrice(parts.disk)).toBe("103");
  });

  it("are stored with whatever else is, and at once where a day begins", async () => {
    const parts = await newDesk();
    await hearPrice(parts, "101", 1_000);
    await parts.desk.submit("bot_1", intent());
    expect(storedPrice(parts.disk)).toBe("101");
    const dayBegins = Math.ceil(NOW / DAY_MS) * DAY_MS - NOW;
    await hearPrice(parts, "102", dayBegins - 1);
    await hearPrice(parts, "103", dayBegins);
    expect(storedPrice(parts.disk)).toBe("103");
  });

  it("that were not stored are forgotten by the next process, which loses no order and no trade", async () => {
    const parts = await newDesk();
    const { order } = await parts.desk.submit("bot_1", intent());
    await parts.desk.hear(told([fillEvent(1, order.order.id)]));
    await hearPrice(parts, "90", 2_000);
    const fallen = parts.desk.books.scope("bot_1").track?.equity;
    const next = await newDesk({ disk: parts.disk, broker: parts.broker });
    expect(next.desk.books.scope("bot_1").ledger).toEqual(parts.desk.books.scope("bot_1").ledger);
    expect(next.desk.books.scope("bot_1").track?.equity).not.toBe(fallen);
    await hearPrice(next, "90", 3_000);
    expect(next.desk.books.scope("bot_1").track?.equity).toBe(fallen);
  });
});

describe("the desk", () => {
  it("writes an intent with its verdict before the venue hears of it", async () => {
    const { desk, broker, disk } = await newDesk();
    let seen: string | undefined;
    broker.outcome = (order) => {
      seen = disk.orders.get(order.id)?.rest.verdict?.verdict;
      return ackOf(order);
    };
    const { order } = await desk.submit("bot_1", intent());
    expect(seen).toBe("pass");
    expect(order.order.state).toBe("ACCEPTED");
  });

  it("sends the same intent once, however often it is asked for", async () => {
    const { desk, broker } = await newDesk();
    const first = await desk.submit("bot_1", intent());
    const again = await desk.submit("bot_1", intent());
    expect(again.order.order.id).toBe(first.order.order.id);
    expect(broker.placed).toHaveLength(1);
  });

  it("sends nothing before the venue has answered for the account, and says so", async () => {
    const broker = new ScriptedBroker();
    broker.answers = false;
    const { desk } = await newDesk({ broker });
    const { order } = await desk.submit("bot_1", intent());
    expect(order.order).toMatchObject({ state: "DENIED", reason: "NOT_RECONCILED" });
    expect(broker.placed).toEqual([]);
  });

  it("asks a venue again that did not answer once, before it denies an order for it", async () => {
    const broker = new ScriptedBroker();
    const report = broker.report.bind(broker);
    let lost = 2;
    broker.report = async () => {
      if (lost-- > 0) throw new Error("no answer");
      return report();
    };
    const { desk } = await newDesk({ broker });
    const { order } = await desk.submit("bot_1", intent());
    expect(order.order.state).toBe("ACCEPTED");
    expect(broker.placed).toHaveLength(1);
  });

  it("denies what passes a cap, with cap, value and limit", async () => {
    const { desk, broker } = await newDesk();
    const { order } = await desk.submit("bot_1", intent({ quantity: "101" }));
    expect(order.order.state).toBe("DENIED");
    expect(order.verdict).toMatchObject({ code: "ORDER_NOTIONAL", value: "10100", limit: "10000" });
    expect(broker.placed).toEqual([]);
  });

  it("denies a bot that has no limits of its own", async () => {
    const { desk } = await newDesk();
    const { order } = await desk.submit("bot_2", intent());
    expect(order.verdict).toMatchObject({ verdict: "denied", code: "LIMITS_MISSING" });
  });

  it("keeps an order whose answer never came, and does not send it again", async () => {
    const { desk, broker, disk } = await newDesk();
    broker.outcome = () => ({ outcome: "unknown", message: "time-out" });
    const { order } = await desk.submit("bot_1", intent());
    expect(order.order.state).toBe("UNKNOWN");
    const again = await newDesk({ disk, broker });
    await again.desk.sweepNow();
    await again.desk.submit("bot_1", intent());
    expect(broker.placed).toHaveLength(1);
    expect(again.desk.books.order(order.order.id)?.order).toMatchObject({ state: "UNKNOWN", missedChecks: 1 });
  });

  it("counts an order that was being sent when the process ended as in doubt", async () => {
    const { desk, broker, disk } = await newDesk();
    broker.outcome = () => new Promise(() => undefined);
    void desk.submit("bot_1", intent());
    await until(() => broker.placed.length === 1);
    const { desk: next } = await newDesk({ disk, broker });
    expect(next.books.openOrders().map(({ order }) => order.state)).toEqual(["UNKNOWN"]);
  });

  it("books a fill once, whether it is heard twice or found by asking", async () => {
    const { desk, broker } = await newDesk();
    const { order } = await desk.submit("bot_1", intent());
    const event = fillEvent(1, order.order.id);
    await desk.hear(told([event, event]));
    if (event.type === "fill") broker.fills = [event.fill];
    await desk.sweepNow();
    expect(desk.books.order(order.order.id)?.order).toMatchObject({ state: "FILLED", filled: quantity("10") });
    const [position] = desk.books.scope("bot_1").ledger.positions.values();
    expect(position.lots.map((lot) => lot.quantity)).toEqual([quantity("10")]);
  });

  it("adopts a fill that was never told, by asking", async () => {
    const { desk, broker } = await newDesk();
    const { order } = await desk.submit("bot_1", intent());
    const event = fillEvent(7, order.order.id);
    if (event.type === "fill") broker.fills = [event.fill];
    await desk.sweepNow();
    expect(desk.books.order(order.order.id)?.order.state).toBe("FILLED");
  });

  it("sends an entry and its legs together, and takes the legs as orders of their own", async () => {
    const { desk, broker } = await newDesk();
    const { order, legs } = await desk.submit("bot_1", intent({ protect: { stop: "95", target: "110" } }));
    expect(broker.placed).toHaveLength(1);
    expect(broker.placed[0].legs.map((leg) => leg.role)).toEqual(["stop", "target"]);
    expect(legs.map((leg) => [leg.order.state, leg.order.parent])).toEqual([
      ["ACCEPTED", order.order.id],
      ["ACCEPTED", order.order.id],
    ]);
  });

  it("I17: sends nothing once a kill is stored, not even what had passed the gate", async () => {
    const { desk, broker, store } = await newDesk();
    const sync = store.sync.bind(store);
    store.sync = async () => {
      store.sync = sync;
      desk.switches.kill({ kind: "account" }, { flatten: false, at: NOW });
    };
    const { order } = await desk.submit("bot_1", intent());
    expect(broker.placed).toEqual([]);
    expect(order.order).toMatchObject({ state: "REJECTED", reason: "NOT_SENT" });
    const later = await desk.submit("bot_1", intent({ ordinal: 1, signal: "later" }));
    expect(later.order.verdict).toMatchObject({ code: "HALTED", value: "account" });
  });

  it("cancels what is open when it is killed, and what appears after", async () => {
    const { desk, broker } = await newDesk();
    let answer: (outcome: SendOutcome) => void = () => undefined;
    broker.outcome = () => new Promise((resolve) => (answer = resolve));
    const sending = desk.submit("bot_1", intent({ kind: "limit", limit: "99" }));
    await until(() => broker.placed.length === 1);
    desk.switches.kill({ kind: "account" }, { flatten: false, at: NOW });
    answer(ackOf(broker.placed[0]));
    const { order } = await sending;
    expect(broker.canceled).toEqual([order.order.id]);
    expect(order.order.state).toBe("PENDING_CANCEL");
  });

  it("acknowledges a kill before it asks a thousand orders to go, and cancels them wherever it is cut off", async () => {
    const { desk, broker, disk } = await newDesk();
    const resting = await Promise.all(
      [0, 1, 2].map((ordinal) =>
        desk.submit("bot_1", intent({ kind: "limit", limit: "99", ordinal, signal: `s${ordinal}` })),
      ),
    );
    const ids = resting.map(({ order }) => order.order.id);
    expect(desk.switches.kill({ kind: "account" }, { flatten: false, at: NOW })).toEqual(ids);
    expect(ids.map((id) => desk.books.order(id)?.order.state)).toEqual(["ACCEPTED", "ACCEPTED", "ACCEPTED"]);
    // The process ends here.
    const { desk: next } = await newDesk({ disk, broker });
    expect(next.nextTickAt()).toBeLessThanOrEqual(NOW + 1_000);
    await next.followKill();
    expect(broker.canceled).toEqual(ids);
  });

  it("cancels what a kill was to cancel, also where the switch is released at once", async () => {
    const { desk, broker } = await newDesk();
    const { order } = await desk.submit("bot_1", intent({ kind: "limit", limit: "99" }));
    desk.switches.kill({ kind: "user" }, { flatten: false, at: NOW });
    desk.switches.set({ kind: "user" }, "ACTIVE", undefined);
    await desk.tick();
    expect(broker.canceled).toEqual([order.order.id]);
  });

  it("closes what a bot holds when it is killed with flatten, by an order that only closes", async () => {
    const { desk, broker } = await newDesk();
    const { order } = await desk.submit("bot_1", intent());
    await desk.hear(told([fillEvent(1, order.order.id)]));
    desk.switches.kill({ kind: "bot", bot: "bot_1" }, { flatten: true, at: NOW });
    await desk.tick();
    expect(broker.placed.at(-1)).toMatchObject({ side: "sell", role: "flatten", reduceOnly: true, kind: "market" });
    expect(broker.placed.at(-1)?.quantity).toBe(quantity("10"));
    await desk.tick();
    expect(broker.placed).toHaveLength(2);
  });

  it("closes what is held once, however often the same kill switch is thrown", async () => {
    const { desk, broker } = await newDesk();
    const { order } = await desk.submit("bot_1", intent());
    await desk.hear(told([fillEvent(1, order.order.id)]));
    for (const at of [NOW, NOW + 1]) desk.switches.kill({ kind: "account" }, { flatten: true, at });
    desk.switches.kill({ kind: "user" }, { flatten: true, at: NOW + 2 });
    expect(desk.books.record.flatten).toHaveLength(1);
    await desk.tick();
    expect(broker.placed.filter(({ role }) => role === "flatten")).toHaveLength(1);
  });

  it("D5: holds what a lost order may still trade until a person releases it, and again where it shows up", async () => {
    const { desk, broker } = await newDesk();
    broker.outcome = () => ({ outcome: "unknown", message: "time-out" });
    const { order } = await desk.submit("bot_1", intent());
    expect(releaseOrder(desk, order.order.id)).toBe(false);
    desk.books.write(() => desk.books.hear(order.order.id, { type: "lost" }));
    expect(desk.books.openOrders().map((stored) => stored.order.state)).toEqual(["LOST"]);
    expect(releaseOrder(desk, order.order.id)).toBe(true);
    expect(desk.books.openOrders()).toEqual([]);
    const released = desk.books.order(order.order.id);
    expect(released && wireOrder(released)).toMatchObject({ state: "LOST", released: true });
    expect(releaseOrder(desk, "o0000000000000000000")).toBe(false);
    await desk.hear(told([fillEvent(1, order.order.id)]));
    expect(desk.books.order(order.order.id)?.order.filled).toBe(quantity("10"));
  });

  it("halts a bot that is refused again and again, until it is armed", async () => {
    const { desk, broker } = await newDesk();
    broker.outcome = () => ({ outcome: "rejected", code: "NO_FUNDS", message: "" });
    for (let ordinal = 0; ordinal < 5; ordinal++) {
      await desk.submit("bot_1", intent({ ordinal, signal: `s${ordinal}`, quantity: String(ordinal + 1) }));
    }
    expect(desk.books.scope("bot_1").trading).toMatchObject({ state: "HALTED", reason: "REPEATED_REJECT" });
    desk.switches.set({ kind: "bot", bot: "bot_1" }, "ACTIVE", undefined);
    expect(desk.books.scope("bot_1").trading.state).toBe("ACTIVE");
  });

  it("halts no bot for what never left: no line to the venue is no refusal of it", async () => {
    const { desk, broker } = await newDesk();
    broker.outcome = () => ({ outcome: "rejected", code: "NOT_SENT", message: "" });
    for (let ordinal = 0; ordinal < 6; ordinal++)
      await desk.submit("bot_1", intent({ ordinal, signal: `s${ordinal}`, quantity: String(ordinal + 1) }));
    expect(desk.books.scope("bot_1").trading.state).toBe("ACTIVE");
  });

  it("lets a bot only close once the day's loss has reached its limit, and trade again the next day", async () => {
    const { desk } = await newDesk();
    const { order } = await desk.submit("bot_1", intent({ quantity: "90" }));
    await desk.hear(told([fillEvent(1, order.order.id, "90")]));
    const fallen = { instrument: BTC, price: price("88"), at: NOW, heardAt: NOW, intervalMs: 1_000 };
    await desk.hear({ events: [], marks: [fallen], marketAt: NOW });
    expect(desk.books.scope("bot_1").trading).toMatchObject({ state: "REDUCING", reason: "DAILY_LOSS" });
    const until = desk.books.scope("bot_1").trading.until ?? 0;
    expect(new Date(until).toISOString()).toBe("2023-11-15T00:00:00.000Z");
  });
});
