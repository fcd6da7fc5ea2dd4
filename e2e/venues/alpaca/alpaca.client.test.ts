import { describe, expect, it } from "vitest";
import type { OrderToPlace } from "../../../workers/brokers/broker.ts";
import type { PlacedOrder } from "../../../workers/brokers/venue-client.ts";
import { parsePrice, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import { testOrder } from "../test-order.ts";
import { alpacaStage } from "./alpaca-stage.ts";

const STOCK = "ALPACA:AAPL";
const COIN = "ALPACA:BTC/USD";
const MINUTE_MS = 60_000;

function price(text: string) {
  return parsePrice(text, "price");
}

function placedOf(order: OrderToPlace, rest: Partial<PlacedOrder> = {}): PlacedOrder {
  return { order, parent: undefined, venueOrderId: undefined, sentAs: order.id, revision: 0, sentAt: 0, ...rest };
}

function stageAt100() {
  const stage = alpacaStage();
  for (const symbol of ["AAPL", "BTC/USD"]) stage.venue.book.trade(symbol, price("100"));
  return { ...stage, ...stage.begin() };
}

function bracket() {
  const leg = { instrument: STOCK, side: "sell", reduceOnly: true } as const;
  const stop = testOrder({ ...leg, kind: "stop", stop: "95" });
  const target = testOrder({ ...leg, kind: "limit", limit: "105" });
  return { stop, target, order: testOrder({ instrument: STOCK, legs: [stop, target] }) };
}

describe("an order at Alpaca", () => {
  it("F04: is sent again under its id once the venue shows none, and is one order all the same", async () => {
    const { broker, venue, clock } = stageAt100();
    const order = testOrder({ instrument: STOCK });
    venue.faults.arm("request-lost", { path: "POST /v2/orders" });
    expect((await clock.until(broker.place(order))).outcome).toBe("unknown");
    expect((await clock.until(broker.place(order))).outcome).toBe("ack");
    const late = testOrder({ instrument: STOCK });
    venue.faults.arm("reply-lost", { path: "POST /v2/orders" });
    expect((await clock.until(broker.place(late))).outcome).toBe("unknown");
    expect((await clock.until(broker.place(late))).outcome).toBe("ack");
    expect(venue.book.orders.size).toBe(2);
  });

  it("stays in doubt where the venue says that its id is taken", async () => {
    const { client, venue } = stageAt100();
    const order = testOrder({ instrument: STOCK, kind: "limit", limit: "90" });
    expect((await client.place(order)).outcome).toBe("ack");
    expect(await client.place(order)).toMatchObject({ outcome: "unknown" });
    expect(venue.book.orders.size).toBe(1);
  });

  it("F33, F34: is rejected by a code of the list", async () => {
    const { client } = stageAt100();
    const fine = testOrder({ instrument: STOCK, kind: "limit", limit: "90.001" });
    expect(await client.place(fine)).toMatchObject({ outcome: "rejected", code: "42210000" });
    const dear = testOrder({ instrument: STOCK, quantity: "1000000" });
    expect(await client.place(dear)).toMatchObject({ outcome: "rejected", code: "40310000" });
    const naked = testOrder({ instrument: COIN, side: "sell" });
    expect(await client.place(naked)).toMatchObject({ outcome: "rejected", code: "40310000" });
  });

  it("is refused here where the venue has no form for it", async () => {
    const { client, venue } = stageAt100();
    const trail = testOrder({ instrument: STOCK, kind: "trailing-stop", side: "sell", trail: "1" });
    const wrong = [
      testOrder({ instrument: COIN, kind: "stop", stop: "110" }),
      testOrder({ instrument: COIN, legs: [testOrder({ instrument: COIN, kind: "stop", side: "sell", stop: "90" })] }),
      testOrder({ instrument: STOCK, legs: [trail] }),
      testOrder({ instrument: STOCK, legs: [{ ...bracket().stop, quantity: parseQuantity("3", "quantity") }] }),
    ];
    for (const order of wrong) expect(await client.place(order)).toMatchObject({ outcome: "rejected", code: "FORM" });
    expect(venue.book.orders.size).toBe(0);
  });

  it("F02: is adopted with its legs where the reply was lost, and none of them counts as somebody else's", async () => {
    const { broker, venue, clock } = stageAt100();
    await clock.until(broker.report(""));
    const { order, stop, target } = bracket();
    venue.faults.arm("reply-lost", { path: "POST /v2/orders" });
    expect((await clock.until(broker.place(order))).outcome).toBe("unknown");
    const { report } = await clock.until(broker.report(""));
    const ids = report.orders.map(({ clientOrderId }) => clientOrderId).sort();
    expect(ids).toEqual([order.id, stop.id, target.id].sort());
    venue.book.trade("AAPL", price("106"));
    const after = (await clock.until(broker.report(""))).report;
    expect(after.fills.map(({ clientOrderId }) => clientOrderId)).toEqual([order.id, target.id]);
    expect(await clock.until(broker.order(stop.id))).toMatchObject({ status: "canceled" });
  });

  it("F11: is not changed where it has filled in part", async () => {
    const { client, venue } = stageAt100();
    const order = testOrder({ instrument: STOCK, kind: "limit", limit: "95" });
    await client.place(order);
    venue.book.trade("AAPL", price("94"), parseQuantity("3", "quantity"));
    const terms = { quantity: order.quantity, limit: price("96"), stop: undefined };
    expect(await client.replace(placedOf(order), 1, terms)).toMatchObject({
      outcome: "rejected",
      code: "PARTLY_FILLED",
    });
  });

  it("is known under the name of its version once it was changed, and its old one has ended", async () => {
    const { client, broker, clock } = stageAt100();
    const order = testOrder({ instrument: STOCK, kind: "limit", limit: "90" });
    await broker.place(order);
    const terms = { quantity: parseQuantity("4", "quantity"), limit: price("91"), stop: undefined };
    expect((await broker.replace(order.id, 1, terms)).outcome).toBe("ack");
    expect(await client.order(placedOf(order))).toMatchObject({ status: "canceled", limit: price("90") });
    const next = placedOf(order, { sentAs: `${order.id}r1`, revision: 1 });
    expect(await client.order(next)).toMatchObject({ status: "open", limit: price("91") });
    expect((await clock.until(broker.cancel(order.id, undefined))).outcome).toBe("ack");
    expect(await broker.order(order.id)).toMatchObject({ status: "canceled", quantity: terms.quantity });
  });

  it("D4: is told as open until its trades are among the activities, however late these come", async () => {
    const { broker, venue, clock } = stageAt100();
    await clock.until(broker.report(""));
    venue.reads.activityLagMs = 20_000;
    const order = testOrder({ instrument: STOCK });
    await broker.place(order);
    const early = (await clock.until(broker.report(""))).report;
    expect(early.orders).toMatchObject([{ clientOrderId: order.id, status: "open", filled: 0n }]);
    await clock.pass(21_000);
    const late = (await clock.until(broker.report(""))).report;
    expect(late.orders).toMatchObject([{ clientOrderId: order.id, status: "filled", filled: order.quantity }]);
    expect(late.fills).toHaveLength(1);
  });
});

describe("the sweep of Alpaca's activities", () => {
  it("D4: misses no trade and tells none twice, also in the hour that New York has twice", async () => {
    const { broker, venue, clock } = stageAt100();
    clock.now = Date.UTC(2026, 10, 1, 5, 30);
    await clock.until(broker.report(""));
    let cursor = "";
    const ids: string[] = [];
    for (let step = 0; step < 30; step++) {
      await broker.place(testOrder({ instrument: COIN, quantity: "0.5" }));
      await clock.pass(4 * MINUTE_MS);
      const answer = await clock.until(broker.report(cursor));
      cursor = answer.cursor;
      ids.push(...answer.report.fills.map(({ tradeId }) => tradeId));
    }
    expect([ids.length, new Set(ids).size, venue.book.fills.length]).toEqual([30, 30, 30]);
  });

  it("goes on page by page where much has traded", async () => {
    const { client, venue, clock } = stageAt100();
    for (let index = 0; index < 250; index++) {
      await venue.orders.place({ symbol: "AAPL", qty: "1", side: index % 2 ? "sell" : "buy", type: "market" });
      if (index % 50 === 0) await clock.pass(1_000);
    }
    const { fills, complete } = await client.history({ cursor: "", since: clock.now - MINUTE_MS });
    expect([fills.length, complete]).toEqual([250, true]);
    expect(new Set(fills.map(({ tradeId }) => tradeId)).size).toBe(250);
  });
});

describe("candles of Alpaca", () => {
  it("come page by page up to now, in regular hours alone where they are of a stock", async () => {
    const { venue, clock, market } = stageAt100();
    const begin = clock.now - 12_000 * MINUTE_MS;
    const source = Array.from({ length: 12_001 }, (_, index) => {
      const value = 100 + (index % 7) / 8;
      return { time: begin + index * MINUTE_MS, o: value, h: value, l: value, c: value, v: index % 5 };
    });
    for (const symbol of ["AAPL", "BTC/USD"]) venue.data.bars.set(symbol, source);
    const instruments = await market.instruments();
    for (const id of [STOCK, COIN]) {
      const [instrument] = instruments.filter((one) => one.id === id);
      const times: number[] = [];
      let from: number | undefined = begin;
      let pages = 0;
      while (from !== undefined) {
        const page: Awaited<ReturnType<typeof market.candles>> = await market.candles({
          ...{ instrument, timeframe: "1m", from, to: clock.now + MINUTE_MS },
        });
        times.push(...page.candles.time.subarray(0, page.candles.length));
        from = page.next;
        pages++;
      }
      const closed = source.map(({ time }) => time).filter((time) => time + MINUTE_MS <= clock.now);
      const inSession = closed.filter((time) => {
        const minute = (time / MINUTE_MS) % 1_440;
        const day = new Date(time).getUTCDay();
        // In winter New York trades from 14:30 to 21:00 UTC; the first of January is a holiday.
        const isHoliday = new Date(time).toISOString().startsWith("2026-01-01");
        return day > 0 && day < 6 && !isHoliday && minute >= 870 && minute < 1_260;
      });
      expect([id, pages]).toEqual([id, 2]);
      expect(times).toEqual(id === COIN ? closed : inSession);
    }
  });
});

describe("a bar of Alpaca", () => {
  const NOW = Date.UTC(2026, 0, 5, 15, 30);
  const read = async (v: number) => {
    const { venue, market } = stageAt100();
    venue.data.bars.set("BTC/USD", [{ time: NOW - 5 * MINUTE_MS, o: 100, h: 101, l: 99, c: 100, v }]);
    const instrument = (await market.instruments()).find(({ id }) => id === COIN);
    if (instrument === undefined) throw new Error(`${COIN} must be listed, was not`);
    const { candles } = await market.candles({ instrument, timeframe: "1m", from: NOW - 600_000, to: NOW });
    return [...candles.volume];
  };

  it("is read with a volume of more decimals than an amount has, since the venue adds doubles", async () => {
    for (const volume of [0.0060919905081391335, 1e-9, 0, 1.5e7]) expect(await read(volume)).toEqual([volume]);
  });

  it("is not read with one that is none", async () => {
    await expect(read(-1)).rejects.toThrow("bar.volume must be a number from 0 on, was -1");
  });
});
