import { describe, expect, it } from "vitest";
import type { OrderToPlace } from "../../../workers/brokers/broker.ts";
import { orderBody } from "../../../workers/brokers/oanda/order-body.ts";
import type { PlacedOrder } from "../../../workers/brokers/venue-client.ts";
import type { VenueNews } from "../../../workers/brokers/venue-news.ts";
import { add, type Decimal, negate, notional, subtract, ZERO } from "../../../workers/core/ledger/decimal.ts";
import { formatDecimal, parseMoney, parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import type { VenueFill, VenueReport } from "../../../workers/core/ledger/venue-report.ts";
import { HAS_RECORDED_PAYLOADS, recordedPayload } from "../recorded-payloads.ts";
import { testOrder } from "../test-order.ts";
import { oandaStage } from "./oanda-stage.ts";

const INSTRUMENT = "OANDA:XAG_USD";

function price(text: string) {
  return parsePrice(text, "price");
}

function placedOf(order: OrderToPlace, at: number, rest: Partial<PlacedOrder> = {}): PlacedOrder {
  return { order, parent: undefined, venueOrderId: undefined, sentAs: order.id, revision: 0, sentAt: at, ...rest };
}

function stageAt100(options: Parameters<typeof oandaStage>[0] = {}) {
  const stage = oandaStage(options);
  stage.venue.book.trade("XAG_USD", price("100"));
  return { ...stage, ...stage.begin() };
}

describe("an order at OANDA", () => {
  it("F33: is rejected where the venue creates it dead, and is found so afterwards", async () => {
    const { venue, client, clock } = stageAt100();
    const [instrument] = [...venue.book.instruments.values()].filter(({ symbol }) => symbol === "XAG_USD");
    instrument.status = "halted";
    const halted = testOrder({ instrument: INSTRUMENT });
    expect(await client.place(halted)).toMatchObject({ outcome: "rejected", code: "MARKET_HALTED" });
    expect(await client.order(placedOf(halted, clock.now))).toMatchObject({ status: "rejected", filled: 0n });
    instrument.status = "trading";
    const large = testOrder({ instrument: INSTRUMENT, quantity: "1000000" });
    expect(await client.place(large)).toMatchObject({ outcome: "rejected", code: "INSUFFICIENT_MARGIN" });
  });

  it("F34: is rejected by a reason of the list, and left open by one that says that there is such an order", async () => {
    const { client } = stageAt100();
    const order = testOrder({ instrument: INSTRUMENT, kind: "limit", limit: "90" });
    expect((await client.place(order)).outcome).toBe("ack");
    expect(await client.place(order)).toMatchObject({ outcome: "unknown" });
    const fine = testOrder({ instrument: INSTRUMENT, kind: "limit", limit: "90.0001" });
    expect(await client.place(fine)).toMatchObject({ outcome: "rejected", code: "PRICE_PRECISION_EXCEEDED" });
  });

  it.each(["stop-limit", "trailing-stop"] as const)(
    "is refused here as a %s, for which there is no form",
    async (kind) => {
      const { client } = stageAt100();
      const order = testOrder({ instrument: INSTRUMENT, kind, limit: "90", stop: "95", trail: "1" });
      expect(await client.place(order)).toMatchObject({ outcome: "rejected", code: "FORM" });
    },
  );

  it("F04: is found by its client id long after it was filled, refused or replaced", async () => {
    const { client, clock, venue } = stageAt100();
    const filled = testOrder({ instrument: INSTRUMENT });
    const refused = testOrder({ instrument: INSTRUMENT, kind: "limit", limit: "90.0001" });
    const changed = testOrder({ instrument: INSTRUMENT, kind: "limit", limit: "90" });
    const at = clock.now;
    for (const order of [filled, refused, changed]) await client.place(order);
    const terms = { quantity: changed.quantity, limit: price("91"), stop: undefined };
    expect((await client.replace(placedOf(changed, at), 1, terms)).outcome).toBe("ack");
    venue.book.trade("XAG_USD", price("90"));
    for (let i = 0; i < 5; i++) await client.place(testOrder({ instrument: INSTRUMENT }));
    expect(await client.order(placedOf(filled, at))).toMatchObject({ status: "filled", filled: filled.quantity });
    expect(await client.order(placedOf(refused, at))).toMatchObject({ status: "rejected" });
    expect(await client.order(placedOf(changed, at))).toMatchObject({ status: "filled", limit: price("91") });
    expect(await client.order(placedOf(testOrder({ instrument: INSTRUMENT }), at))).toBeUndefined();
  });

  it("D5: is not called missing while the search for it goes on", async () => {
    const { client, clock, venue } = stageAt100();
    venue.reads.pageSize = 1;
    for (let i = 0; i < 9; i++) await client.place(testOrder({ instrument: INSTRUMENT }));
    await expect(client.order(placedOf(testOrder({ instrument: INSTRUMENT }), clock.now))).rejects.toThrow("too much");
  });

  it("keeps its legs when it is replaced, and a leg that waits is changed and canceled by itself", async () => {
    const { client, clock, venue } = stageAt100();
    const leg = { instrument: INSTRUMENT, side: "sell", reduceOnly: true } as const;
    const stop = testOrder({ ...leg, kind: "stop", stop: "80" });
    const target = testOrder({ ...leg, kind: "limit", limit: "120" });
    const order = testOrder({ instrument: INSTRUMENT, kind: "limit", limit: "90", legs: [stop, target] });
    await client.place(order);
    const [entry, low, high] = [
      placedOf(order, clock.now),
      placedOf(stop, clock.now, { parent: order.id }),
      placedOf(target, clock.now, { parent: order.id }),
    ];
    const { quantity } = order;
    expect((await client.replace(entry, 1, { quantity, limit: price("91"), stop: undefined })).outcome).toBe("ack");
    expect(await client.order(low)).toMatchObject({ status: "open", stop: price("80") });
    expect((await client.replace(low, 1, { quantity, limit: undefined, stop: price("85") })).outcome).toBe("ack");
    expect((await client.cancel(high)).outcome).toBe("ack");
    expect(await client.order(high)).toMatchObject({ status: "canceled" });
    venue.book.trade("XAG_USD", price("90"));
    expect(await client.order(low)).toMatchObject({ status: "open", stop: price("85") });
    expect(await client.order(high)).toMatchObject({ status: "canceled" });
    venue.book.trade("XAG_USD", price("84"));
    expect(await client.order(low)).toMatchObject({ status: "filled", filled: quantity });
  });

  it("counts a leg as changed only where the venue shows it so, whatever it calls the leg by then", async () => {
    const { broker, venue, clock } = stageAt100();
    await broker.report("");
    const stop = testOrder({ instrument: INSTRUMENT, side: "sell", kind: "stop", stop: "80", reduceOnly: true });
    await broker.place(testOrder({ instrument: INSTRUMENT, legs: [stop] }));
    venue.faults.arm("request-lost", { path: "PUT" });
    const terms = { quantity: stop.quantity, limit: undefined, stop: price("85") };
    expect((await clock.until(broker.replace(stop.id, 1, terms))).outcome).toBe("unknown");
    await broker.report("");
    const types = async () =>
      (await broker.events(0)).events.flatMap(({ type }) => (type === "replaced" ? [type] : []));
    expect([await broker.order(stop.id), await types()]).toMatchObject([{ status: "open", stop: price("80") }, []]);
    const second = testOrder({ instrument: INSTRUMENT, side: "sell", kind: "stop", stop: "81", reduceOnly: true });
    await broker.place(testOrder({ instrument: INSTRUMENT, legs: [second] }));
    venue.faults.arm("reply-lost", { path: "PUT" });
    expect((await clock.until(broker.replace(second.id, 1, terms))).outcome).toBe("unknown");
    await broker.report("");
    expect([await broker.order(second.id), await types()]).toMatchObject([{ stop: price("85") }, ["replaced"]]);
  });

  it("has legs only where it opened something", async () => {
    const { client, clock } = stageAt100();
    await client.place(testOrder({ instrument: INSTRUMENT, side: "sell" }));
    const stop = testOrder({ instrument: INSTRUMENT, side: "sell", kind: "stop", stop: "80", reduceOnly: true });
    const order = testOrder({ instrument: INSTRUMENT, legs: [stop] });
    const { news } = await client.place(order);
    const told = news.flatMap((item) => (item.type === "order" && item.order.clientOrderId === stop.id ? [item] : []));
    expect(told).toMatchObject([{ order: { status: "canceled" }, reason: "linked" }]);
    const found = await client.order(placedOf(stop, clock.now, { parent: order.id }));
    expect(found).toMatchObject({ status: "canceled" });
  });

  it.skipIf(!HAS_RECORDED_PAYLOADS)(
    "is sent as it was recorded, with our own id and what it may do to positions",
    () => {
      interface Recorded {
        readonly body: { readonly order: Record<string, unknown> };
      }
      const { body } = recordedPayload<Record<string, Recorded>>(
        "oanda/fixtures-oandapyV20/orders.json",
      )._v3_accounts_accountID_orders_create;
      const instrument = "OANDA:EUR_USD";
      const stop = testOrder({ instrument, quantity: "100", kind: "stop", stop: "1.22", reduceOnly: true });
      const terms = { instrument, quantity: "100", side: "sell", kind: "limit", limit: "1.2", legs: [stop] } as const;
      const order = testOrder(terms);
      expect(orderBody(order)).toEqual({
        ...body.order,
        positionFill: "REDUCE_FIRST",
        clientExtensions: { id: order.id },
        stopLossOnFill: { ...(body.order.stopLossOnFill as object), clientExtensions: { id: stop.id } },
      });
    },
  );
});

/** What trades and movements make of money, by currency. */
function cashOf(reports: readonly VenueReport[]): Map<string, Decimal> {
  const cash = new Map<string, Decimal>();
  const move = (name: string, by: Decimal) => cash.set(name, add<Decimal>(cash.get(name) ?? ZERO, by));
  for (const { fills, movements } of reports) {
    for (const { quote, side, price: at, quantity, fee, feeCurrency } of fills) {
      const value = notional(at, quantity, "half-even");
      move(quote, side === "buy" ? negate(value) : value);
      move(feeCurrency, negate(fee));
    }
    for (const movement of movements) {
      if (!("amount" in movement)) continue;
      const isOut = ["withdrawal", "fee", "funding"].includes(movement.type);
      move(movement.currency, isOut ? negate(movement.amount) : movement.amount);
    }
  }
  return cash;
}

describe("money at OANDA", () => {
  it("is told to the last digit, whatever the currencies of the account and the instrument are", async () => {
    const { venue, broker } = stageAt100({ currency: "EUR" });
    // The rate at which the venue turns dollars into euro.
    venue.book.prices.set("USD_EUR", price("0.913377"));
    venue.book.trade("DE30_EUR", price("9984.7"));
    const reports: VenueReport[] = [];
    let cursor = "";
    const sweep = async () => {
      const answer = await broker.report(cursor);
      cursor = answer.cursor;
      reports.push(answer.report);
    };
    await sweep();
    const steps = ["101.377", "99.011", "103.5", "97.123", "100.009"];
    for (const [index, at] of steps.entries()) {
      const side = index % 2 === 0 ? "buy" : "sell";
      await broker.place(testOrder({ instrument: INSTRUMENT, side, quantity: String(3 + index * 2) }));
      await broker.place(testOrder({ instrument: "OANDA:DE30_EUR", side, quantity: "1.5" }));
      venue.book.trade("XAG_USD", price(at));
      venue.book.trade("DE30_EUR", price(String(9_984.7 + index)));
      venue.ledger.finance("XAG_USD", parseMoney(index % 2 === 0 ? "-0.1234" : "0.5", "financing"));
      if (index === 2) venue.ledger.transfer(parseMoney("-250.55", "amount"));
      await sweep();
      const balances = reports.at(-1)?.balances ?? new Map<string, Decimal>();
      const cash = cashOf(reports);
      for (const name of ["EUR", "USD"]) {
        const off = subtract<Decimal>(balances.get(name) ?? ZERO, cash.get(name) ?? ZERO);
        expect([at, name, formatDecimal(off)]).toEqual([at, name, "0"]);
      }
    }
    const types = new Set(reports.flatMap(({ movements }) => movements.map(({ type }) => type)));
    expect([...types].sort()).toEqual(["cash-adjustment", "deposit", "funding", "withdrawal"]);
  });
});

describe("the sweep of OANDA's transactions", () => {
  it.each([1, 2, 3, 7, 1_000])("D4: tells every trade once, in pages of %i", async (pageSize) => {
    const { client, venue, clock } = stageAt100();
    const since = clock.now;
    const resting = testOrder({ instrument: INSTRUMENT, kind: "limit", limit: "90" });
    await client.place(resting);
    for (let i = 0; i < 5; i++) await client.place(testOrder({ instrument: INSTRUMENT, side: i % 2 ? "sell" : "buy" }));
    venue.book.trade("XAG_USD", price("89"));
    venue.reads.pageSize = pageSize;
    const ids: string[] = [];
    let cursor = "";
    for (let complete = false; !complete; ) {
      const page = await client.history({ cursor, since });
      ids.push(...page.fills.map(({ tradeId }) => tradeId));
      ({ cursor, complete } = page);
    }
    expect(ids).toEqual(venue.book.fills.map(({ id }) => String(id)));
    expect((await client.history({ cursor, since })).fills).toEqual([]);
  });
});

describe("OANDA's stream of transactions", () => {
  async function listening() {
    const stage = oandaStage();
    stage.venue.book.trade("XAG_USD", price("100"));
    const process = stage.begin();
    const heard: VenueNews[] = [];
    const { transactions } = await stage.listen(process, (news) => heard.push(...news));
    const gaps = () => heard.filter(({ type }) => type === "gap").length;
    return { ...stage, ...process, heard, gaps, transactions };
  }

  it("begins with a gap, and is ready with its first heartbeat", async () => {
    const { gaps, transactions, venue, clock } = await listening();
    expect(gaps()).toBe(1);
    clock.now += 6_000;
    venue.tick();
    expect(transactions.isReady).toBe(true);
    expect(gaps()).toBe(1);
  });

  it("F09: tells a gap where a line was lost, with the next line or the next heartbeat", async () => {
    const { gaps, client, venue, clock } = await listening();
    const rest = testOrder({ instrument: INSTRUMENT, kind: "limit", limit: "90" });
    await client.place(rest);
    const before = gaps();
    venue.faults.arm("event-dropped");
    await client.place(testOrder({ instrument: INSTRUMENT, kind: "limit", limit: "89" }));
    expect(gaps()).toBe(before);
    clock.now += 6_000;
    venue.tick();
    expect(gaps()).toBe(before + 1);
    venue.faults.arm("event-dropped");
    await client.place(testOrder({ instrument: INSTRUMENT, kind: "limit", limit: "88" }));
    await client.place(testOrder({ instrument: INSTRUMENT, kind: "limit", limit: "87" }));
    expect(gaps()).toBe(before + 2);
  });

  it("F07: tells the same trade under the id that the reply and the sweep tell it under", async () => {
    const { heard, client, broker } = await listening();
    const { news } = await client.place(testOrder({ instrument: INSTRUMENT }));
    const idOf = (item: VenueNews) => (item.type === "fill" ? [item.fill.tradeId] : []);
    const { report } = await broker.report("");
    const ids = [heard.flatMap(idOf), news.flatMap(idOf), report.fills.map(({ tradeId }: VenueFill) => tradeId)];
    expect(ids[0]).toHaveLength(1);
    expect([ids[1], ids[2]]).toEqual([ids[0], ids[0]]);
  });

  it("never calls an order accepted that the venue created dead", async () => {
    const { heard, client, transactions } = await listening();
    const order = testOrder({ instrument: INSTRUMENT, quantity: "1000000" });
    await client.place(order);
    transactions.tick();
    const about = heard.filter((item) => item.type === "order" || item.type === "rejected");
    expect(about).toMatchObject([{ type: "rejected", id: order.id, code: "INSUFFICIENT_MARGIN" }]);
  });

  it("tells how a bracket lives and ends, each leg by our own id", async () => {
    const { heard, client, venue, transactions } = await listening();
    const leg = { instrument: INSTRUMENT, side: "sell", reduceOnly: true } as const;
    const stop = testOrder({ ...leg, kind: "stop", stop: "95" });
    const target = testOrder({ ...leg, kind: "limit", limit: "105" });
    const order = testOrder({ instrument: INSTRUMENT, legs: [stop, target] });
    await client.place(order);
    venue.book.trade("XAG_USD", price("106"));
    transactions.tick();
    const last = new Map(
      heard.flatMap((item) => (item.type === "order" ? [[item.order.clientOrderId, item]] : [])) as [
        string,
        VenueNews,
      ][],
    );
    expect(last.get(order.id)).toMatchObject({ order: { status: "filled" } });
    expect(last.get(target.id)).toMatchObject({ order: { status: "filled", side: "sell" } });
    expect(last.get(stop.id)).toMatchObject({ order: { status: "canceled" }, reason: "linked" });
  });
});

describe("candles of OANDA", () => {
  it("come page by page up to now, each once and only when it has closed", async () => {
    const { venue, clock, market } = stageAt100();
    const minute = 60_000;
    const begin = clock.now - 12_000 * minute;
    // Nothing trades in every tenth minute.
    const source = Array.from({ length: 12_001 }, (_, index) => ({ time: begin + index * minute, index }))
      .filter(({ index }) => index % 10 !== 9)
      .map(({ time, index }) => {
        const text = (100 + (index % 7)).toFixed(3);
        return { time, mid: { o: text, h: text, l: text, c: text }, volume: index % 5 };
      });
    venue.reads.candles.set("XAG_USD", source);
    const [instrument] = (await market.instruments()).filter(({ id }) => id === INSTRUMENT);
    const times: number[] = [];
    let from: number | undefined = begin;
    let pages = 0;
    while (from !== undefined) {
      const page: Awaited<ReturnType<typeof market.candles>> = await market.candles({
        ...{ instrument, timeframe: "1m", from, to: clock.now + minute },
      });
      times.push(...page.candles.time.subarray(0, page.candles.length));
      from = page.next;
      pages++;
    }
    expect(pages).toBe(3);
    // The last one is not over yet.
    expect(times).toEqual(source.filter(({ time }) => time + minute <= clock.now).map(({ time }) => time));
  });
});
