import { describe, expect, it } from "vitest";
import { parseDecimal } from "../core/ledger/decimal-text.ts";
import { quantity } from "../core/testing/orders.ts";
import { BTC } from "../core/testing/risk-books.ts";
import type { Desk } from "./desk.ts";
import { intent, NOW, newDesk, ScriptedBroker, until, withResting } from "./testing/scripted-desk.ts";

/** Orders of one bot that rest at the venue, sent no faster than it may. */
async function restingOrders(desk: Desk, clock: { now: number }, count: number): Promise<string[]> {
  const caps = { openOrders: parseDecimal("200", "cap"), orderNotional: parseDecimal("10000", "cap") };
  const large = { ...desk.gate.limits("bot_1").bot.caps, ...caps };
  desk.books.write(() => desk.switches.setLimits("bot_1", { caps: large, instruments: [BTC] }));
  clock.now += 60_000;
  const ids: string[] = [];
  for (let ordinal = 0; ordinal < count; ordinal++) {
    clock.now += 1_000;
    const mark = { ...new ScriptedBroker().mark(), at: clock.now, heardAt: clock.now };
    await desk.hear({ events: [], marks: [mark], marketAt: clock.now });
    const call = { kind: "limit", limit: "99", ordinal, signal: `s${ordinal}`, quantity: "1" } as const;
    ids.push((await desk.submit("bot_1", intent(call))).order.order.id);
  }
  return ids;
}

describe("cancels", () => {
  it("are sent once at a time, so that a venue that never answers holds up nobody", async () => {
    const { desk, id, broker, clock } = await withResting();
    broker.onCancel = () => {
      clock.now += 5_000;
    };
    desk.cancels.request([id]);
    await desk.cancels.drain();
    expect(broker.canceled).toEqual([id]);
  });

  it("of a kill switch are asked for as many at a time as are sent, and each once where the venue takes long", async () => {
    const { desk, broker, clock } = await newDesk();
    const ids = await restingOrders(desk, clock, 120);
    const asked: number[] = [];
    broker.onCancel = () => {
      asked.push(desk.books.openOrders().filter(({ order }) => order.state === "PENDING_CANCEL").length);
      clock.now += 5_000;
    };
    desk.switches.kill({ kind: "account" }, { flatten: false, at: clock.now });
    await desk.followKill();
    expect([asked[0], asked[50], asked[119]]).toEqual([50, 100, 120]);
    expect(broker.canceled).toEqual(ids);
  });

  it("of a kill switch go on after a crash, also while the venue answers nothing else", async () => {
    const { desk, disk, broker, clock } = await newDesk();
    const ids = await restingOrders(desk, clock, 60);
    broker.onCancel = () => new Promise<void>(() => undefined);
    desk.switches.kill({ kind: "account" }, { flatten: false, at: clock.now });
    void desk.followKill();
    await until(() => broker.canceled.length === 50);
    // The process ends here.
    broker.onCancel = () => undefined;
    broker.answers = false;
    const { desk: next } = await newDesk({ disk, broker });
    await next.tick();
    expect(new Set(broker.canceled)).toEqual(new Set(ids));
  });

  it("of a kill switch go on where both sides turn out to differ meanwhile", async () => {
    const { desk, broker, clock } = await newDesk();
    const ids = await restingOrders(desk, clock, 60);
    broker.orders = broker.placed.map(({ id, ...order }) => {
      const known = { clientOrderId: id, venueOrderId: `v-${id}`, filled: quantity("0"), status: "open" } as const;
      return { ...order, ...known };
    });
    let asked = 0;
    broker.onCancel = async () => {
      if (++asked > 1) return;
      broker.positions = new Map([[BTC, quantity("3")]]);
      for (let turn = 0; turn < 3; turn++) await desk.sweepNow();
    };
    const switched = { kind: "instrument", instrument: BTC } as const;
    desk.switches.kill(switched, { flatten: false, at: clock.now });
    await desk.followKill();
    expect(desk.books.record.halts).toMatchObject([{ code: "POSITION_DIFFERS", instrument: BTC }]);
    expect(broker.canceled).toEqual(ids);
  });

  it("that are not answered hold up no other", async () => {
    const { desk, id, broker } = await withResting();
    broker.onCancel = () => new Promise<void>(() => undefined);
    desk.cancels.request([id]);
    void desk.cancels.drain();
    await until(() => broker.canceled.length === 1);
    broker.onCancel = () => undefined;
    const next = await desk.submit("bot_1", intent({ kind: "limit", limit: "98", ordinal: 1, signal: "next" }));
    desk.switches.kill({ kind: "account" }, { flatten: false, at: NOW });
    await desk.followKill();
    expect(broker.canceled).toEqual([id, next.order.order.id]);
  });
});
